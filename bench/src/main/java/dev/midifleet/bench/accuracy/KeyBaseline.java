package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.score.Score;

/** What others do, to compare with: methods that are not trained here. */
enum KeyBaseline {
  KRUMHANSL_COUNTS("Krumhansl-Kessler, note counts"),
  KRUMHANSL("Krumhansl-Kessler, durations"),
  ALBRECHT("Albrecht-Shanahan, durations"),
  MEAN("mean of Albrecht-Shanahan and Aarden-Essen"),
  MEAN_AND_BASS("the same + .05 for the last bass note");

  private static final int CLASSES = 12;
  private static final double BASS_BONUS = 0.05;

  private final String title;

  KeyBaseline(String title) { this.title = title; }

  String title() { return title; }

  /** The key that it finds, as {@link KeyName} numbers them. */
  int guess(Score score) {
    double[] classes = classes(score, this == KRUMHANSL_COUNTS);
    return best(switch (this) {
      case KRUMHANSL_COUNTS, KRUMHANSL -> KeyProfile.KRUMHANSL_KESSLER.correlations(classes);
      case ALBRECHT -> KeyProfile.ALBRECHT_SHANAHAN.correlations(classes);
      case MEAN -> mean(classes);
      case MEAN_AND_BASS -> withBass(mean(classes), lastBass(score));
    });
  }

  private static double[] classes(Score score, boolean isCounted) {
    double[] classes = new double[CLASSES];
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = score.voices()[i];
      if (!Score.isDrum(voice)) {
        classes[Score.pitch(voice) % CLASSES] += isCounted ? 1 : Math.max(1, score.ends()[i] - score.onsets()[i]);
      }
    }
    return classes;
  }

  private static double[] mean(double[] classes) {
    double[] one = KeyProfile.ALBRECHT_SHANAHAN.correlations(classes);
    double[] other = KeyProfile.AARDEN_ESSEN.correlations(classes);
    for (int i = 0; i < one.length; i++) {
      one[i] = (one[i] + other[i]) / 2;
    }
    return one;
  }

  private static double[] withBass(double[] scores, int bass) {
    if (bass >= 0) {
      scores[bass] += BASS_BONUS;
      scores[CLASSES + bass] += BASS_BONUS;
    }
    return scores;
  }

  /** The pitch class of the lowest note that sounds when the last note begins; -1 without notes. */
  private static int lastBass(Score score) {
    int last = -1;
    for (int i = 0; i < score.noteCount(); i++) {
      last = Score.isDrum(score.voices()[i]) ? last : Math.max(last, score.onsets()[i]);
    }
    int lowest = Integer.MAX_VALUE;
    for (int i = 0; i < score.noteCount(); i++) {
      boolean sounds = score.onsets()[i] <= last && (score.onsets()[i] == last || score.ends()[i] > last);
      if (sounds && !Score.isDrum(score.voices()[i])) {
        lowest = Math.min(lowest, Score.pitch(score.voices()[i]));
      }
    }
    return last < 0 ? -1 : lowest % CLASSES;
  }

  private static int best(double[] scores) {
    int best = 0;
    for (int key = 1; key < scores.length; key++) {
      best = scores[key] > scores[best] ? key : best;
    }
    return best;
  }
}
