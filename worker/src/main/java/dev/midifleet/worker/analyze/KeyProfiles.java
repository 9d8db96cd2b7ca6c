package dev.midifleet.worker.analyze;

/** Key profiles as matrices: by pitch class, then by the 24 keys; each column has mean 0 and length 1. */
final class KeyProfiles {
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final double LEAST_LENGTH = 1e-9;

  /** Albrecht and Shanahan (2013). */
  static final float[] ALBRECHT_SHANAHAN = matrix(
      new double[]{.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081},
      new double[]{.220, .006, .104, .123, .019, .103, .012, .214, .062, .022, .061, .052});

  /** Aarden and Essen (2003). */
  static final float[] AARDEN_ESSEN = matrix(
      new double[]{17.7661, .145624, 14.9265, .160186, 19.8049, 11.3587, .291248, 22.062, .145624, 8.15494, .232998,
          4.95122},
      new double[]{18.2648, .737619, 14.0499, 16.8599, .702494, 14.4362, .702494, 18.6161, 4.56621, 1.93186, 7.37619,
          1.75623});

  private KeyProfiles() {}

  /** Makes mean 0 and length 1; false where all values are the same. */
  static boolean standardize(long[] values, float[] into) {
    double mean = 0;
    for (long value : values) {
      mean += value;
    }
    mean /= values.length;
    double squares = 0;
    for (long value : values) {
      squares += (value - mean) * (value - mean);
    }
    double scale = 1 / Math.max(Math.sqrt(squares), LEAST_LENGTH);
    for (int i = 0; i < values.length; i++) {
      into[i] = (float) ((values[i] - mean) * scale);
    }
    return squares > 0;
  }

  private static float[] matrix(double[] major, double[] minor) {
    float[] matrix = new float[CLASSES * KeyFeatures.KEYS];
    for (int key = 0; key < KeyFeatures.KEYS; key++) {
      double[] profile = key < CLASSES ? major : minor;
      double mean = 0;
      double squares = 0;
      for (double value : profile) {
        mean += value / CLASSES;
      }
      for (double value : profile) {
        squares += (value - mean) * (value - mean);
      }
      for (int step = 0; step < CLASSES; step++) {
        int pitchClass = (key + step) % CLASSES;
        matrix[pitchClass * KeyFeatures.KEYS + key] = (float) ((profile[step] - mean) / Math.sqrt(squares));
      }
    }
    return matrix;
  }
}
