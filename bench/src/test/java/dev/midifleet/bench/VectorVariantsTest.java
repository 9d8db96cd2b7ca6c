package dev.midifleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is compared gives the same numbers. */
class VectorVariantsTest {
  private final Random random = new Random(25);

  @Test
  void histograms_agree() {
    for (int count : new int[]{0, 1, 15, 16, 17, 1000}) {
      int[] classes = random.ints(count, 0, VectorVariants.CLASSES).toArray();
      int[] ticks = random.ints(count, 0, 5000).toArray();
      int[] expected = new int[VectorVariants.CLASSES];
      int[] actual = new int[VectorVariants.CLASSES];
      VectorVariants.histogram(classes, ticks, count, expected);
      VectorVariants.histogramByVectors(classes, ticks, count, actual);
      assertThat(actual).as("count " + count).isEqualTo(expected);
    }
  }

  @Test
  void grid_distances_agree() {
    for (int count : new int[]{0, 1, 7, 8, 9, 5000}) {
      int[] onsets = random.ints(count, 0, 200_000).toArray();
      assertThat(VectorVariants.onGridByVectors(onsets, count, 10)).as("count " + count)
          .isEqualTo(VectorVariants.onGrid(onsets, count, 10));
    }
  }

  @Test
  void sketches_agree() {
    for (int count : new int[]{0, 1, 7, 8, 9, 1000}) {
      long[] grams = random.longs(count).toArray();
      long[] expected = new long[VectorVariants.BINS];
      long[] actual = new long[VectorVariants.BINS];
      VectorVariants.minHash(grams, count, expected);
      VectorVariants.minHashByVectors(grams, count, new long[count], actual);
      assertThat(actual).as("count " + count).isEqualTo(expected);
    }
  }
}
