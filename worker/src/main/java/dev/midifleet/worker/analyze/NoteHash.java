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
  /** Of the slot's latest note: its step, and a bit for each class of length met at that step. */
  private final long[] latest = new long[SLOTS];
  /** The largest end so far, or -1 without notes. */
  private final int[] lastEnds = new int[SLOTS];
  private final boolean[] isNested = new boolean[SLOTS];
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
    Arrays.fill(lastEnds, -1);
    if (hasNested(voices, ends, count)) {
      unnest(voices, ends, count);
    }
    addUp(voices, onsets, ends, steps, count);
    combine(into);
  }

  /** Whether any note ends before an older one of its slot does, and marks the slots of those. */
  private boolean hasNested(int[] voices, int[] ends, int count) {
    int nested = 0;
    for (int i = 0; i < count; i++) {
      int slot = slot(voices[i]);
      int last = lastEnds[slot];
      lastEnds[slot] = Math.max(last, ends[i]);
      // The sign says whether it is.
      nested |= ends[i] - last;
    }
    if (nested >= 0) return false;
    Arrays.fill(isNested, false);
    Arrays.fill(lastEnds, -1);
    for (int i = 0; i < count; i++) {
      int slot = slot(voices[i]);
      int last = lastEnds[slot];
      lastEnds[slot] = Math.max(last, ends[i]);
      isNested[slot] |= ends[i] < last;
    }
    return true;
  }

  private static int slot(int voice) { return Score.pitch(voice) | (voice & Score.DRUM) >>> 13; }

  /** Sorts the ends within each slot that needs it. */
  private void unnest(int[] voices, int[] ends, int count) {
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
    for (int slot = 0; slot < SLOTS; slot++) {
      if (isNested[slot]) {
        int begin = slot == 0 ? 0 : from[slot - 1];
        sortNearlySorted(begin, from[slot]);
        for (int i = begin; i < from[slot]; i++) {
          ends[places[i]] = slotEnds[i];
        }
      }
    }
    if (places.length > KEEP) {
      places = new int[0];
      slotEnds = new int[0];
      scratch = new int[0];
      sort.trim(KEEP);
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

  private void addUp(int[] voices, int[] onsets, int[] ends, int[] steps, int count) {
    Arrays.fill(sumsA, 0);
    Arrays.fill(sumsB, 0);
    Arrays.fill(latest, 0);
    for (int i = 0; i < count; i++) {
      int slot = slot(voices[i]);
      long step = (long) steps[i] << StepGrid.CLASSES;
      long bit = 1L << grid.lengthClass(ends[i] - onsets[i]);
      long before = latest[slot];
      long met = before >>> StepGrid.CLASSES == steps[i] ? before : step;
      latest[slot] = met | bit;
      long keep = (met & bit) == 0 ? -1 : 0;
      long a = Mix.mix(step | bit);
      sumsA[slot] += a & keep;
      // Another function of the same note, so that both sums agree only where all notes do.
      sumsB[slot] += (a ^ SEED_A) * Long.rotateLeft(a, 32) & keep;
    }
  }

  private void combine(Analysis into) {
    Arrays.fill(words, 0);
    int lowest = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (lastEnds[slot] >= 0) {
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
