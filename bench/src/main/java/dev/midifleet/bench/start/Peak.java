package dev.midifleet.bench.start;

import java.util.List;

/** The speed of a worker over time, by what it has committed: batches as seconds and files, in order. */
final class Peak {
  /** Batches over which a speed is taken: a batch's own time says more of its size than of the worker. */
  private static final int WINDOW = 4;

  private Peak() {}

  /** Files/s over the best so many batches in a row. */
  static double of(List<double[]> batches) {
    double best = 0;
    for (int i = WINDOW; i < batches.size(); i++) {
      best = Math.max(best, speed(batches, i));
    }
    return best;
  }

  /** When so much of the peak was reached first: the end of the first window that is as fast. */
  static double reached(List<double[]> batches, double part) {
    double wanted = part * of(batches);
    for (int i = WINDOW; i < batches.size(); i++) {
      if (speed(batches, i) >= wanted) return batches.get(i)[0];
    }
    return Double.NaN;
  }

  private static double speed(List<double[]> batches, int last) {
    double files = 0;
    for (int i = last - WINDOW + 1; i <= last; i++) {
      files += batches.get(i)[1];
    }
    return files / (batches.get(last)[0] - batches.get(last - WINDOW)[0]);
  }
}
