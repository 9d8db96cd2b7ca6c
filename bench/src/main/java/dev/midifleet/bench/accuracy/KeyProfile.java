package dev.midifleet.bench.accuracy;

/** Profiles of the literature, tonic first, and the correlation (Pearson) of pitch classes with their 24 rotations. */
enum KeyProfile {
  ALBRECHT_SHANAHAN(new double[]{.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081}, new double[]{
      .220, .006, .104, .123, .019, .103, .012, .214, .062, .022, .061, .052}),

  AARDEN_ESSEN(new double[]{17.7661, .145624, 14.9265, .160186, 19.8049, 11.3587, .291248, 22.062, .145624, 8.15494,
      .232998, 4.95122},
      new double[]{18.2648, .737619, 14.0499, 16.8599, .702494, 14.4362, .702494, 18.6161, 4.56621,
          1.93186, 7.37619, 1.75623}),

  KRUMHANSL_KESSLER(new double[]{6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88}, new double[]{
      6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17});

  static final int KEYS = 24;
  private static final int CLASSES = 12;

  @SuppressWarnings("ImmutableEnumChecker") // never written to
  private final double[] major;
  @SuppressWarnings("ImmutableEnumChecker") // never written to
  private final double[] minor;

  KeyProfile(double[] major, double[] minor) {
    this.major = major;
    this.minor = minor;
  }

  /**
   * By key, as {@link KeyName} numbers them; all 0 where every class weighs the same.
   *
   * @param classes
   *          weights of C to B
   */
  double[] correlations(double[] classes) {
    double[] results = new double[KEYS];
    for (int key = 0; key < KEYS; key++) {
      double[] rotated = new double[CLASSES];
      for (int i = 0; i < CLASSES; i++) {
        rotated[(key + i) % CLASSES] = (KeyName.isMinor(key) ? minor : major)[i];
      }
      results[key] = pearson(classes, rotated);
    }
    return results;
  }

  private static double pearson(double[] a, double[] b) {
    double meanOfA = mean(a);
    double meanOfB = mean(b);
    double products = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      products += (a[i] - meanOfA) * (b[i] - meanOfB);
      squaresOfA += (a[i] - meanOfA) * (a[i] - meanOfA);
      squaresOfB += (b[i] - meanOfB) * (b[i] - meanOfB);
    }
    return squaresOfA == 0 ? 0 : products / Math.sqrt(squaresOfA * squaresOfB);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
