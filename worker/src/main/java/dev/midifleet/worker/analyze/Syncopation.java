package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Syncopation as {@link Rhythm} defines it. For each place of a bar there is a word, with a byte for each level above its
 * own: 128 less the distance to the next place of that level or of a higher one. Whether a level lies between two onsets is
 * then a carry into bit 7, for all levels by one addition. Reused.
 */
final class Syncopation {
  private static final int CHANNELS = 16;
  private static final int KEEP = 1 << 17;
  private static final int NONE = -1;
  /** A byte can tell so many sixteenths. */
  private static final int REACH = 127;
  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
  private static final long CARRIES = EACH_BYTE << 7;

  private final Accents accents = new Accents();
  private final int[] lastSlot = new int[CHANNELS];
  private final int[] next = new int[Long.BYTES];
  private final long[] pattern = new long[REACH];
  private int patternSignature;
  private int patternLength;
  /** The word of each slot, from 1 on; 0 before the first onset of a part. */
  private long[] ahead = {};

  /** Per onset that is followed by another in its part; NaN where none is. */
  double perOnset(Score score, BarGrid grid) {
    int reach = layWords(grid);
    int[] slots = grid.slots();
    int[] voices = score.voices();
    int placedEnd = grid.end();
    long sum = 0;
    int count = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      Arrays.fill(lastSlot, NONE);
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end && slots[i] < placedEnd; i++) {
        int channel = Score.channel(voices[i]);
        int slot = slots[i];
        int from = lastSlot[channel];
        lastSlot[channel] = slot;
        int gap = slot - from;
        sum += gap <= reach
            ? Long.bitCount(ahead[from + 1] + EACH_BYTE * Math.max(0, gap - 1) & CARRIES)
            : strength(grid, from, slot);
        count += (-gap >>> (Integer.SIZE - 1)) - (from >>> (Integer.SIZE - 1));
      }
    }
    return count > 0 ? (double) sum / count : Double.NaN;
  }

  /** Returns up to which distance of two onsets the words tell: 0 where a bar is too long for them. */
  private int layWords(BarGrid grid) {
    int room = grid.end() + 1;
    if (ahead.length < room || (ahead.length > KEEP && room <= KEEP)) {
      ahead = new long[room + (room >> 1)];
    }
    for (int bar = 0; bar < grid.size(); bar++) {
      int start = grid.start(bar);
      int length = grid.start(bar + 1) - start;
      if (length > REACH) return 0;
      layPattern(grid.signature(bar), length);
      System.arraycopy(pattern, 0, ahead, start + 1, length);
    }
    return REACH;
  }

  private void layPattern(int signature, int length) {
    if (signature == patternSignature && length == patternLength) return;
    patternSignature = signature;
    patternLength = length;
    accents.set(signature);
    Arrays.fill(next, length);
    for (int place = length - 1; place >= 0; place--) {
      int level = accents.level(place);
      long word = 0;
      for (int i = 0; i < level; i++) {
        word |= (long) (REACH + 1 - (next[i] - place)) << (Byte.SIZE * i);
      }
      pattern[place] = word;
      Arrays.fill(next, level, next.length, place);
    }
  }

  /** How many levels stronger the strongest place between two onsets is than that of the first; 0 if it is weaker. */
  private int strength(BarGrid grid, int from, int to) {
    if (from == NONE || to <= from + 1) return 0;
    int bar = grid.barAt(from);
    accents.set(grid.signature(bar));
    int place = from - grid.start(bar);
    int between = to > grid.start(bar + 1) ? 0 : accents.levelBetween(place, to - grid.start(bar));
    return Math.max(0, accents.level(place) - between);
  }
}
