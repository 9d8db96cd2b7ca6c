package dev.midifleet.bench.store;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A row's share.
 *
 * @param server
 *          processor time of the back end, µs
 * @param wal
 *          bytes of write-ahead log
 * @param thread
 *          processor time of the thread that stores, µs
 * @param allocated
 *          bytes that it allocated
 */
record Cost(double server, double wal, double thread, double allocated) {

  static Cost median(List<Cost> costs) {
    return new Cost(median(costs, Cost::server), median(costs, Cost::wal), median(costs, Cost::thread),
        median(costs, Cost::allocated));
  }

  /** Of the server's time to another's of the same round. */
  static double medianRatio(List<Cost> costs, List<Cost> others) {
    return median(IntStream.range(0, costs.size()).mapToDouble(i -> costs.get(i).server / others.get(i).server));
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> part) {
    return median(costs.stream().mapToDouble(part));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
