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
  /** Grids of fours and of threes. */
  static final int KINDS = 2;
  private static final int STEPS_A_SECOND = 1000;
  /** Of a Gaussian over one deviation, by its distance in milliseconds; 0 from the last on. */
  private static final double[] DENSITY = density();
  private static final int BEYOND = DENSITY.length - 1;
  /** The density near a place, by how many of the onsets are there. */
  private static final double[] BEATS = shared(0.4);
  private static final double[] HALVES = shared(0.25);
  private static final double[] QUARTERS = shared(0.175);
  private static final double[] BEATS_OF_THREES = shared(0.45);
  private static final double[] SECONDS_OF_THREES = shared(0.2);
  private static final double[] THIRDS_OF_THREES = shared(0.35);

  private final double[] times = new double[ONSETS_MAX];
  private final double[] fits = new double[KINDS];
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

  /**
   * The fit of beats of so many seconds, one of which begins at {@code origin}; about 0 if there is none.
   *
   * @param fits
   *          a result for each of the kinds
   */
  void fit(double period, double origin, double[] fits) {
    double fours = 1;
    double threes = 1;
    double half = 0.5 * period;
    double quarter = 0.25 * period;
    double lastQuarter = 0.75 * period;
    double third = 1 / 3.0 * period;
    double lastThird = 2 / 3.0 * period;
    for (int i = 0; i < size; i++) {
      double beats = (times[i] - origin) / period;
      double rest = (beats - Math.floor(beats)) * period;
      int atBeat = step(Math.abs(rest), period);
      double four = BEATS[atBeat] + HALVES[step(Math.abs(rest - half), period)]
          + QUARTERS[step(Math.abs(rest - quarter), period)] + QUARTERS[step(Math.abs(rest - lastQuarter), period)];
      double three = BEATS_OF_THREES[atBeat] + SECONDS_OF_THREES[step(Math.abs(rest - third), period)]
          + THIRDS_OF_THREES[step(Math.abs(rest - lastThird), period)];
      fours *= ANYWHERE + (1 - ANYWHERE) * four * period;
      threes *= ANYWHERE + (1 - ANYWHERE) * three * period;
    }
    // 64 factors between 0.1 and 40 stay far inside a double's range.
    fits[0] = Math.log(fours) / Math.max(1, size);
    fits[1] = Math.log(threes) / Math.max(1, size);
  }

  private static int step(double apart, double period) {
    return Math.min((int) (Math.min(apart, period - apart) * STEPS_A_SECOND), BEYOND);
  }

  /** The better of the kinds for a grid from the file's beginning on: the sum over the onsets. */
  double evidence(double period) {
    fit(period, 0, fits);
    return size * Math.max(fits[0], fits[1]);
  }

  private static double[] shared(double share) {
    double[] shared = new double[DENSITY.length];
    for (int step = 0; step < shared.length; step++) {
      shared[step] = share * DENSITY[step];
    }
    return shared;
  }

  private static double[] density() {
    double[] density = new double[(int) (4 * SIGMA * STEPS_A_SECOND) + 1];
    for (int step = 0; step < density.length - 1; step++) {
      double deviations = (step + 0.5) / STEPS_A_SECOND / SIGMA;
      density[step] = Math.exp(-deviations * deviations / 2) / SIGMA / Math.sqrt(2 * Math.PI);
    }
    return density;
  }
}
