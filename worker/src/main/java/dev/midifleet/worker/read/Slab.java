package dev.midifleet.worker.read;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The native memory that holds the files of one batch, one behind the other, each at a multiple of
 * {@link FileLoader#ALIGNMENT_BYTES}. The JVM zeroes it when it is made, so all of it is resident from then on.
 */
public final class Slab implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment segment;
  private final AtomicLong end = new AtomicLong();

  /** A slab that has room for so many bytes of so many files. */
  public Slab(long bytes, int files) {
    segment = arena.allocate(bytes + files * (FileLoader.SLACK_BYTES + FileLoader.ALIGNMENT_BYTES),
        FileLoader.ALIGNMENT_BYTES);
  }

  public MemorySegment segment() { return segment; }

  public long sizeBytes() { return segment.byteSize(); }

  /** Makes it empty. */
  public void reset() { end.set(0); }

  /** Takes so many bytes, from any thread; says where they begin, or {@link FileLoader#NO_ROOM}. */
  public long claim(long bytes) {
    while (true) {
      long at = end.get();
      if (bytes > sizeBytes() - at) return FileLoader.NO_ROOM;
      if (end.compareAndSet(at, at + bytes)) return at;
    }
  }

  @Override
  public void close() { arena.close(); }
}
