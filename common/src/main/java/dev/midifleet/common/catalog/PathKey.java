package dev.midifleet.common.catalog;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The key of a path: XXH3-128, seed 0, of the library's id (4 bytes, big-endian) and the stored path's UTF-8 bytes, in
 * canonical big-endian order as a UUID.
 */
public final class PathKey {
  private static final Hasher128 XXH3 = Hashing.xxh3_128();

  private PathKey() {}

  /**
   * @param library
   *          {@code library.id}
   * @param path
   *          as {@link StoredPath} writes it
   */
  public static UUID of(int library, String path) {
    byte[] text = path.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES + text.length).putInt(library).put(text).array();
    HashValue128 hash = XXH3.hashBytesTo128Bits(bytes);
    return new UUID(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }
}
