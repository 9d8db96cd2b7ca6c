package dev.midifleet.bench.endtoend;

/**
 * What one round of a fleet gave.
 *
 * @param workers
 *          worker processes
 * @param seconds
 *          from the first batch's publication to the last one's commit
 * @param counts
 *          what was settled in it
 * @param cpu
 *          µs for all files together
 * @param copiesSeconds
 *          the same for the same files once more under other names; 0 if that was left out
 * @param copiesCpu
 *          what those cost, µs for all together
 * @param checksum
 *          of all rows of facts, with those of the warm-up
 */
record Round(int workers, double seconds, BenchFleet.Counts counts, BenchFleet.Cpu cpu, double copiesSeconds,
    BenchFleet.Cpu copiesCpu, String checksum) {

  double filesPerSecond() { return counts.files() / seconds; }

  double cpuAFile() { return cpu.total() / counts.files(); }

  double cpuACopy() { return copiesCpu.total() / counts.files(); }
}
