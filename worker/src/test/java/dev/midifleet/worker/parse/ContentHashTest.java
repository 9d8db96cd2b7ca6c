package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.midifleet.testkit.NativeBytes;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  @Test
  void the_hash_of_nothing_is_that_of_the_reference() {
    assertThat(new ContentHash().of(NativeBytes.of(new byte[0]), 0, 0))
        .isEqualTo(UUID.fromString("99aa06d3-0147-98d8-6001-c324468d497f"));
  }

  @Test
  void a_segment_hashes_as_its_bytes_do_at_any_length_and_offset() {
    byte[] bytes = new byte[2000];
    new Random(1).nextBytes(bytes);
    for (int length = 0; length < 1500; length += 1 + length / 40) {
      for (int offset : new int[]{0, 1, 7, 64}) {
        HashValue128 expected = Hashing.xxh3_128()
            .hashBytesTo128Bits(Arrays.copyOfRange(bytes, offset, offset + length));
        assertThat(new ContentHash().of(NativeBytes.of(bytes), offset, length))
            .isEqualTo(new UUID(expected.getMostSignificantBits(), expected.getLeastSignificantBits()));
      }
    }
  }
}
