package dev.midifleet.producer.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits a page of files into batches that take about as long as each other and keep their bounds. Files stay in their
 * order, which is that of the folders, except that large ones are taken out to be alone.
 *
 * <p>What a file costs is in part the same for each and in part grows with its bytes; here both parts weigh the same over
 * the page: a file weighs its size plus the mean size.
 *
 * <p>A small page still gives some batches rather than one, so that every slot of a few workers has something to do, as
 * long as they hold {@value #FILES_MIN} files or more: below that the transaction of a batch would cost more than its
 * files.
 */
final class EvenBatches {
  /** Slots that a small page is spread over: two workers with the default of four, twice. */
  private static final int BATCHES_WANTED = 16;
  private static final int FILES_MIN = 32;

  private EvenBatches() {}

  /** Files of one batch, as places in the page. Never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Slice(int[] files, long bytes) {}

  /**
   * @param sizes
   *          bytes of each file of the page
   */
  static List<Slice> split(long[] sizes, BatchLimits limits) {
    List<Slice> slices = new ArrayList<>();
    int[] shared = new int[sizes.length];
    int count = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] > limits.aloneBytes()) {
        slices.add(new Slice(new int[]{i}, sizes[i]));
      } else {
        shared[count++] = i;
      }
    }
    splitShared(shared, count, sizes, limits, slices);
    return slices;
  }

  private static void splitShared(int[] shared, int count, long[] sizes, BatchLimits limits, List<Slice> slices) {
    int filesWanted = Math.min(limits.files(), Math.max(FILES_MIN, Math.ceilDiv(count, BATCHES_WANTED)));
    long bytesLeft = 0;
    for (int i = 0; i < count; i++) {
      bytesLeft += sizes[shared[i]];
    }
    long mean = count == 0 ? 0 : Math.max(1, bytesLeft / count);
    long batchesLeft = Math.ceilDiv(count, filesWanted);
    for (int start = 0; start < count; batchesLeft--) {
      int filesLeft = count - start;
      long batchesNeeded = Math.max(Math.ceilDiv(filesLeft, limits.files()),
          Math.ceilDiv(bytesLeft, limits.bytes()));
      batchesLeft = Math.max(batchesLeft, Math.max(1, batchesNeeded));
      double share = (bytesLeft + (double) mean * filesLeft) / batchesLeft;
      int end = start;
      long bytes = 0;
      double weight = 0;
      while (end < count && end - start < limits.files()) {
        long size = sizes[shared[end]];
        boolean fits = bytes + size <= limits.bytes() && weight + (size + mean) / 2.0 <= share;
        if (end > start && !fits) break;
        bytes += size;
        weight += size + mean;
        end++;
      }
      slices.add(new Slice(Arrays.copyOfRange(shared, start, end), bytes));
      bytesLeft -= bytes;
      start = end;
    }
  }
}
