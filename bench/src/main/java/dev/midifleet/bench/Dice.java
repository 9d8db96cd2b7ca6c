package dev.midifleet.bench;

import java.util.SplittableRandom;

/** Random choices that are the same on every machine for the same seed. */
final class Dice {
  private final SplittableRandom random;

  /**
   * @param stream
   *          which of the seed's streams; neighbours have nothing in common
   */
  Dice(long seed, long stream) { random = new SplittableRandom(mix(mix(seed) + stream)); }

  /** The finalizer of MurmurHash3: without it, neighbours' streams would be the same one, shifted. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }

  boolean chance(double probability) { return random.nextDouble() < probability; }

  int between(int from, int toInclusive) { return random.nextInt(from, toInclusive + 1); }

  double between(double from, double to) { return from + random.nextDouble() * (to - from); }

  int pick(int... values) { return values[random.nextInt(values.length)]; }

  /** Log-normal by Box and Muller; StrictMath, because Math may differ in the last bit from machine to machine. */
  double logNormal(double median, double sigma) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    double normal = radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    return median * StrictMath.exp(sigma * normal);
  }
}
