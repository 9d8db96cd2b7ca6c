package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * What returns in a piece, by the notes of its bars. Two bars are equal when the same pitches (drum keys apart) begin in
 * the same sixteenths, as often: a sum of 64-bit hashes says so. Velocity, length, channel and program play no part;
 * transposition does.
 *
 * <pre>
 * bars            bars laid out (see {@link BarGrid}), at most 4,096
 * distinct        different ones of those in which a note begins
 * repeated_share  share of those that are equal to an earlier one
 * period_bars     the distance, 1 to 32 bars, at which the largest share of bars with notes is equal, the smallest of
 *                 equals; null where that is below a quarter
 * section_bars    8, or 4 where there are fewer than 32 bars
 * sections        one letter a section, A to Z, then a to z, then *; the letter of the first section of which at least
 *                 half of the bars are equal to those in the same place, else a new one; at most 64 sections, null with
 *                 fewer than two
 * </pre>
 */
final class Structure {
  private static final int PERIOD_MAX = 32;
  private static final double PERIOD_SHARE_MIN = 0.25;
  private static final int SECTION_BARS = 8;
  private static final int SECTIONS_MAX = 64;
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int TABLE = 4 * BarGrid.BARS_MAX;
  private static final double DIGITS = 1000;
  private static final int DRUM_SHIFT = 7;
  private static final int SLOT_SHIFT = 8;

  /** 0 for a bar in which nothing begins. */
  private final long[] hashes = new long[BarGrid.BARS_MAX];
  private final long[] table = new long[TABLE];
  private final char[] letterOf = new char[SECTIONS_MAX];
  private final JsonText json = new JsonText();

  void analyze(NotesByOnset notes, BarGrid grid, Analysis into) {
    int bars = grid.size();
    if (bars == 0 || !grid.isFollowed()) {
      into.structureData = null;
      return;
    }
    hash(notes, grid);
    int filled = 0;
    for (int bar = 0; bar < bars; bar++) {
      filled += hashes[bar] != 0 ? 1 : 0;
    }
    if (filled == 0) {
      into.structureData = null;
      return;
    }
    int distinct = distinct(bars, filled);
    json.clear().raw("{\"bars\":").number(bars).raw(",\"distinct\":").number(distinct).raw(",\"repeated_share\":")
        .decimal(Math.rint(DIGITS * (filled - distinct) / filled) / DIGITS).raw(",\"period_bars\":");
    int period = period(bars);
    if (period == 0) {
      json.raw("null");
    } else {
      json.number(period);
    }
    int length = bars < 4 * SECTION_BARS ? SECTION_BARS / 2 : SECTION_BARS;
    json.raw(",\"section_bars\":").number(length).raw(",\"sections\":");
    sections(bars, length);
    into.structureData = json.raw("}").text();
  }

  private void hash(NotesByOnset notes, BarGrid grid) {
    int[] slots = grid.slotsByOnset();
    int[] voices = notes.voices();
    for (int bar = 0; bar < grid.size(); bar++) {
      int start = grid.start(bar);
      long hash = 0;
      int end = grid.firstNote(bar + 1);
      for (int i = grid.firstNote(bar); i < end; i++) {
        int drum = Score.drumMask(voices[i]) & (1 << DRUM_SHIFT);
        hash += mix(((long) (slots[i] - start) << SLOT_SHIFT) | drum | Score.pitch(voices[i]));
      }
      hashes[bar] = hash;
    }
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014) of a number counted from 1: never 0 for a single note. */
  private static long mix(long value) {
    long z = value + 1;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private int distinct(int bars, int filled) {
    int mask = Integer.highestOneBit(Math.max(1, filled)) * 4 - 1;
    Arrays.fill(table, 0, mask + 1, 0);
    int distinct = 0;
    for (int bar = 0; bar < bars; bar++) {
      long hash = hashes[bar];
      if (hash == 0) continue;
      int place = (int) hash & mask;
      while (table[place] != 0 && table[place] != hash) {
        place = (place + 1) & mask;
      }
      distinct += table[place] == 0 ? 1 : 0;
      table[place] = hash;
    }
    return distinct;
  }

  private int period(int bars) {
    int best = 0;
    double bestShare = PERIOD_SHARE_MIN;
    for (int lag = 1; lag <= Math.min(PERIOD_MAX, bars / 2); lag++) {
      int equal = 0;
      int filled = 0;
      for (int bar = lag; bar < bars; bar++) {
        boolean isFilled = hashes[bar] != 0;
        filled += isFilled ? 1 : 0;
        equal += isFilled && hashes[bar] == hashes[bar - lag] ? 1 : 0;
      }
      double share = filled > 0 ? (double) equal / filled : 0;
      if (share > bestShare || (best == 0 && share == bestShare)) {
        best = lag;
        bestShare = share;
      }
    }
    return best;
  }

  private void sections(int bars, int length) {
    int count = Math.min(SECTIONS_MAX, (bars + length - 1) / length);
    if (count < 2) {
      json.raw("null");
      return;
    }
    int letters = 0;
    json.raw("\"");
    for (int section = 0; section < count; section++) {
      int like = 0;
      while (like < section && !areAlike(like * length, section * length, Math.min(length, bars - section * length))) {
        like++;
      }
      if (like < section) {
        letterOf[section] = letterOf[like];
      } else {
        letterOf[section] = letters < LETTERS.length() ? LETTERS.charAt(letters) : '*';
        letters++;
      }
      json.character(letterOf[section]);
    }
    json.raw("\"");
  }

  private boolean areAlike(int left, int right, int bars) {
    int equal = 0;
    for (int i = 0; i < bars; i++) {
      equal += hashes[left + i] == hashes[right + i] ? 1 : 0;
    }
    return 2 * equal >= bars;
  }
}
