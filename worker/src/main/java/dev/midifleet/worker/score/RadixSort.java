package dev.midifleet.worker.score;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sorts ints that are 0 or more in linear time: least significant digit first, 11 bits a pass; a pass in which all keys
 * have the same digit is left out, and nothing is done for keys that stand in order.
 */
public final class RadixSort {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;
  private static final int MASK = BUCKETS - 1;
  private static final int PASSES = 3;

  private final int[] counts = new int[PASSES * BUCKETS];
  private int[] keyScratch = {};
  private int[] valueScratch = {};

  /** Sorts the first {@code size} keys in place. */
  public void sort(int[] keys, int size) { sort(keys, null, size); }

  /** Sorts keys and moves the values with them; equal keys keep their order. */
  public void sort(int[] keys, int @Nullable [] values, int size) {
    if (isSorted(keys, size)) return;
    count(keys, size);
    if (keyScratch.length < size) {
      keyScratch = new int[size + (size >> 1)];
    }
    if (values != null && valueScratch.length < size) {
      valueScratch = new int[size + (size >> 1)];
    }
    int[] from = keys;
    int[] to = keyScratch;
    int[] valuesFrom = values;
    int[] valuesTo = valueScratch;
    boolean isInScratch = false;
    for (int pass = 0; pass < PASSES; pass++) {
      if (counts[pass * BUCKETS + ((keys[0] >>> (pass * BITS)) & MASK)] == size) continue;
      toPositions(pass);
      scatter(from, to, valuesFrom, valuesTo, size, pass);
      isInScratch = !isInScratch;
      int[] swap = from;
      from = to;
      to = swap;
      if (valuesFrom != null) {
        swap = valuesFrom;
        valuesFrom = valuesTo;
        valuesTo = swap;
      }
    }
    if (isInScratch) {
      System.arraycopy(from, 0, keys, 0, size);
      if (values != null && valuesFrom != null) {
        System.arraycopy(valuesFrom, 0, values, 0, size);
      }
    }
  }

  /** Gives back memory beyond what {@code size} keys need. */
  public void trim(int size) {
    if (keyScratch.length > size) {
      keyScratch = new int[0];
    }
    if (valueScratch.length > size) {
      valueScratch = new int[0];
    }
  }

  private static boolean isSorted(int[] keys, int size) {
    for (int i = 1; i < size; i++) {
      if (keys[i - 1] > keys[i]) return false;
    }
    return true;
  }

  private void count(int[] keys, int size) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < size; i++) {
      int key = keys[i];
      counts[key & MASK]++;
      counts[BUCKETS + ((key >>> BITS) & MASK)]++;
      counts[2 * BUCKETS + (key >>> (2 * BITS))]++;
    }
  }

  private void toPositions(int pass) {
    int position = 0;
    for (int i = pass * BUCKETS; i < (pass + 1) * BUCKETS; i++) {
      int count = counts[i];
      counts[i] = position;
      position += count;
    }
  }

  private void scatter(int[] from, int[] to, int @Nullable [] valuesFrom, int[] valuesTo,
      int size, int pass) {
    int shift = pass * BITS;
    int base = pass * BUCKETS;
    for (int i = 0; i < size; i++) {
      int key = from[i];
      int position = counts[base + ((key >>> shift) & MASK)]++;
      to[position] = key;
      if (valuesFrom != null) {
        valuesTo[position] = valuesFrom[i];
      }
    }
  }
}
