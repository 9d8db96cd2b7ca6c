package dev.midifleet.worker.analyze;

/** Counts of notes, pitches (drums out) and velocities (all notes). */
final class Pitches {
  private Pitches() {}

  static void analyze(Tally tally, Extent extent, Analysis into) {
    int count = tally.notes();
    long low = Tally.bits(tally.pitches(), 0);
    long high = Tally.bits(tally.pitches(), Long.SIZE);
    into.totalNotes = count;
    into.drumNotes = count - tally.pitched();
    into.uniquePitches = Long.bitCount(low) + Long.bitCount(high);
    into.pitchRangeMin = lowest(low, high);
    into.pitchRangeMax = highest(low, high);
    into.noteDensity = extent.seconds() > 0 ? count / extent.seconds() : Double.NaN;
    velocities(tally.velocities(), count, into);
  }

  private static void velocities(int[] counts, int count, Analysis into) {
    long sum = 0;
    long squares = 0;
    int distinct = 0;
    for (int velocity = 0; velocity < Tally.VALUES; velocity++) {
      long product = (long) counts[velocity] * velocity;
      sum += product;
      squares += product * velocity;
      distinct += counts[velocity] != 0 ? 1 : 0;
    }
    double mean = (double) sum / count;
    into.velocityDistinct = distinct;
    into.avgVelocity = count == 0 ? Double.NaN : mean;
    into.velocitySd = count == 0 ? Double.NaN : Math.sqrt(Math.max(0, (double) squares / count - mean * mean));
  }

  private static int lowest(long low, long high) {
    if (low != 0) return Long.numberOfTrailingZeros(low);
    return high == 0 ? Analysis.UNKNOWN : 64 + Long.numberOfTrailingZeros(high);
  }

  private static int highest(long low, long high) {
    if (high != 0) return 127 - Long.numberOfLeadingZeros(high);
    return low == 0 ? Analysis.UNKNOWN : 63 - Long.numberOfLeadingZeros(low);
  }
}
