package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;

/** The oracle of {@link PitchEntropy} and {@link Pitches}: the definitions word by word, over lists. */
final class SlowEntropy {
  private static final Offset<Double> NEAR = Offset.offset(1e-9);
  private static final List<Integer> MAJOR = List.of(0, 2, 4, 5, 7, 9, 11);
  private static final List<Integer> NATURAL_MINOR = List.of(0, 2, 3, 5, 7, 8, 10);

  private SlowEntropy() {}

  static void check(SlowScore score, Analysis facts) {
    List<SlowNote> notes = score.notes;
    List<Integer> pitches = score.pitched.stream().map(SlowNote::pitch).toList();
    assertThat(facts.totalNotes).as("total_notes").isEqualTo(notes.size());
    assertThat(facts.drumNotes).as("drum_notes").isEqualTo(notes.size() - pitches.size());
    assertThat(facts.uniquePitches).as("unique_pitches").isEqualTo((int) pitches.stream().distinct().count());
    assertThat(facts.pitchRangeMin).as("pitch_range_min")
        .isEqualTo(pitches.stream().min(Integer::compare).orElse(Analysis.UNKNOWN));
    assertThat(facts.pitchRangeMax).as("pitch_range_max")
        .isEqualTo(pitches.stream().max(Integer::compare).orElse(Analysis.UNKNOWN));
    velocities(notes, facts);
    if (pitches.isEmpty()) {
      assertThat(facts.pitchEntropy).as("pitch_entropy").isNaN();
      assertThat(facts.pitchClassEntropy).as("pitch_class_entropy").isNaN();
      assertThat(facts.scaleConsistency).as("scale_consistency").isNaN();
    } else {
      assertThat(facts.pitchEntropy).as("pitch_entropy").isEqualTo(entropy(pitches, pitch -> pitch), NEAR);
      assertThat(facts.pitchClassEntropy).as("pitch_class_entropy")
          .isEqualTo(entropy(pitches, pitch -> pitch % 12), NEAR);
      assertThat(facts.scaleConsistency).as("scale_consistency").isEqualTo(consistency(pitches), NEAR);
    }
  }

  private static void velocities(List<SlowNote> notes, Analysis facts) {
    assertThat(facts.velocityDistinct).as("velocity_distinct")
        .isEqualTo((int) notes.stream().map(SlowNote::velocity).distinct().count());
    if (notes.isEmpty()) {
      assertThat(facts.avgVelocity).as("avg_velocity").isNaN();
      assertThat(facts.velocitySd).as("velocity_sd").isNaN();
      return;
    }
    double mean = notes.stream().mapToInt(SlowNote::velocity).average().orElseThrow();
    double squares = notes.stream().mapToDouble(note -> Math.pow(note.velocity() - mean, 2)).average().orElseThrow();
    assertThat(facts.avgVelocity).as("avg_velocity").isEqualTo(mean, NEAR);
    assertThat(facts.velocitySd).as("velocity_sd").isEqualTo(Math.sqrt(squares), Offset.offset(1e-5));
  }

  private static double entropy(List<Integer> pitches, IntUnaryOperator symbol) {
    return pitches.stream().collect(Collectors.groupingBy(symbol::applyAsInt, Collectors.counting())).values().stream()
        .mapToDouble(count -> (double) count / pitches.size()).map(share -> -share * Math.log(share) / Math.log(2))
        .sum();
  }

  private static double consistency(List<Integer> pitches) {
    Map<Integer, Long> classes = pitches.stream()
        .collect(Collectors.groupingBy(pitch -> pitch % 12, Collectors.counting()));
    double best = 0;
    for (int tonic = 0; tonic < 12; tonic++) {
      for (List<Integer> scale : List.of(MAJOR, NATURAL_MINOR)) {
        long inside = 0;
        for (int step : scale) {
          inside += classes.getOrDefault((tonic + step) % 12, 0L);
        }
        best = Math.max(best, (double) inside / pitches.size());
      }
    }
    return best;
  }
}
