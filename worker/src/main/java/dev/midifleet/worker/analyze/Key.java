package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;

/**
 * The key by the notes: what {@link KeyFeatures} finds, weighed by the {@link KeyModel} that was trained on labelled files.
 * The file's own FF 59 plays no part. Confidence is the model's probability of the key, its temperature fitted on files
 * that the model had not seen; the margin is the logarithm (natural) of the odds against the next key.
 */
final class Key {
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int KEYS = KeyFeatures.KEYS;
  private static final int SHARE_UNIT = 65_535;
  private static final String[] NAMES = {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major",
      "G major", "Ab major", "A major", "Bb major", "B major", "C minor", "C# minor", "D minor", "Eb minor", "E minor",
      "F minor", "F# minor", "G minor", "G# minor", "A minor", "Bb minor", "B minor"};

  private final KeyFeatures features;
  private final KeyModel model;
  private final float[] scores = new float[KEYS];

  Key(Kernels kernels) {
    features = new KeyFeatures(kernels);
    model = KeyModel.shipped();
  }

  void analyze(Score score, NotesByOnset notes, Analysis into) {
    boolean isKnown = features.compute(score, notes);
    share(features.ticks(), into);
    if (isKnown) {
      model.score(features.values(), scores);
      choose(into);
    } else {
      into.detectedKey = null;
      into.keySecond = null;
      into.keyConfidence = Double.NaN;
      into.keyMargin = Double.NaN;
    }
  }

  private static void share(long[] ticks, Analysis into) {
    long total = 0;
    for (long each : ticks) {
      total += each;
    }
    into.hasPitchClasses = total > 0;
    for (int i = 0; i < CLASSES; i++) {
      into.pitchClassShares[i] = total > 0 ? (int) Math.round((double) ticks[i] / total * SHARE_UNIT) : 0;
    }
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
    double odds = 0;
    for (float each : scores) {
      odds += Math.exp(each - scores[best]);
    }
    into.detectedKey = NAMES[best];
    into.keySecond = NAMES[second];
    into.keyMargin = scores[best] - scores[second];
    into.keyConfidence = 1 / odds;
  }
}
