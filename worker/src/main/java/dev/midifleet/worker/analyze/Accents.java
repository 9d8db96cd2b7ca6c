package dev.midifleet.worker.analyze;

/**
 * The levels of metrical accent inside a bar (Lerdahl and Jackendoff 1983): the bar, its halves while the beats can be
 * halved, the beats, for compound time (6, 9, 12 ... of a unit) their thirds, and halves down to the sixteenth.
 */
final class Accents {
  private static final int UNIT_SLOTS = 16;

  private final int[] steps = new int[Integer.SIZE];
  private int count;
  private int signature;

  /** Makes it that of a time signature: numerator, and denominator from bit 8 on. */
  void set(int signature) {
    if (this.signature == signature) return;
    this.signature = signature;
    int numerator = signature & 0xFF;
    int unit = Math.max(1, UNIT_SLOTS / (signature >>> 8));
    boolean isCompound = numerator % 3 == 0 && numerator > 3;
    int beats = isCompound ? numerator / 3 : numerator;
    int step = BarGrid.slotsABar(signature);
    count = 0;
    steps[count++] = step;
    for (; beats % 2 == 0 && step % 2 == 0; beats /= 2) {
      step /= 2;
      steps[count++] = step;
    }
    if (beats > 1) {
      step = isCompound ? 3 * unit : unit;
      steps[count++] = step;
    }
    if (isCompound && step > unit) {
      step = unit;
      steps[count++] = step;
    }
    while (step % 2 == 0) {
      step /= 2;
      steps[count++] = step;
    }
  }

  /** The level of a place in the bar in slots: 0 for the bar itself, one more for each step down. */
  int level(int slot) {
    int level = 0;
    while (level < count && slot % steps[level] != 0) {
      level++;
    }
    return level;
  }

  /** The strongest level strictly between two places of one bar; a very high number where there is none. */
  int levelBetween(int from, int to) {
    for (int level = 0; level < count && from + 1 < to; level++) {
      if ((to - 1) / steps[level] > from / steps[level]) return level;
    }
    return Integer.MAX_VALUE;
  }
}
