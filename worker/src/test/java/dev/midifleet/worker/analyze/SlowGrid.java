package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.data.Offset;

/** The oracle of {@link TickGrid}: exact fractions, and a sorted set for each quarter. */
final class SlowGrid {
  private SlowGrid() {}

  static void check(SlowScore score, Analysis facts) {
    List<SlowNote> notes = score.notes;
    if (score.score.isSmpte() || notes.isEmpty()) {
      assertThat(facts.quantizedShare).as("quantized_share").isNaN();
      assertThat(facts.isPerformance).as("is_performance").isNull();
      assertThat(facts.swingRatio).as("swing_ratio").isNaN();
      return;
    }
    double share = (double) notes.stream().filter(note -> isOnGrid(note.onset(), score.score.division())).count()
        / notes.size();
    assertThat(facts.quantizedShare).as("quantized_share").isEqualTo(share, Offset.offset(1e-12));
    assertThat(facts.isPerformance).as("is_performance").isEqualTo(share < 0.5);
    double ratio = ratio(score, notes);
    if ((facts.tempoSource != TempoSource.MAP && share < 0.5) || Double.isNaN(ratio)) {
      assertThat(facts.swingRatio).as("swing_ratio").isNaN();
    } else {
      assertThat(facts.swingRatio).as("swing_ratio").isEqualTo(ratio, Offset.offset(0.02));
    }
  }

  /** Within a hundredth of a quarter of a sixteenth or of a triplet of eighths. */
  private static boolean isOnGrid(int onset, int division) {
    double phase = Math.floor(4800.0 * (onset % division) / division + 0.5);
    for (int twelfths : new int[]{0, 3, 4, 6, 8, 9, 12}) {
      if (Math.abs(phase - twelfths * 400) <= 48) return true;
    }
    return false;
  }

  private static double ratio(SlowScore score, List<SlowNote> notes) {
    int last = notes.stream().mapToInt(SlowNote::end).max().orElseThrow();
    int quarters = Math.min(4096, last / score.score.division() + 1);
    TreeSet<Integer> begins = new TreeSet<>();
    TreeMap<Integer, TreeSet<Double>> inside = new TreeMap<>();
    for (SlowNote note : notes) {
      int quarter = note.onset() / score.score.division();
      if (quarter >= quarters) continue;
      // In parts of 4,800, as the program rounds them.
      double phase = Math.floor(4800.0 * (note.onset() % score.score.division()) / score.score.division() + 0.5);
      if (phase < 400) {
        begins.add(quarter);
      } else if (phase > 4400) {
        begins.add(quarter + 1);
      } else {
        inside.computeIfAbsent(quarter, _ -> new TreeSet<>()).add(phase / 4800);
      }
    }
    List<Double> middles = new ArrayList<>();
    inside.forEach((quarter, phases) -> {
      boolean isMiddle = phases.first() >= 0.4 && phases.last() <= 0.72;
      if (begins.contains(quarter) && isMiddle && phases.last() - phases.first() <= 1 / 24.0 + 1e-12) {
        middles.add((phases.first() + phases.last()) / 2);
      }
    });
    if (middles.size() < 8) return Double.NaN;
    middles.sort(null);
    double median = middles.get((middles.size() - 1) / 2);
    return median / (1 - median);
  }
}
