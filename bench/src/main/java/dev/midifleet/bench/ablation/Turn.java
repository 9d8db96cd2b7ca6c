package dev.midifleet.bench.ablation;

/**
 * What one turn of an arm took.
 *
 * @param seconds
 *          by the clock
 * @param cpuMicros
 *          processor time of all that took part, in µs
 * @param files
 *          files that were worked on
 * @param sum
 *          of what was computed: arms that did the same work have the same one
 */
record Turn(double seconds, double cpuMicros, long files, long sum) {

  /** What is compared. */
  enum Measure {
    /** Processor time: what two cores that are never quite alone give most steadily. */
    CPU {
      @Override
      double of(Turn turn) { return turn.cpuMicros / turn.files; }
    },
    /** The clock: for what waits as much as it computes. */
    WALL {
      @Override
      double of(Turn turn) { return turn.seconds * 1e6 / turn.files; }
    };

    /** In µs a file. */
    abstract double of(Turn turn);
  }
}
