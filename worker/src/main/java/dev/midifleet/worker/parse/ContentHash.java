package dev.midifleet.worker.parse;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The identity of a content: XXH3-128 of its bytes, seed 0, as a UUID whose digits are the canonical (big-endian) form that
 * {@code xxhsum -H2} prints.
 */
public final class ContentHash {
  private static final Hasher128 HASHER = Hashing.xxh3_128();
  private static final ByteAccess<MemorySegment> ACCESS = new SegmentAccess();

  private ContentHash() {}

  /** The hash of {@code length} bytes from {@code offset} on, read in place. */
  public static UUID of(MemorySegment bytes, long offset, long length) {
    HashValue128 value = HASHER.hashBytesTo128Bits(bytes, offset, length, ACCESS);
    return new UUID(value.getMostSignificantBits(), value.getLeastSignificantBits());
  }

  /** hash4j reads little-endian words of any alignment. */
  private static final class SegmentAccess implements ByteAccess<MemorySegment> {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public byte getByte(MemorySegment bytes, long at) { return bytes.get(ValueLayout.JAVA_BYTE, at); }

    @Override
    public int getInt(MemorySegment bytes, long at) { return bytes.get(INT, at); }

    @Override
    public long getIntAsUnsignedLong(MemorySegment bytes, long at) { return bytes.get(INT, at) & 0xFFFF_FFFFL; }

    @Override
    public long getLong(MemorySegment bytes, long at) { return bytes.get(LONG, at); }

    @Override
    public void copyToByteArray(MemorySegment bytes, long at, byte[] to, int toAt, int length) {
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, to, toAt, length);
    }
  }
}
