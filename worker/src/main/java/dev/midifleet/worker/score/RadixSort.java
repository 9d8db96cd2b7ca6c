package dev.midifleet.worker.score;

import java.util.Arrays;

/**
 * Sorts ints that are 0 or more in linear time: least significant digit first, as many digits as the keys need.
 *
 * <p>A key's place among those of the same digit is kept when they are counted, so that the loop that moves them reads no
 * counter that the key before it may just have changed: waiting for that cost more than all else.
 */
public final class RadixSort {
  private static final int BITS_MAX = 11;
  private static final int KEY_SHIFT = Integer.SIZE;

  private final int[] counts = new int[1 << BITS_MAX];
  private int[] ranks = {};
  private int[] keyScratch = {};
  /** Keys, and below them where they stood. */
  private long[] pairs = {};
  private long[] otherPairs = {};

  /** Sorts the first {@code size} keys in place; nothing is done for keys that stand in order. */
  public void sort(int[] keys, int size) {
    if (isSorted(keys, size)) return;
    reserveRanks(size);
    if (keyScratch.length < size) {
      keyScratch = new int[size + (size >> 1)];
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(or(keys, size));
    int passes = (bits + BITS_MAX - 1) / BITS_MAX;
    int digit = (bits + passes - 1) / passes;
    int[] from = keys;
    int[] to = keyScratch;
    for (int pass = 0; pass < passes; pass++) {
      rank(from, size, pass * digit, digit);
      scatter(from, to, size, pass * digit, digit);
      int[] swap = from;
      from = to;
      to = swap;
    }
    if (passes % 2 != 0) {
      System.arraycopy(from, 0, keys, 0, size);
    }
  }

  /**
   * Tells the order of the first {@code size} keys, which are left as they are; equal keys keep theirs.
   *
   * @param order
   *          becomes where each of the keys in order stands
   */
  public void order(int[] keys, int size, int[] order) {
    reserveRanks(size);
    if (pairs.length < size) {
      pairs = new long[ranks.length];
      otherPairs = new long[ranks.length];
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(or(keys, size));
    // The first pass makes pairs, and the last one parts them.
    int passes = Math.max(2, (bits + BITS_MAX - 1) / BITS_MAX);
    int digit = (bits + passes - 1) / passes;
    rank(keys, size, 0, digit);
    pair(keys, pairs, size, digit);
    long[] from = pairs;
    long[] to = otherPairs;
    for (int pass = 1; pass < passes - 1; pass++) {
      rank(from, size, KEY_SHIFT + pass * digit, digit);
      scatter(from, to, size, KEY_SHIFT + pass * digit, digit);
      long[] swap = from;
      from = to;
      to = swap;
    }
    int shift = KEY_SHIFT + (passes - 1) * digit;
    rank(from, size, shift, digit);
    part(from, order, size, shift, digit);
  }

  /** Gives back memory beyond what {@code size} keys need. */
  public void trim(int size) {
    if (ranks.length > size) {
      ranks = new int[0];
      keyScratch = new int[0];
      pairs = new long[0];
      otherPairs = new long[0];
    }
  }

  private void reserveRanks(int size) {
    if (ranks.length < size) {
      ranks = new int[size + (size >> 1)];
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

  private void rank(int[] keys, int size, int shift, int digit) {
    int[] counted = counts;
    int[] to = ranks;
    int mask = (1 << digit) - 1;
    Arrays.fill(counted, 0, mask + 1, 0);
    for (int i = 0; i < size; i++) {
      to[i] = counted[(keys[i] >>> shift) & mask]++;
    }
    toPositions(mask + 1);
  }

  private void rank(long[] keys, int size, int shift, int digit) {
    int[] counted = counts;
    int[] to = ranks;
    int mask = (1 << digit) - 1;
    Arrays.fill(counted, 0, mask + 1, 0);
    for (int i = 0; i < size; i++) {
      to[i] = counted[(int) (keys[i] >>> shift) & mask]++;
    }
    toPositions(mask + 1);
  }

  private void toPositions(int buckets) {
    int position = 0;
    for (int i = 0; i < buckets; i++) {
      int count = counts[i];
      counts[i] = position;
      position += count;
    }
  }

  private void scatter(int[] from, int[] to, int size, int shift, int digit) {
    int[] begins = counts;
    int[] rank = ranks;
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      int key = from[i];
      to[begins[(key >>> shift) & mask] + rank[i]] = key;
    }
  }

  private void scatter(long[] from, long[] to, int size, int shift, int digit) {
    int[] begins = counts;
    int[] rank = ranks;
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      long pair = from[i];
      to[begins[(int) (pair >>> shift) & mask] + rank[i]] = pair;
    }
  }

  private void pair(int[] keys, long[] to, int size, int digit) {
    int[] begins = counts;
    int[] rank = ranks;
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      int key = keys[i];
      to[begins[key & mask] + rank[i]] = (long) key << KEY_SHIFT | i;
    }
  }

  private void part(long[] from, int[] order, int size, int shift, int digit) {
    int[] begins = counts;
    int[] rank = ranks;
    int mask = (1 << digit) - 1;
    for (int i = 0; i < size; i++) {
      long pair = from[i];
      order[begins[(int) (pair >>> shift) & mask] + rank[i]] = (int) pair;
    }
  }
}
