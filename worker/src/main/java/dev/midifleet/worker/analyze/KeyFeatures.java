package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The features that {@link KeyModel} weighs, in the order of onsets, drums out. A note of no length counts as one
 * tick. All of them turn with the pitches: a transposed score has the same values at the transposed keys. Neither FF 59
 * nor text plays a part. Owned by one thread.
 */
public final class KeyFeatures {
  /** Keys: 0 to 11 major from C up, 12 to 23 minor. */
  public static final int KEYS = 24;

  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int NOTES_MIN = 8;
  private static final int CLASSES_MIN = 3;
  private static final int PARTS = 24;
  private static final int EIGHTH = PARTS / 8;
  private static final int SLOTS_MAX = 512;
  private static final int SLOTS_A_BEAT = 2;
  private static final int OPENING_PART_OF_BEAT = 8;
  private static final int ENDING_BEATS = 2;
  private static final int MAJOR_THIRD = 4;
  private static final int MINOR_THIRD = 3;
  private static final int PITCHES = 128;
  /** The shift that makes a mask of a sign. */
  private static final int SIGN = Integer.SIZE - 1;
  private static final int DRUM_SHIFT = Integer.numberOfTrailingZeros(Score.DRUM / PITCHES);
  /** Of a part: a pitch class each, drums, and some that make it a power of two. */
  private static final int BINS = 16;
  private static final byte[] BIN_OF = new byte[2 * PITCHES];
  /** Key scores nearer than this are equal: rounding must not decide between keys that a symmetrical set leaves open. */
  private static final float EQUAL = 1e-5f;

  static {
    for (int key = 0; key < BIN_OF.length; key++) {
      BIN_OF[key] = (byte) (key < PITCHES ? key % CLASSES : CLASSES);
    }
  }

  private final Kernels kernels;
  private final float[] values = new float[KeyFeature.values().length * KEYS];
  private final float[] row = new float[CLASSES];
  private final float[] correlations = new float[KEYS];
  /** Ticks of sound by part of the piece, then by bin. */
  private final long[] parts = new long[PARTS * BINS];
  private final long[] whole = new long[CLASSES];
  private final long[] stretch = new long[CLASSES];
  private final long[] opening = new long[CLASSES];
  private final long[] ending = new long[CLASSES];
  /** With bit 7 where no note begins in a slot; the same below. */
  private final int[] lowest = new int[SLOTS_MAX];
  private final int[] highest = new int[SLOTS_MAX];
  /** Notes by onset before the first that is no drum, and up to the last one. */
  private int firstNote;
  private int endNote;
  private int pitched;
  private int firstOnset;
  private int lastOnset;
  private long lastEnd;
  private int slotTicks;
  private int slots;
  private int lastBass;
  private int lastTop;

  public KeyFeatures(Kernels kernels) { this.kernels = kernels; }

  /**
   * Computes {@link #values()}.
   *
   * @return false where the notes say nothing of a key: below 8, below 3 pitch classes, or all twelve for equally long
   */
  public boolean compute(Score score) {
    var notes = new NotesByOnset();
    notes.read(score);
    return compute(score, notes);
  }

  /** The same where the order of onsets is known. */
  boolean compute(Score score, NotesByOnset notes) {
    Arrays.fill(whole, 0);
    if (!measure(notes)) return false;
    collect(notes, beat(score));
    int classes = 0;
    for (int pitchClass = 0; pitchClass < CLASSES; pitchClass++) {
      whole[pitchClass] = sum(pitchClass, 0, PARTS);
      classes += whole[pitchClass] > 0 ? 1 : 0;
    }
    if (pitched < NOTES_MIN || classes < CLASSES_MIN || !KeyProfiles.standardize(whole, row)) return false;
    evaluate();
    return true;
  }

  /** By {@link KeyFeature}, then by key; stands where {@link #compute} said true, until it is called again. */
  public float[] values() {
    return values;
  }

  /** Ticks of sound by pitch class, from the last call of {@link #compute}. */
  long[] ticks() { return whole; }

  /** From the first to the last note that is no drum: how many, how far, and what sounds last. False without any. */
  private boolean measure(NotesByOnset notes) {
    int[] onsets = notes.onsets();
    int[] ends = notes.ends();
    int[] voices = notes.voices();
    int from = 0;
    int to = notes.count();
    while (from < to && Score.isDrum(voices[from])) {
      from++;
    }
    if (from == to) return false;
    while (Score.isDrum(voices[to - 1])) {
      to--;
    }
    int last = onsets[to - 1];
    int count = 0;
    int end = 0;
    int low = PITCHES;
    int high = 0;
    // No branches and one type, so that it becomes vectors.
    for (int i = from; i < to; i++) {
      int isPitched = ~Score.drumMask(voices[i]);
      int isLast = (((last - ends[i]) >> SIGN) | ~((onsets[i] - last) >> SIGN)) & isPitched;
      int pitch = Score.pitch(voices[i]);
      count += isPitched & 1;
      end = Math.max(end, ends[i] & isPitched);
      low = Math.min(low, pitch | (~isLast & PITCHES));
      high = Math.max(high, pitch & isLast);
    }
    firstNote = from;
    endNote = to;
    pitched = count;
    firstOnset = onsets[from];
    lastOnset = last;
    lastEnd = Math.max(end, last + 1L);
    lastBass = low % CLASSES;
    lastTop = high % CLASSES;
    return true;
  }

  /** Onset by onset, as far as both a part of the piece and a slot reach. */
  private void collect(NotesByOnset notes, int beat) {
    clear(beat);
    double perSlot = 1.0 / slotTicks;
    long span = lastEnd - firstOnset;
    long partEnd = firstOnset;
    int part = -1;
    int next = firstNote;
    while (next < endNote) {
      int onset = notes.onsets()[next];
      while (onset >= partEnd) {
        part++;
        // The first tick of which PARTS times the distance from the first onset is beyond the part.
        partEnd = firstOnset + ((part + 1) * span + PARTS - 1) / PARTS;
      }
      // Half a tick more, so that the rounding of a product never falls below what the division of integers would give.
      int slot = (int) ((onset - firstOnset + 0.5) * perSlot);
      long slotEnd = firstOnset + (slot + 1L) * slotTicks;
      next = collect(notes, next, (int) (Math.min(partEnd, slotEnd) - 1), part * BINS, slot);
    }
    add(notes, firstNote, (int) Math.min(lastOnset, (long) firstOnset + beat / OPENING_PART_OF_BEAT), opening);
    add(notes, notes.before((int) Math.max(firstOnset, lastOnset - (long) ENDING_BEATS * beat), firstNote), lastOnset,
        ending);
  }

  private int collect(NotesByOnset notes, int from, int lastOnset, int part, int slot) {
    int[] onsets = notes.onsets();
    int[] ends = notes.ends();
    int[] voices = notes.voices();
    int end = endNote;
    long[] ticks = parts;
    int low = lowest[slot];
    int high = highest[slot];
    int i = from;
    do {
      int key = key(voices[i]);
      ticks[part + BIN_OF[key]] += Math.max(1, ends[i] - onsets[i]);
      low = Math.min(low, key);
      high = Math.max(high, (byte) key);
      i++;
    } while (i < end && onsets[i] <= lastOnset);
    lowest[slot] = low;
    highest[slot] = high;
    return i;
  }

  private void add(NotesByOnset notes, int from, int lastOnset, long[] ticks) {
    int[] onsets = notes.onsets();
    for (int i = from; i < endNote && onsets[i] <= lastOnset; i++) {
      int voice = notes.voices()[i];
      if (!Score.isDrum(voice)) {
        ticks[BIN_OF[Score.pitch(voice)]] += Math.max(1, notes.ends()[i] - onsets[i]);
      }
    }
  }

  /** The pitch, and bit 7 for drums. */
  private static int key(int voice) {
    return (voice & (PITCHES - 1)) | ((voice >>> DRUM_SHIFT) & PITCHES);
  }

  private void clear(int beat) {
    slotTicks = slotTicks(beat);
    slots = (lastOnset - firstOnset) / slotTicks + 1;
    Arrays.fill(parts, 0);
    Arrays.fill(opening, 0);
    Arrays.fill(ending, 0);
    Arrays.fill(lowest, 0, slots, PITCHES);
    Arrays.fill(highest, 0, slots, -1);
  }

  /** Ticks of a quarter note; of half a second where ticks are tied to frames. */
  private static int beat(Score score) {
    if (!score.isSmpte()) return score.division();
    return (int) Math.max(1, Math.round(0.5 / score.tempoMap().secondsPerTick(0)));
  }

  /** Half a beat, or more where there would be too many slots. */
  private int slotTicks(int beat) {
    int ticks = Math.max(1, beat / SLOTS_A_BEAT);
    int span = lastOnset - firstOnset;
    return span / ticks < SLOTS_MAX ? ticks : span / SLOTS_MAX + 1;
  }

  private long sum(int pitchClass, int fromPart, int toPart) {
    long sum = 0;
    for (int part = fromPart; part < toPart; part++) {
      sum += parts[part * BINS + pitchClass];
    }
    return sum;
  }

  private long[] stretch(int fromPart, int toPart) {
    for (int pitchClass = 0; pitchClass < CLASSES; pitchClass++) {
      stretch[pitchClass] = sum(pitchClass, fromPart, toPart);
    }
    return stretch;
  }

  private void evaluate() {
    Arrays.fill(values, 0);
    votes();
    correlate(KeyFeature.WHOLE, whole, KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.WHOLE_AARDEN, whole, KeyProfiles.AARDEN_ESSEN);
    correlate(KeyFeature.BASS, counts(lowest), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.MELODY, counts(highest), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.FIRST_PART, stretch(0, 1), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.LAST_PART, stretch(PARTS - 1, PARTS), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.LAST_EIGHTH, stretch(PARTS - EIGHTH, PARTS), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.FIRST_EIGHTH, stretch(0, EIGHTH), KeyProfiles.ALBRECHT_SHANAHAN);
    ownThird(KeyFeature.OWN_THIRD_AT_FIRST, stretch);
    ownThird(KeyFeature.OWN_THIRD, whole);
    correlate(KeyFeature.OPENING, opening, KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.ENDING, ending, KeyProfiles.ALBRECHT_SHANAHAN);
    mark(KeyFeature.LAST_BASS, lastBass);
    mark(KeyFeature.LAST_TOP, lastTop);
  }

  private void correlate(KeyFeature feature, long[] ticks, float[] profiles) {
    if (KeyProfiles.standardize(ticks, row)) {
      kernels.multiply(row, CLASSES, profiles, KEYS, correlations);
      System.arraycopy(correlations, 0, values, feature.ordinal() * KEYS, KEYS);
    }
  }

  /** How often each pitch class stands in the slots that are not empty. */
  private long[] counts(int[] pitches) {
    Arrays.fill(stretch, 0);
    for (int slot = 0; slot < slots; slot++) {
      if ((pitches[slot] & PITCHES) == 0) {
        stretch[BIN_OF[pitches[slot]]]++;
      }
    }
    return stretch;
  }

  private void votes() {
    int from = KeyFeature.VOTES.ordinal() * KEYS;
    int voters = 0;
    for (int part = 0; part < PARTS; part++) {
      if (!KeyProfiles.standardize(stretch(part, part + 1), row)) continue;
      kernels.multiply(row, CLASSES, KeyProfiles.ALBRECHT_SHANAHAN, KEYS, correlations);
      voters++;
      float best = -1;
      for (float each : correlations) {
        best = Math.max(best, each);
      }
      float bound = best - EQUAL;
      int winners = 0;
      for (int key = 0; key < KEYS; key++) {
        // The sign of a difference: no branch, and never 0 where the two differ.
        winners |= Float.floatToRawIntBits(bound - correlations[key]) >>> SIGN << key;
      }
      float share = 1f / Integer.bitCount(winners);
      for (; winners != 0; winners &= winners - 1) {
        values[from + Integer.numberOfTrailingZeros(winners)] += share;
      }
    }
    for (int key = 0; key < KEYS && voters > 0; key++) {
      values[from + key] /= voters;
    }
  }

  private void ownThird(KeyFeature feature, long[] ticks) {
    long total = 0;
    for (long each : ticks) {
      total += each;
    }
    int from = feature.ordinal() * KEYS;
    for (int tonic = 0; tonic < CLASSES && total > 0; tonic++) {
      long more = ticks[(tonic + MAJOR_THIRD) % CLASSES] - ticks[(tonic + MINOR_THIRD) % CLASSES];
      values[from + tonic] = (float) more / total;
      values[from + CLASSES + tonic] = (float) -more / total;
    }
  }

  private void mark(KeyFeature feature, int tonic) {
    values[feature.ordinal() * KEYS + tonic] = 1;
    values[feature.ordinal() * KEYS + CLASSES + tonic] = 1;
  }
}
