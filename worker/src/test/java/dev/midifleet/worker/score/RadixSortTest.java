package dev.midifleet.worker.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
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
  void the_order_of_keys_of_any_size_is_told_and_equal_keys_keep_theirs() {
    Random random = new Random(11);
    for (int size : new int[]{0, 1, 2, 3, 100, 5000}) {
      for (int bits = 1; bits < 32; bits += 5) {
        int shift = 31 - bits;
        int[] keys = random.ints(size + 1L).map(key -> (key & Integer.MAX_VALUE) >>> shift).toArray();
        int[] given = keys.clone();
        int[] expected = IntStream.range(0, size).boxed().sorted(Comparator.comparingInt(i -> given[i]))
            .mapToInt(i -> i).toArray();
        int[] order = new int[size];
        sort.order(keys, size, order);
        assertThat(keys).isEqualTo(given);
        assertThat(order).isEqualTo(expected);
      }
    }
  }

  @Test
  void memory_is_given_back_and_taken_again() {
    int[] keys = {5, 1 << 30, 5, 0, Integer.MAX_VALUE, 1 << 12, 0, 99};
    int[] order = new int[7];
    for (int round = 0; round < 2; round++) {
      sort.order(keys, 7, order);
      assertThat(order).containsExactly(3, 6, 0, 2, 5, 1, 4);
      sort.trim(0);
    }
  }
}
