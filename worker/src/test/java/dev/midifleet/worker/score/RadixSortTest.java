package dev.midifleet.worker.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RadixSortTest {
  private final RadixSort sort = new RadixSort();

  @Test
  void keys_of_any_size_are_sorted() {
    Random random = new Random(7);
    for (int size : new int[]{0, 1, 2, 3, 100, 5000}) {
      for (int bits = 1; bits < 32; bits += 5) {
        int shift = 31 - bits;
        int[] keys = random.ints(size).map(key -> (key & Integer.MAX_VALUE) >>> shift).toArray();
        int[] expected = keys.clone();
        Arrays.sort(expected);
        sort.sort(keys, size);
        assertThat(keys).isEqualTo(expected);
      }
    }
  }

  @Test
  void values_move_with_their_keys_and_equal_keys_keep_their_order() {
    int[] keys = {5, 1 << 30, 5, 0, Integer.MAX_VALUE, 1 << 12, 0, 99};
    int[] values = {0, 1, 2, 3, 4, 5, 6, 99};
    sort.sort(keys, values, 7);
    assertThat(keys).containsExactly(0, 0, 5, 5, 1 << 12, 1 << 30, Integer.MAX_VALUE, 99);
    assertThat(values).containsExactly(3, 6, 0, 2, 5, 1, 4, 99);
  }
}
