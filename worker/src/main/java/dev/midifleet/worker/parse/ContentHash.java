package dev.midifleet.worker.parse;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.UUID;

/**
 * The identity of a content: XXH3-128 of its bytes, seed 0, as a UUID whose digits are the canonical (big-endian) form that
 * {@code xxhsum -H2} prints. Owned by one thread.
 */
public final class ContentHash {
  /** More than nearly all files have, so that they are hashed in one go. */
  private static final int CHUNK = 1 << 16;
  private static final Hasher128 HASHER = Hashing.xxh3_128();

  // Copied: read in place through hash4j's interface, words cost ten times as much wherever the JIT declines to inline it.
  private final byte[] chunk = new byte[CHUNK];
  private final HashStream128 stream = HASHER.hashStream();

  /** The hash of {@code length} bytes from {@code offset} on. */
  public UUID of(MemorySegment bytes, long offset, long length) {
    HashValue128 value = length <= CHUNK ? ofOne(bytes, offset, (int) length) : ofMany(bytes, offset, length);
    return new UUID(value.getMostSignificantBits(), value.getLeastSignificantBits());
  }

  private HashValue128 ofOne(MemorySegment bytes, long offset, int length) {
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, chunk, 0, length);
    return HASHER.hashBytesTo128Bits(chunk, 0, length);
  }

  private HashValue128 ofMany(MemorySegment bytes, long offset, long length) {
    stream.reset();
    for (long done = 0; done < length; done += CHUNK) {
      int size = (int) Math.min(CHUNK, length - done);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset + done, chunk, 0, size);
      stream.putBytes(chunk, 0, size);
    }
    return stream.get();
  }
}
