package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;

/**
 * Beats a bar by the notes, blind to FF 58: the class of a multinomial logistic regression over {@link MeterFeatures} that
 * is most likely. The class is what the numerator of a signature usually is: 2, 3, 4, 5, 7 for simple and odd bars, 6, 9
 * and 12 for compound ones (two, three and four beats of three), 10 for ten eighths.
 */
final class Meter {
  private static final MeterModel MODEL = MeterModel.load();

  private final Kernels kernels;
  private final MeterFeatures features;
  private final float[] scores = new float[MODEL.classes().length];

  Meter(Kernels kernels) {
    this.kernels = kernels;
    features = new MeterFeatures(kernels);
  }

  void analyze(NotesByOnset notes, NoteTotals totals, BarGrid grid, Analysis into) {
    into.meterEstimate = features.extract(notes, totals, grid) ? classify() : Analysis.UNKNOWN;
  }

  private int classify() {
    kernels.multiply(features.values(), MeterFeatures.COUNT, MODEL.weights(), scores.length, scores);
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] += MODEL.biases()[i];
      best = scores[i] > scores[best] ? i : best;
    }
    return MODEL.classes()[best];
  }
}
