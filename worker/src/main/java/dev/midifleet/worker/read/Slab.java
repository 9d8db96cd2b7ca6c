package dev.midifleet.worker.read;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The native memory that holds the files of one batch, one behind the other, each at a multiple of
 * {@link FileLoader#ALIGNMENT_BYTES}. Its memory becomes resident only as far as batches fill it.
 */
public final class Slab implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;

  /** A slab that has room for so many bytes of so many files. */
  public Slab(long bytes, int files) {
    segment = arena.allocate(bytes + files * FileLoader.footprint(0) + FileLoader.ALIGNMENT_BYTES,
        FileLoader.ALIGNMENT_BYTES);
  }

  public MemorySegment segment() { return segment; }

  public long sizeBytes() { return segment.byteSize(); }

  @Override
  public void close() { arena.close(); }
}
