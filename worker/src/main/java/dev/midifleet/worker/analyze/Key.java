package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The key by the notes: ticks of sound by pitch class, drums out, correlated (Pearson) with the 24 rotations of the
 * profiles of Albrecht and Shanahan (2013). A note of no length counts as one tick. The file's own FF 59 plays no part.
 */
final class Key {
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int KEYS = 2 * CLASSES;
  private static final int NOTES_MIN = 8;
  private static final int CLASSES_MIN = 3;
  private static final int SHARE_UNIT = 65_535;
  private static final double[] MAJOR = {.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081};
  private static final double[] MINOR = {.220, .006, .104, .123, .019, .103, .012, .214, .062, .022, .061, .052};
  private static final String[] NAMES = {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major",
      "G major", "Ab major", "A major", "Bb major", "B major", "C minor", "C# minor", "D minor", "Eb minor", "E minor",
      "F minor", "F# minor", "G minor", "G# minor", "A minor", "Bb minor", "B minor"};
  /** By pitch class, then by key, majors first; each column has mean 0 and length 1. */
  private static final float[] PROFILES = profiles();

  private final Kernels kernels;
  private final long[] ticks = new long[CLASSES];
  private final double[] shares = new double[CLASSES];
  private final float[] row = new float[CLASSES];
  private final float[] scores = new float[KEYS];

  Key(Kernels kernels) { this.kernels = kernels; }

  void analyze(Score score, Analysis into) {
    int pitched = collect(score);
    long total = 0;
    int classes = 0;
    for (long each : ticks) {
      total += each;
      classes += each > 0 ? 1 : 0;
    }
    into.hasPitchClasses = total > 0;
    for (int i = 0; i < CLASSES; i++) {
      shares[i] = total > 0 ? (double) ticks[i] / total : 0;
      into.pitchClassShares[i] = (int) Math.round(shares[i] * SHARE_UNIT);
    }
    if (pitched < NOTES_MIN || classes < CLASSES_MIN || !standardize(shares, row)) {
      into.detectedKey = null;
      into.keySecond = null;
      into.keyConfidence = Double.NaN;
      into.keyMargin = Double.NaN;
      return;
    }
    kernels.multiply(row, CLASSES, PROFILES, KEYS, scores);
    choose(into);
  }

  private int collect(Score score) {
    Arrays.fill(ticks, 0);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int pitched = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      if (!Score.isDrum(voice)) {
        ticks[Score.pitch(voice) % CLASSES] += Math.max(1, ends[i] - onsets[i]);
        pitched++;
      }
    }
    return pitched;
  }

  private void choose(Analysis into) {
    int best = 0;
    int second = 1;
    for (int key = 1; key < KEYS; key++) {
      if (scores[key] > scores[best]) {
        second = best;
        best = key;
      } else if (key == 1 || scores[key] > scores[second]) {
        second = key;
      }
    }
    into.detectedKey = NAMES[best];
    into.keySecond = NAMES[second];
    into.keyMargin = scores[best] - scores[second];
    into.keyConfidence = confidence(into.keyMargin);
  }

  /** Grows from even odds at no margin. */
  private static double confidence(double margin) {
    return 1 - 0.5 * Math.exp(-margin / 0.06);
  }

  /** Makes mean 0 and length 1; false where all values are the same. */
  private static boolean standardize(double[] values, float[] into) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < values.length; i++) {
      into[i] = (float) ((values[i] - mean) / length);
    }
    return length > 1e-9;
  }

  private static float[] profiles() {
    float[] matrix = new float[CLASSES * KEYS];
    float[] standard = new float[CLASSES];
    for (int key = 0; key < KEYS; key++) {
      standardize(key < CLASSES ? MAJOR : MINOR, standard);
      for (int pitchClass = 0; pitchClass < CLASSES; pitchClass++) {
        matrix[pitchClass * KEYS + key] = standard[(pitchClass - key + KEYS) % CLASSES];
      }
    }
    return matrix;
  }
}
