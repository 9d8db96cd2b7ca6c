package dev.midifleet.worker.analyze.tempo;

/** The best of a file's candidates by a {@link TempoModel}. Reused. */
public final class TempoChoice {
  /** Two tempi no further apart than this share count as the same. */
  public static final double TOLERANCE = 0.04;

  private final double[] shares = new double[TempoCandidates.CANDIDATES_MAX];
  private double bpm;
  private double share;
  private double confidence;
  private double octaveAlternative;

  /**
   * Chooses.
   *
   * @param count
   *          candidates, 1 or more
   */
  public void choose(TempoModel model, float[] features, double[] bpms, int count) {
    double top = Double.NEGATIVE_INFINITY;
    int best = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = model.rate(features, i * TempoFeatures.COUNT);
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
    confidence = 1 / (1 + Math.exp(-model.slope() * logOdds(share) - model.offset()));
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
