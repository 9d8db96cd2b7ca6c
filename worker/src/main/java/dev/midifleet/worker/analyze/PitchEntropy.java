package dev.midifleet.worker.analyze;

import java.util.Arrays;

/**
 * How the notes, drums out, spread over pitches and scales, by note counts; the definitions are those of MusPy (Dong et
 * al. 2020): Shannon entropies in bits, and the largest share of notes in one of the major or natural minor scales. Those
 * minor scales have the pitch classes of their relative major ones, so there are twelve.
 */
final class PitchEntropy {
  private static final int PITCHES = 128;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int[] MAJOR_SCALE = {0, 2, 4, 5, 7, 9, 11};
  private static final double LOG_2 = Math.log(2);

  private final int[] classes = new int[CLASSES];

  void analyze(Tally tally, Analysis into) {
    int[] counts = tally.pitches();
    int notes = tally.pitched();
    Arrays.fill(classes, 0);
    for (int pitch = 0; pitch < PITCHES; pitch++) {
      classes[pitch % CLASSES] += counts[pitch];
    }
    into.pitchEntropy = entropy(counts, PITCHES, notes);
    into.pitchClassEntropy = entropy(classes, CLASSES, notes);
    into.scaleConsistency = notes == 0 ? Double.NaN : (double) notesInBestScale() / notes;
  }

  private static double entropy(int[] counts, int length, int total) {
    if (total == 0) return Double.NaN;
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += counts[i] > 1 ? counts[i] * Math.log(counts[i]) : 0;
    }
    return Math.max(0, (Math.log(total) - sum / total) / LOG_2);
  }

  private int notesInBestScale() {
    int best = 0;
    for (int tonic = 0; tonic < CLASSES; tonic++) {
      int inside = 0;
      for (int step : MAJOR_SCALE) {
        inside += classes[(tonic + step) % CLASSES];
      }
      best = Math.max(best, inside);
    }
    return best;
  }
}
