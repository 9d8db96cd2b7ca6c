package dev.midifleet.worker.score;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sorts ints that are 0 or more in linear time: least significant digit first, as many digits as the keys need, at most 11
 * bits each; nothing is done for keys that stand in order.
 */
public final class RadixSort {
  private static final int BITS_MAX = 11;

  private final int[] counts = new int[1 << BITS_MAX];
  private int[] keyScratch = {};
  private int[] valueScratch = {};

  /** Sorts the first {@code size} keys in place. */
  public void sort(int[] keys, int size) { sort(keys, null, size); }

  /** Sorts keys and moves the values with them; equal keys keep their order. */
  public void sort(int[] keys, int @Nullable [] values, int size) {
    if (isSorted(keys, size)) return;
    if (keyScratch.length < size) {
      keyScratch = new int[size + (size >> 1)];
    }
    if (values != null && valueScratch.length < size) {
      valueScratch = new int[size + (size >> 1)];
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(or(keys, size));
    int passes = (bits + BITS_MAX - 1) / BITS_MAX;
    int digit = (bits + passes - 1) / passes;
    int[] from = keys;
    int[] to = keyScratch;
    int[] valuesFrom = values;
    int[] valuesTo = valueScratch;
    for (int pass = 0; pass < passes; pass++) {
      toPositions(from, size, pass * digit, digit);
      if (valuesFrom == null) {
        scatter(from, to, size, pass * digit, digit);
      } else {
        scatter(from, to, valuesFrom, valuesTo, size, pass * digit, digit);
      }
      int[] swap = from;
      from = to;
      to = swap;
      if (valuesFrom != null) {
        swap = valuesFrom;
        valuesFrom = valuesTo;
        valuesTo = swap;
      }
    }
    if (passes % 2 != 0) {
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

  private static int or(int[] keys, int size) {
    int or = 1;
    for (int i = 0; i < size; i++) {
      or |= keys[i];
    }
    return or;
  }

  private void toPositions(int[] keys, int size, int shift, int digit) {
    int buckets = 1 << digit;
    Arrays.fill(counts, 0, buckets, 0);
    int mask = buckets - 1;
    for (int i = 0; i < size; i++) {
      counts[(keys[i] >>> shift) & mask]++;
    }
    int position = 0;
    for (int i = 0; i < buckets; i++) {
      int count = counts[i];
      counts[i] = position;
      position += count;
    }
  }

  private void scatter(int[] from, int[] to, int size, int shift, int digit) {
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      int key = from[i];
      to[counts[(key >>> shift) & mask]++] = key;
    }
  }

  private void scatter(int[] from, int[] to, int[] valuesFrom, int[] valuesTo, int size, int shift, int digit) {
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      int key = from[i];
      int position = counts[(key >>> shift) & mask]++;
      to[position] = key;
      valuesTo[position] = valuesFrom[i];
    }
  }
}
