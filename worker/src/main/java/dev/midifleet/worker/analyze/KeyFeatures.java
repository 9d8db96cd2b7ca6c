package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The features that {@link KeyModel} weighs, in two walks over the notes, drums out. A note of no length counts as one
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
  /** Key scores nearer than this are equal: rounding must not decide between keys that a symmetrical set leaves open. */
  private static final float EQUAL = 1e-5f;

  private final Kernels kernels;
  private final float[] values = new float[KeyFeature.values().length * KEYS];
  private final float[] row = new float[CLASSES];
  private final float[] correlations = new float[KEYS];
  /** Ticks of sound by part of the piece, then by pitch class. */
  private final long[] parts = new long[PARTS * CLASSES];
  private final long[] whole = new long[CLASSES];
  private final long[] stretch = new long[CLASSES];
  private final long[] opening = new long[CLASSES];
  private final long[] ending = new long[CLASSES];
  private final int[] lowest = new int[SLOTS_MAX];
  private final int[] highest = new int[SLOTS_MAX];
  private int pitched;
  private int firstOnset;
  private int lastOnset;
  private long lastEnd;
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
    Arrays.fill(whole, 0);
    measure(score);
    if (pitched == 0) return false;
    collect(score);
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

  private void measure(Score score) {
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int count = 0;
    int first = Integer.MAX_VALUE;
    int last = -1;
    int end = -1;
    for (int i = 0; i < score.noteCount(); i++) {
      if (!Score.isDrum(voices[i])) {
        first = Math.min(first, onsets[i]);
        last = Math.max(last, onsets[i]);
        end = Math.max(end, ends[i]);
        count++;
      }
    }
    pitched = count;
    firstOnset = first;
    lastOnset = last;
    lastEnd = Math.max(end, last + 1L);
  }

  private void collect(Score score) {
    clear(score);
    int beat = beat(score);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    double perSpan = 1.0 / (lastEnd - firstOnset);
    double perSlot = 1 / slotTicks(beat);
    long openingTicks = beat / OPENING_PART_OF_BEAT;
    long endingFrom = lastOnset - firstOnset - (long) ENDING_BEATS * beat;
    int low = PITCHES;
    int high = -1;
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      if (Score.isDrum(voice)) continue;
      int pitch = Score.pitch(voice);
      int pitchClass = pitch % CLASSES;
      int since = onsets[i] - firstOnset;
      long ticks = Math.max(1, ends[i] - onsets[i]);
      // Half a unit more, so that the rounding of a product never falls below what the division of integers would give.
      int part = (int) (((double) since * PARTS + 0.5) * perSpan);
      parts[part * CLASSES + pitchClass] += ticks;
      int slot = (int) ((since + 0.5) * perSlot);
      lowest[slot] = Math.min(lowest[slot], pitch);
      highest[slot] = Math.max(highest[slot], pitch);
      if (since <= openingTicks) {
        opening[pitchClass] += ticks;
      }
      if (since >= endingFrom) {
        ending[pitchClass] += ticks;
      }
      if (ends[i] > lastOnset || onsets[i] == lastOnset) {
        low = Math.min(low, pitch);
        high = Math.max(high, pitch);
      }
    }
    lastBass = low % CLASSES;
    lastTop = high % CLASSES;
  }

  private void clear(Score score) {
    slots = (int) ((lastOnset - firstOnset + 0.5) / slotTicks(beat(score))) + 1;
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
  private double slotTicks(int beat) {
    int ticks = Math.max(1, beat / SLOTS_A_BEAT);
    int span = lastOnset - firstOnset;
    return span / ticks < SLOTS_MAX ? ticks : Math.ceil((span + 1.0) / SLOTS_MAX);
  }

  private long sum(int pitchClass, int fromPart, int toPart) {
    long sum = 0;
    for (int part = fromPart; part < toPart; part++) {
      sum += parts[part * CLASSES + pitchClass];
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
    correlate(KeyFeature.BASS, counts(lowest, PITCHES), KeyProfiles.ALBRECHT_SHANAHAN);
    correlate(KeyFeature.MELODY, counts(highest, -1), KeyProfiles.ALBRECHT_SHANAHAN);
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
  private long[] counts(int[] pitches, int empty) {
    Arrays.fill(stretch, 0);
    for (int slot = 0; slot < slots; slot++) {
      if (pitches[slot] != empty) {
        stretch[pitches[slot] % CLASSES]++;
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
      int winners = 0;
      for (float each : correlations) {
        winners += each > best - EQUAL ? 1 : 0;
      }
      for (int key = 0; key < KEYS; key++) {
        values[from + key] += correlations[key] > best - EQUAL ? 1f / winners : 0;
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
