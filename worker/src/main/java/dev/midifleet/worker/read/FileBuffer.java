package dev.midifleet.worker.read;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A native buffer for one file at a time, made once and used again. It grows for a large file, and gives the memory
 * back with the first smaller one that follows. For one thread at a time.
 */
public final class FileBuffer implements AutoCloseable {
  /** Bytes that are held in any case. */
  static final long BYTES_MIN = 1L << 20;
  /** A buffer above this size is given back when it is no longer needed. */
  static final long KEPT_BYTES_MAX = 16L << 20;

  private Arena arena = Arena.ofShared();
  private MemorySegment segment = arena.allocate(BYTES_MIN, FileLoader.ALIGNMENT_BYTES);

  /** The buffer, native; valid until the next {@link #ensure} or {@link #close}. */
  public MemorySegment segment() {
    return segment;
  }

  /** Makes room for at least so many bytes; what the buffer held may be lost. */
  @SuppressWarnings("MustBeClosedChecker") // held in the field; the next ensure() or close() closes it
  void ensure(long bytes) {
    long held = segment.byteSize();
    boolean wasteful = held > KEPT_BYTES_MAX && bytes <= KEPT_BYTES_MAX;
    if (bytes <= held && !wasteful) return;
    // A power of two up to the size that is kept, so that growing is rare; above it just what is needed.
    long rounded = bytes <= KEPT_BYTES_MAX ? Math.max(BYTES_MIN, Long.highestOneBit(bytes - 1) << 1) : bytes;
    arena.close();
    arena = Arena.ofShared();
    try {
      segment = arena.allocate(rounded, FileLoader.ALIGNMENT_BYTES);
    } catch (OutOfMemoryError e) {
      // One file that is too much for this machine must not take the buffer from those after it.
      segment = arena.allocate(BYTES_MIN, FileLoader.ALIGNMENT_BYTES);
      throw e;
    }
  }

  /** Gives the memory back. */
  @Override
  public void close() { arena.close(); }
}
