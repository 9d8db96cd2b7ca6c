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
  /** Times that a slot's ends are sifted before they are sorted in another way. */
  private static final int SIFTS_MAX = 2;
  /** Moves a note that sorting by insertion may take; beyond, the other way is faster. */
  private static final int MOVES_A_NOTE = 8;
  private static final long SEED_A = 0x9e3779b97f4a7c15L;
  private static final long SEED_B = 0xd1b54a32d192ed03L;
  private static final long CLASS_BITS = (1L << StepGrid.CLASSES) - 1;

  private final StepGrid grid;
  private final RadixSort sort = new RadixSort();
  private final long[] sumsA = new long[SLOTS];
  private final long[] sumsB = new long[SLOTS];
  private final long[] words = new long[4];
  /** While notes are put in the order of slots, where the next one of each goes. */
  private final int[] next = new int[SLOTS];
  /** In the order of slots: the place in the order of onsets, and the end. */
  private int[] places = {};
  private int[] slotEnds = {};
  /** The step, and a bit for the class of length; then that mixed. */
  private long[] keys = {};
  private long[] mixed = {};
  /** Where each note goes; then ends that are sorted. */
  private int[] scratch = {};

  NoteHash(StepGrid grid) { this.grid = grid; }

  /**
   * @param notesOfSlot
   *          how many notes each pitch has, then each drum key, as {@link Tally} has them
   * @param ends
   *          become, in the order of onsets, as steps are, the ticks of the ends that belong to them by the rule above
   */
  void analyze(NotesByOnset notes, int[] notesOfSlot, int[] ends, int[] steps, Analysis into) {
    int count = notes.count();
    if (count == 0) {
      into.noteHash = null;
      into.noteHashTransposed = null;
      return;
    }
    reserve(count);
    bySlot(notes, notesOfSlot);
    for (int slot = 0; slot < SLOTS; slot++) {
      if (notesOfSlot[slot] > 1) {
        unnest(next[slot] - notesOfSlot[slot], next[slot]);
      }
    }
    toKeys(notes.onsets(), ends, steps, count);
    Mix.mix(mixed, count);
    for (int slot = 0; slot < SLOTS; slot++) {
      if (notesOfSlot[slot] > 0) {
        addUp(slot, next[slot] - notesOfSlot[slot], next[slot]);
      }
    }
    combine(notesOfSlot, into);
    if (places.length > KEEP) {
      trim();
    }
  }

  private static int slot(int voice) { return Score.pitch(voice) | (voice & Score.DRUM) >>> 13; }

  private void reserve(int count) {
    if (places.length >= count) return;
    int room = count + (count >> 1);
    places = new int[room];
    slotEnds = new int[room];
    keys = new long[room];
    mixed = new long[room];
    scratch = new int[room];
  }

  private void trim() {
    places = new int[0];
    slotEnds = new int[0];
    keys = new long[0];
    mixed = new long[0];
    scratch = new int[0];
    sort.trim(KEEP);
  }

  /** Afterwards {@link #next} has where each slot's notes end. */
  private void bySlot(NotesByOnset notes, int[] notesOfSlot) {
    int begin = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      next[slot] = begin;
      begin += notesOfSlot[slot];
    }
    toPositions(notes.voices(), scratch, notes.count());
    scatter(notes.ends(), scratch, notes.count());
  }

  private void toPositions(int[] voices, int[] to, int count) {
    int[] cursors = next;
    for (int i = 0; i < count; i++) {
      to[i] = cursors[slot(voices[i])]++;
    }
  }

  // Apart from what counts the positions: stores to places not yet known would keep the next counter waiting.
  private void scatter(int[] ends, int[] positions, int count) {
    int[] toPlace = places;
    int[] toEnd = slotEnds;
    for (int i = 0; i < count; i++) {
      int position = positions[i];
      toPlace[position] = i;
      toEnd[position] = ends[i];
    }
  }

  /** Sorts the ends of a slot, of two notes or more: many are in order, and most others nearly so. */
  private void unnest(int begin, int end) {
    // Parts that play one line differ by a note or two, and where is hard to predict: no branches at first.
    for (int pass = 0; pass < SIFTS_MAX; pass++) {
      if (sift(slotEnds, begin, end) >= 0) return;
    }
    insert(begin, end);
  }

  /** Holds the two latest so far back; below 0 if that did not put all in order. */
  private static int sift(int[] ticks, int begin, int end) {
    int late = Math.min(ticks[begin], ticks[begin + 1]);
    int latest = Math.max(ticks[begin], ticks[begin + 1]);
    int before = 0;
    int unsorted = 0;
    for (int i = begin + 2; i < end; i++) {
      int tick = ticks[i];
      int earliest = Math.min(late, tick);
      int other = Math.max(late, tick);
      late = Math.min(latest, other);
      latest = Math.max(latest, other);
      ticks[i - 2] = earliest;
      unsorted |= earliest - before;
      before = earliest;
    }
    unsorted |= late - before;
    ticks[end - 2] = late;
    ticks[end - 1] = latest;
    return unsorted;
  }

  private void insert(int begin, int end) {
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
    System.arraycopy(slotEnds, begin, scratch, 0, size);
    sort.sort(scratch, size);
    System.arraycopy(scratch, 0, slotEnds, begin, size);
  }

  private void toKeys(int[] onsets, int[] toEnds, int[] steps, int count) {
    int[] at = places;
    int[] ends = slotEnds;
    long[] to = keys;
    long[] toMix = mixed;
    for (int i = 0; i < count; i++) {
      int place = at[i];
      int end = ends[i];
      toEnds[place] = end;
      long key = (long) steps[place] << StepGrid.CLASSES | 1L << grid.lengthClass(end - onsets[place]);
      to[i] = key;
      toMix[i] = key;
    }
  }

  private void addUp(int slot, int begin, int end) {
    long sumA = 0;
    long sumB = 0;
    // Of the latest note: its key, and a bit for each class of length met at its step.
    long last = -1;
    long met = 0;
    for (int i = begin; i < end; i++) {
      long key = keys[i];
      // 0 less 1 has a sign: masks instead of branches.
      met &= (((key ^ last) >>> StepGrid.CLASSES) - 1) >> (Long.SIZE - 1);
      long keep = ((met & key) - 1) >> (Long.SIZE - 1);
      met |= key & CLASS_BITS;
      last = key;
      long a = mixed[i];
      sumA += a & keep;
      // Another function of the same note, so that both sums agree only where all notes do.
      sumB += (a ^ SEED_A) * Long.rotateLeft(a, 32) & keep;
    }
    sumsA[slot] = sumA;
    sumsB[slot] = sumB;
  }

  private void combine(int[] notesOfSlot, Analysis into) {
    Arrays.fill(words, 0);
    int lowest = -1;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (notesOfSlot[slot] > 0) {
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
