package dev.midifleet.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bytes in native memory as the parser wants them: followed by zeros. */
public final class NativeBytes {
  private static final int SLACK = 16;

  private NativeBytes() {}

  /** A copy that lives until the collector finds it unused. */
  public static MemorySegment of(byte[] bytes) {
    MemorySegment copy = Arena.ofAuto().allocate(bytes.length + SLACK);
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return copy;
  }
}
