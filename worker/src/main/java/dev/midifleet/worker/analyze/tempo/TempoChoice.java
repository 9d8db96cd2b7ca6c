package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** The best of a file's candidates by a {@link TempoModel}. Reused. */
public final class TempoChoice {
  /** Two tempi no further apart than this share count as the same. */
  public static final double TOLERANCE = 0.04;

  private final Kernels kernels;
  private final float[] row = new float[TempoFeatures.COUNT];
  private @Nullable TempoModel model;
  private float[] byFeature = {};
  private float[] units = {};
  private final double[] shares = new double[TempoCandidates.CANDIDATES_MAX];
  private double bpm;
  private double share;
  private double confidence;
  private double octaveAlternative;

  public TempoChoice(Kernels kernels) { this.kernels = kernels; }

  /**
   * Chooses.
   *
   * @param count
   *          candidates, 1 or more
   */
  @SuppressWarnings("ReferenceEquality") // whether the model was turned already, not whether it says the same
  public void choose(TempoModel by, float[] features, double[] bpms, int count) {
    if (by != model) {
      model = by;
      byFeature = by.byFeature();
      units = new float[by.hidden() + 1];
    }
    double top = Double.NEGATIVE_INFINITY;
    int best = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = by.rate(features, i * TempoFeatures.COUNT, kernels, byFeature, row, units);
      if (shares[i] > top) {
        top = shares[i];
        best = i;
      }
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = Math.exp(shares[i] - top);
      sum += shares[i];
    }
    bpm = bpms[best];
    share = near(bpm, bpms, count) / sum;
    confidence = 1 / (1 + Math.exp(-by.slope() * logOdds(share) - by.offset()));
    double twice = near(2 * bpm, bpms, count);
    double half = near(bpm / 2, bpms, count);
    octaveAlternative = twice + half == 0 ? Double.NaN : twice > half ? 2 * bpm : bpm / 2;
  }

  private double near(double wanted, double[] bpms, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.abs(bpms[i] / wanted - 1) <= TOLERANCE ? shares[i] : 0;
    }
    return sum;
  }

  /** Beats a minute. */
  public double bpm() { return bpm; }

  /** The probability that the model gives to it, 0 to 1, before calibration. */
  public double share() { return share; }

  /** The same after calibration. */
  public double confidence() { return confidence; }

  /** The double or the half, whichever the model prefers; {@code NaN} where neither was a candidate. */
  public double octaveAlternative() {
    return octaveAlternative;
  }

  /** Finite for shares from 0 to 1. */
  public static double logOdds(double share) {
    double inside = Math.clamp(share, 1e-4, 1 - 1e-4);
    return Math.log(inside / (1 - inside));
  }
}
