package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * How the notes, drums out, spread over pitches and scales, by note counts; the definitions are those of MusPy (Dong et
 * al. 2020): Shannon entropies in bits, and the largest share of notes in one of the major or natural minor scales. Those
 * minor scales have the pitch classes of their relative major ones, so there are twelve.
 */
final class PitchEntropy {
  private static final int PITCHES = 128;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  /** Drums are counted too, in a half of their own, so that no branch depends on the note. */
  private static final int DRUM_SHIFT = 13;
  private static final int[] MAJOR_SCALE = {0, 2, 4, 5, 7, 9, 11};
  private static final double LOG_2 = Math.log(2);

  private final int[] counts = new int[2 * PITCHES];
  private final int[] classes = new int[CLASSES];

  void analyze(Score score, Analysis into) {
    Arrays.fill(counts, 0);
    int[] voices = score.voices();
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      counts[Score.pitch(voice) | (voice & Score.DRUM) >>> DRUM_SHIFT]++;
    }
    Arrays.fill(classes, 0);
    int notes = 0;
    for (int pitch = 0; pitch < PITCHES; pitch++) {
      classes[pitch % CLASSES] += counts[pitch];
      notes += counts[pitch];
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
