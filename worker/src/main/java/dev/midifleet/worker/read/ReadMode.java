package dev.midifleet.worker.read;

/** How the bytes of a file come into a buffer. */
enum ReadMode {
  /** {@link #MAP} from the size of {@code Setting.MAP_MIN_BYTES} on, {@link #BUFFER} below it. */
  AUTO,
  /** The file is mapped and copied from the mapping. */
  MAP,
  /** The file is read. */
  BUFFER
}
