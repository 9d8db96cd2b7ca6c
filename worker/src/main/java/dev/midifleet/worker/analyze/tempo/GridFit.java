package dev.midifleet.worker.analyze.tempo;

/**
 * How well the first onsets lie in a grid of beats that begins at a given moment: the mean logarithm of how much likelier
 * they are if each lies near a beat or one of its parts, by a mixture of Gaussians, than if they lie anywhere. In a file
 * of a few seconds this says more than any correlation, and music that was made with a grid begins with one.
 */
final class GridFit {
  private static final double SECONDS_MAX = 8;
  private static final int ONSETS_MAX = 64;
  private static final double SIGMA = 0.03;
  private static final double ANYWHERE = 0.1;
  /** Parts of a beat, fours and threes, and how many of the onsets are there. */
  private static final double[][] PLACES = {{0, 0.5, 0.25, 0.75}, {0, 1 / 3.0, 2 / 3.0}};
  private static final double[][] SHARES = {{0.4, 0.25, 0.175, 0.175}, {0.45, 0.2, 0.35}};
  static final int KINDS = PLACES.length;
  private static final int STEPS_A_SECOND = 1000;
  /** Of a Gaussian over one deviation, by its distance in milliseconds; 0 beyond the table. */
  private static final double[] DENSITY = density();

  private final double[] times = new double[ONSETS_MAX];
  private int size;

  /** Looks at the first seconds of a file. */
  void prepare(Onsets onsets) {
    size = 0;
    double end = onsets.time(0) + SECONDS_MAX;
    while (size < Math.min(ONSETS_MAX, onsets.size()) && onsets.time(size) <= end) {
      times[size] = onsets.time(size);
      size++;
    }
  }

  /** The fit of beats of so many seconds, one of which begins at {@code origin}; about 0 if there is none. */
  double fit(int kind, double period, double origin) {
    double product = 1;
    for (int i = 0; i < size; i++) {
      double beats = (times[i] - origin) / period;
      double rest = (beats - Math.floor(beats)) * period;
      double density = 0;
      for (int place = 0; place < PLACES[kind].length; place++) {
        double apart = Math.abs(rest - PLACES[kind][place] * period);
        int step = (int) (Math.min(apart, period - apart) * STEPS_A_SECOND);
        density += step < DENSITY.length ? SHARES[kind][place] * DENSITY[step] : 0;
      }
      product *= ANYWHERE + (1 - ANYWHERE) * density * period;
    }
    // 64 factors between 0.1 and 40 stay far inside a double's range.
    return Math.log(product) / Math.max(1, size);
  }

  /** The better of the kinds for a grid from the file's beginning on: the sum over the onsets. */
  double evidence(double period) {
    return size * Math.max(fit(0, period, 0), fit(1, period, 0));
  }

  private static double[] density() {
    double[] density = new double[(int) (4 * SIGMA * STEPS_A_SECOND)];
    for (int step = 0; step < density.length; step++) {
      double deviations = (step + 0.5) / STEPS_A_SECOND / SIGMA;
      density[step] = Math.exp(-deviations * deviations / 2) / SIGMA / Math.sqrt(2 * Math.PI);
    }
    return density;
  }
}
