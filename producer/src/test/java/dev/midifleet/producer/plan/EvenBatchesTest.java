package dev.midifleet.producer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvenBatchesTest {
  private static final BatchLimits LIMITS = new BatchLimits(500, 16 << 20, 8 << 20);

  @Test
  void no_files_give_no_batch() { assertThat(EvenBatches.split(new long[0], LIMITS)).isEmpty(); }

  @Test
  void one_file_gives_one_batch() {
    assertThat(EvenBatches.split(new long[]{0}, LIMITS)).singleElement().satisfies(slice -> {
      assertThat(slice.files()).containsExactly(0);
      assertThat(slice.bytes()).isZero();
    });
  }

  @Test
  void a_page_of_equal_files_gives_full_batches() {
    assertThat(files(EvenBatches.split(equal(25_000, 20_000), LIMITS))).hasSize(50).containsOnly(500);
  }

  @Test
  void the_last_page_is_shared_out_instead_of_leaving_a_small_rest() {
    assertThat(files(EvenBatches.split(equal(8_501, 100), LIMITS))).hasSize(18).allMatch(n -> n >= 472 && n <= 473);
  }

  @Test
  void a_small_folder_still_gives_work_to_every_slot() {
    assertThat(files(EvenBatches.split(equal(1_000, 100), LIMITS))).hasSize(16).allMatch(n -> n >= 62 && n <= 63);
  }

  @Test
  void a_tiny_folder_is_not_cut_below_what_a_transaction_is_worth() {
    assertThat(files(EvenBatches.split(equal(70, 100), LIMITS))).hasSize(3).allMatch(n -> n >= 23);
    assertThat(files(EvenBatches.split(equal(32, 100), LIMITS))).containsExactly(32);
  }

  @Test
  void bytes_bound_a_batch_before_its_count_does() {
    List<EvenBatches.Slice> slices = EvenBatches.split(equal(1_000, 1 << 20), LIMITS);

    assertThat(slices).hasSize(63).allMatch(slice -> slice.bytes() <= 16 << 20);
  }

  @Test
  void a_large_file_is_alone_and_the_others_stay_together() {
    long[] sizes = equal(100, 1_000);
    sizes[40] = (8 << 20) + 1;

    List<EvenBatches.Slice> slices = EvenBatches.split(sizes, LIMITS);

    assertThat(slices.getFirst().files()).containsExactly(40);
    assertThat(slices).hasSize(5);
  }

  @Test
  void random_pages_keep_every_file_once_and_every_bound() {
    long seed = System.nanoTime();
    System.out.println("EvenBatchesTest seed " + seed);
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 300; round++) {
      var limits = new BatchLimits(1 + random.nextInt(500), 1 << random.nextInt(20, 25), 1 << random.nextInt(14, 21));
      long[] sizes = random.longs(random.nextInt(3_000), 0, 1L << random.nextInt(1, 23)).toArray();

      List<EvenBatches.Slice> slices = EvenBatches.split(sizes, limits);

      var seen = new BitSet();
      for (EvenBatches.Slice slice : slices) {
        assertThat(slice.files().length).isBetween(1, limits.files());
        assertThat(slice.files().length == 1 || slice.bytes() <= limits.bytes()).isTrue();
        assertThat(slice.bytes()).isEqualTo(Arrays.stream(slice.files()).mapToLong(place -> sizes[place]).sum());
        Arrays.stream(slice.files()).forEach(place -> {
          assertThat(seen.get(place)).isFalse();
          seen.set(place);
          assertThat(slice.files().length == 1 || sizes[place] <= limits.aloneBytes()).isTrue();
        });
      }
      assertThat(seen.cardinality()).isEqualTo(sizes.length);
    }
  }

  @Test
  void files_of_mixed_sizes_weigh_the_same_in_each_batch() {
    long seed = System.nanoTime();
    System.out.println("EvenBatchesTest seed " + seed);
    var random = new SplittableRandom(seed);
    // Small files first, large ones after them: as many files in each batch would make the last ones the slowest.
    long[] sizes = random.longs(3_000, 1_000, 60_000).sorted().toArray();
    long mean = Arrays.stream(sizes).sum() / sizes.length;

    List<EvenBatches.Slice> slices = EvenBatches.split(sizes, LIMITS);

    double[] weights = slices.stream().mapToDouble(slice -> slice.bytes() + (double) mean * slice.files().length)
        .toArray();
    assertThat(Arrays.stream(weights).max().orElseThrow() / Arrays.stream(weights).min().orElseThrow()).isLessThan(1.1);
  }

  private static long[] equal(int count, long size) {
    long[] sizes = new long[count];
    Arrays.fill(sizes, size);
    return sizes;
  }

  private static List<Integer> files(List<EvenBatches.Slice> slices) {
    return slices.stream().map(slice -> slice.files().length).toList();
  }
}
