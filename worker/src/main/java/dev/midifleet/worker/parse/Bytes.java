package dev.midifleet.worker.parse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reading from the native segment that holds a file. */
final class Bytes {
  /** Eight bytes, the first in the lowest bits. */
  static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt BIG_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt LITTLE_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BIG_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Bytes() {}

  static int unsigned(MemorySegment bytes, long at) { return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFF; }

  static int bigShort(MemorySegment bytes, long at) { return bytes.get(BIG_SHORT, at) & 0xFFFF; }

  static int bigInt(MemorySegment bytes, long at) { return bytes.get(BIG_INT, at); }

  static long littleUnsignedInt(MemorySegment bytes, long at) { return bytes.get(LITTLE_INT, at) & 0xFFFF_FFFFL; }

  /** The four letters of a chunk's kind as {@link #bigInt} reads them. */
  static int id(String letters) {
    return (letters.charAt(0) << 24) | (letters.charAt(1) << 16) | (letters.charAt(2) << 8) | letters.charAt(3);
  }

  /** The first place from {@code from} on where these four bytes stand before {@code limit}, or -1. */
  static long find(MemorySegment bytes, int id, long from, long limit) {
    for (long at = from; at + 4 <= limit; at++) {
      if (bigInt(bytes, at) == id) return at;
    }
    return -1;
  }
}
