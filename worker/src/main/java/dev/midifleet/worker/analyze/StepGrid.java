package dev.midifleet.worker.analyze;

/**
 * Ticks in steps of 1/24 beat, and lengths in classes of an octave each, so that copies whose ticks were scaled agree. The
 * borders between steps and between classes lie where written music has neither onsets nor lengths: steps change at 6/13
 * and not at 1/2, where sixty-fourths are; classes at 0.8203 times a power of two of beats.
 */
final class StepGrid {
  /** Steps in a beat. */
  static final int STEPS = 24;
  /** Classes are numbers from 0 (no length) to this one less 1. */
  static final int CLASSES = 13;

  private static final double BORDER = 6 / 13.0;
  private static final double CLASS_BORDER = 0.8203;
  /** A length of one of these units begins class 2. */
  private static final double UNITS_A_BEAT = 64 / CLASS_BORDER;
  private static final int MANTISSA_BITS = 52;
  /** The exponent of 1 less the class of one unit. */
  private static final int BIAS = 1023 - 2;

  /** From so many steps on all are of the last class. */
  private static final int STEPS_MAX = 511;
  private static final byte[] CLASS_OF_STEPS = new byte[STEPS_MAX + 1];
  private static final int EXPONENTS = 1 << 11;
  private static final byte[] CLASS_OF_EXPONENT = new byte[EXPONENTS];

  static {
    for (int exponent = 1; exponent < EXPONENTS; exponent++) {
      CLASS_OF_EXPONENT[exponent] = (byte) Math.clamp(exponent - BIAS, 1, CLASSES - 1);
    }
    for (int steps = 0; steps <= STEPS_MAX; steps++) {
      CLASS_OF_STEPS[steps] = (byte) classOf(steps * (UNITS_A_BEAT / STEPS));
    }
  }

  private double stepsPerTick;
  private double unitsPerTick;

  /**
   * @param beatTicks
   *          ticks a beat, above 0
   */
  void reset(double beatTicks) {
    stepsPerTick = STEPS / beatTicks;
    unitsPerTick = UNITS_A_BEAT / beatTicks;
  }

  /** The step of a tick that is 0 or more; the largest int for all beyond. */
  int step(int ticks) {
    return (int) (ticks * stepsPerTick + (1 - BORDER));
  }

  /** The steps of ticks in order, counted from the first of them. */
  void steps(int[] ticks, int[] results, int count) {
    if (count == 0) return;
    int first = ticks[0];
    double scale = stepsPerTick;
    for (int i = 0; i < count; i++) {
      results[i] = (int) ((ticks[i] - first) * scale + (1 - BORDER));
    }
  }

  /**
   * The class of a length of 0 or more: 0 for none, 1 below 0.8203/64 beat, then one more for every doubling, up to 12 from
   * 13.1 beats on. A sixteenth is of class 6, an eighth 7, a quarter (0.82 to 1.64 beats) 8.
   */
  int lengthClass(int ticks) { return classOf(ticks * unitsPerTick); }

  /** The same of a length in steps. */
  static int classOfSteps(int steps) {
    return CLASS_OF_STEPS[Math.min(steps, STEPS_MAX)];
  }

  // The exponent is the logarithm, rounded down. No branches: lengths are hard to predict.
  private static int classOf(double units) {
    return CLASS_OF_EXPONENT[(int) (Double.doubleToRawLongBits(units) >>> MANTISSA_BITS) & (EXPONENTS - 1)];
  }
}
