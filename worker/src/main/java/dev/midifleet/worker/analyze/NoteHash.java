package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;
import java.util.UUID;

/**
 * 128 bits of the set of a file's notes: of each its onset in steps of {@link StepGrid} from the first note of all, its
 * pitch, the class of its length, and whether it is a drum. Notes that agree in all four count once. Of each pitch the first
 * note to begin is taken as the first to end, whichever channels they are on, as if all were on one.
 *
 * <p>The transposed hash counts pitches from the lowest, drums left as they are. Each pitch has sums of its own, which are
 * hashed together with the pitch in the end, so that both hashes cost one walk over the notes.
 */
final class NoteHash {
  private static final int PITCHES = 128;
  /** Pitches, then drum keys. */
  private static final int SLOTS = 2 * PITCHES;
  private static final int KEEP = 1 << 18;
  /** Moves a note that sorting by insertion may take; beyond, the other way is faster. */
  private static final int MOVES_A_NOTE = 8;
  private static final long SEED_A = 0x9e3779b97f4a7c15L;
  private static final long SEED_B = 0xd1b54a32d192ed03L;

  private final StepGrid grid;
  private final RadixSort sort = new RadixSort();
  private final long[] sumsA = new long[SLOTS];
  private final long[] sumsB = new long[SLOTS];
  private final long[] words = new long[4];
  /** Where the notes of a slot begin among all, by slot; while they are put there, where the next one goes. */
  private final int[] from = new int[SLOTS + 1];
  private int[] places = {};
  private int[] slotEnds = {};
  private int[] scratch = {};

  NoteHash(StepGrid grid) { this.grid = grid; }

  /**
   * @param voices
   *          as those of the score, in the order of onsets, as all columns here
   * @param ends
   *          ticks; left as the ends that belong to the onsets by the rule above
   */
  void analyze(int[] voices, int[] onsets, int[] ends, int[] steps, int count, Analysis into) {
    if (count == 0) {
      into.noteHash = null;
      into.noteHashTransposed = null;
      return;
    }
    bySlot(voices, ends, count);
    int begin = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      int end = from[slot];
      if (begin < end) {
        unnest(ends, begin, end);
        addUp(slot, begin, end, onsets, steps);
      }
      begin = end;
    }
    combine(into);
    if (places.length > KEEP) {
      places = new int[0];
      slotEnds = new int[0];
      scratch = new int[0];
      sort.trim(KEEP);
    }
  }

  private static int slot(int voice) { return Score.pitch(voice) | (voice & Score.DRUM) >>> 13; }

  /** Afterwards {@link #from} has where each slot's notes end. */
  private void bySlot(int[] voices, int[] ends, int count) {
    if (places.length < count) {
      places = new int[count + (count >> 1)];
      slotEnds = new int[places.length];
    }
    Arrays.fill(from, 0);
    for (int i = 0; i < count; i++) {
      from[slot(voices[i]) + 1]++;
    }
    for (int slot = 0; slot < SLOTS; slot++) {
      from[slot + 1] += from[slot];
    }
    for (int i = 0; i < count; i++) {
      int place = from[slot(voices[i])]++;
      places[place] = i;
      slotEnds[place] = ends[i];
    }
  }

  /** Sorts the ends of a slot if any note ends before an older one does. */
  private void unnest(int[] ends, int begin, int end) {
    int nested = 0;
    for (int i = begin + 1; i < end; i++) {
      // The sign says whether it is.
      nested |= slotEnds[i] - slotEnds[i - 1];
    }
    if (nested >= 0) return;
    sortNearlySorted(begin, end);
    for (int i = begin; i < end; i++) {
      ends[places[i]] = slotEnds[i];
    }
  }

  private void sortNearlySorted(int begin, int end) {
    int moves = (end - begin) * MOVES_A_NOTE;
    for (int i = begin + 1; i < end; i++) {
      int tick = slotEnds[i];
      int at = i;
      while (at > begin && slotEnds[at - 1] > tick) {
        slotEnds[at] = slotEnds[at - 1];
        at--;
      }
      slotEnds[at] = tick;
      moves -= i - at;
      if (moves < 0) {
        sortFar(begin, end - begin);
        return;
      }
    }
  }

  private void sortFar(int begin, int size) {
    if (scratch.length < size) {
      scratch = new int[size + (size >> 1)];
    }
    System.arraycopy(slotEnds, begin, scratch, 0, size);
    sort.sort(scratch, size);
    System.arraycopy(scratch, 0, slotEnds, begin, size);
  }

  private void addUp(int slot, int begin, int end, int[] onsets, int[] steps) {
    long sumA = 0;
    long sumB = 0;
    // Of the latest note: its step, and a bit for each class of length met at that step.
    int step = -1;
    long met = 0;
    for (int i = begin; i < end; i++) {
      int note = places[i];
      long bit = 1L << grid.lengthClass(slotEnds[i] - onsets[note]);
      met = steps[note] == step ? met : 0;
      step = steps[note];
      long keep = (met & bit) == 0 ? -1 : 0;
      met |= bit;
      long a = Mix.mix((long) step << StepGrid.CLASSES | bit);
      sumA += a & keep;
      // Another function of the same note, so that both sums agree only where all notes do.
      sumB += (a ^ SEED_A) * Long.rotateLeft(a, 32) & keep;
    }
    sumsA[slot] = sumA;
    sumsB[slot] = sumB;
  }

  private void combine(Analysis into) {
    Arrays.fill(words, 0);
    int lowest = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (from[slot] > (slot == 0 ? 0 : from[slot - 1])) {
        if (lowest < 0) {
          lowest = slot;
        }
        add(0, slot, slot);
        add(2, slot, slot < PITCHES ? slot - lowest : slot);
      }
    }
    into.noteHash = new UUID(Mix.mix(words[0] + words[1]), Mix.mix(words[1] ^ SEED_A));
    into.noteHashTransposed = new UUID(Mix.mix(words[2] + words[3]), Mix.mix(words[3] ^ SEED_A));
  }

  private void add(int word, int slot, int name) {
    words[word] = Mix.mix(words[word] + (sumsA[slot] ^ Mix.mix(name + SEED_A)));
    words[word + 1] = Mix.mix(words[word + 1] + (sumsB[slot] ^ Mix.mix(name + SEED_B)));
  }
}
