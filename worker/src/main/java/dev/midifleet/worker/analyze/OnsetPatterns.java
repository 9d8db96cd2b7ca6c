package dev.midifleet.worker.analyze;

import java.util.Arrays;

/** In which slots of a {@link BarGrid} any note begins, a bit each. */
final class OnsetPatterns {
  /** A bar may begin anywhere in a word, and its last word may be read beyond the last slot. */
  private final long[] words = new long[BarGrid.SLOTS_MAX / Long.SIZE + 3];

  /** Of so many moments, of which the last may have no place. */
  void collect(BarGrid grid, int moments) {
    Arrays.fill(words, 0, grid.end() / Long.SIZE + 3, 0);
    int[] slots = grid.momentSlots();
    int end = grid.end();
    for (int i = 0; i < moments && slots[i] < end; i++) {
      int slot = slots[i];
      words[slot >>> 6] |= 1L << slot;
    }
  }

  boolean has(int slot) { return (words[slot >>> 6] >>> slot & 1) != 0; }

  /** Onsets from a slot up to, but not in, another. */
  int count(int from, int to) {
    int count = 0;
    for (int slot = from; slot < to; slot += Long.SIZE) {
      count += Long.bitCount(bits(slot, to));
    }
    return count;
  }

  /** Hamming distance of two bars, divided by the length of the longer one. */
  double distance(BarGrid grid, int left, int right) {
    int length = Math.max(length(grid, left), length(grid, right));
    return length > 0 ? (double) compare(grid, left, right, length, true) / length : 0;
  }

  /** The largest share of equal onsets in those of a bar and any one before it. */
  double likest(BarGrid grid, int bar) {
    double likest = 0;
    for (int other = 0; other < bar; other++) {
      int length = Math.max(length(grid, other), length(grid, bar));
      int shared = compare(grid, other, bar, length, false);
      int all = shared + compare(grid, other, bar, length, true);
      likest = Math.max(likest, all > 0 ? (double) shared / all : 0);
    }
    return likest;
  }

  private static int length(BarGrid grid, int bar) { return grid.start(bar + 1) - grid.start(bar); }

  private int compare(BarGrid grid, int left, int right, int length, boolean differing) {
    int count = 0;
    for (int offset = 0; offset < length; offset += Long.SIZE) {
      long a = bits(grid.start(left) + offset, grid.start(left + 1));
      long b = bits(grid.start(right) + offset, grid.start(right + 1));
      count += Long.bitCount(differing ? a ^ b : a & b);
    }
    return count;
  }

  /** The 64 bits from a slot on, those from {@code end} on as 0. */
  private long bits(int slot, int end) {
    if (slot >= end) return 0;
    int word = slot >>> 6;
    long bits = words[word] >>> slot | (words[word + 1] << 1) << ~slot;
    int kept = end - slot;
    return kept < Long.SIZE ? bits & ((1L << kept) - 1) : bits;
  }
}
