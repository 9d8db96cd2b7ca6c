package dev.midifleet.bench.ablation;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A line with the turns of both arms. */
record Measured(Line line, List<Turn> on, List<Turn> off) {
  Measured {
    on = List.copyOf(on);
    off = List.copyOf(off);
  }

  /**
   * Lets both arms take turns.
   *
   * @throws IllegalStateException
   *           when they did not do the same work
   */
  static Measured of(Line line, Context context) throws IOException, SQLException, InterruptedException {
    List<Turn> on = new ArrayList<>();
    List<Turn> off = new ArrayList<>();
    try (Arm product = line.on().make(context); Arm variant = line.off().make(context)) {
      product.awaitWarm();
      variant.awaitWarm();
      for (int i = 0; i < context.turns(); i++) {
        // The first of two is not always the same one: it may find the caches warmer.
        if (i % 2 == 0) {
          on.add(product.turn());
          off.add(variant.turn());
        } else {
          off.add(variant.turn());
          on.add(product.turn());
        }
        requireSame(line, on.getLast(), off.getLast());
      }
    }
    return new Measured(line, on, off);
  }

  private static void requireSame(Line line, Turn on, Turn off) {
    if (on.files() != off.files() || on.sum() != off.sum()) {
      throw new IllegalStateException(line.strategy() + ": the arms did not do the same work: " + on + " and " + off);
    }
  }

  /** How many times longer it takes without the strategy: the median of the turns' ratios. */
  double ratio() {
    return ratio(line.measure());
  }

  double ratio(Turn.Measure measure) {
    double[] ratios = new double[on.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = measure.of(off.get(i)) / measure.of(on.get(i));
    }
    return Medians.of(ratios);
  }

  double onMicros() { return Medians.of(on, line.measure()::of); }

  double offMicros() { return Medians.of(off, line.measure()::of); }

  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("strategy", line.strategy());
    values.put("title", line.title());
    values.put("hoped_for", line.hoped());
    values.put("product", line.product());
    values.put("variant", line.variant());
    values.put("measure", line.measure().name());
    values.put("ratio", ratio());
    values.put("cpu_ratio", ratio(Turn.Measure.CPU));
    values.put("wall_ratio", ratio(Turn.Measure.WALL));
    values.put("on_us_per_file", onMicros());
    values.put("off_us_per_file", offMicros());
    values.put("files", on.getFirst().files());
    values.put("sum", Long.toHexString(on.getFirst().sum()));
    return values;
  }

  /** Medians. */
  static final class Medians {
    private Medians() {}

    static double of(double... values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      int half = sorted.length / 2;
      return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    static <T> double of(List<T> all, ToDoubleFunction<T> value) {
      return of(all.stream().mapToDouble(value).toArray());
    }
  }
}
