package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How notes lie on the tick grid. */
class TickGridTest {
  private static final int DIVISION = 480;
  private final FileAnalyzer analyzer = new FileAnalyzer(100_000, 64, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();

  @Test
  void sixteenths_and_triplets_are_on_the_grid_within_a_hundredth_of_a_quarter() throws FileFailure {
    analyze(List.of(0, 120, 160, 240, 320, 360, 480 + 4, 960 - 4));
    assertThat(analysis.quantizedShare).isEqualTo(1);
    assertThat(analysis.isPerformance).isFalse();
    // A hundredth is 4.8 ticks; 60 is a thirty-second, 200 is five twelfths.
    analyze(List.of(0, 5, 60, 200, 475, 485));
    assertThat(analysis.quantizedShare).isEqualTo(1.0 / 6);
    assertThat(analysis.isPerformance).isTrue();
  }

  @Test
  void half_of_the_notes_on_the_grid_are_enough_to_be_written() throws FileFailure {
    analyze(List.of(0, 60, 120, 180));
    assertThat(analysis.quantizedShare).isEqualTo(0.5);
    assertThat(analysis.isPerformance).isFalse();
  }

  @Test
  void without_notes_or_in_frames_there_is_no_grid() throws FileFailure {
    analyze(List.of());
    assertThat(analysis.quantizedShare).isNaN();
    assertThat(analysis.isPerformance).isNull();
    assertThat(analysis.swingRatio).isNaN();
    byte[] file = SmfBuilder.smf().smpte(25, 40).track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(0, 60, 64, i * 20L, 20);
      }
    }).bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    assertThat(analysis.quantizedShare).isNaN();
    assertThat(analysis.isPerformance).isNull();
    assertThat(analysis.swingRatio).isNaN();
  }

  @Test
  void straight_eighths_have_ratio_1_triplet_swing_has_2() throws FileFailure {
    analyze(eighths(16, 240));
    assertThat(analysis.swingRatio).isEqualTo(1);
    analyze(eighths(16, 320));
    assertThat(analysis.swingRatio).isEqualTo(2);
    analyze(eighths(16, 288));
    assertThat(analysis.swingRatio).isCloseTo(1.5, within(1e-6));
  }

  @Test
  void seven_quarters_with_eighths_say_nothing() throws FileFailure {
    analyze(eighths(7, 320));
    assertThat(analysis.swingRatio).isNaN();
    analyze(eighths(8, 320));
    assertThat(analysis.swingRatio).isEqualTo(2);
  }

  @Test
  void quarters_with_other_notes_inside_or_a_dotted_eighth_do_not_count() throws FileFailure {
    List<Integer> onsets = new ArrayList<>(eighths(8, 320));
    for (int beat = 8; beat < 64; beat++) {
      onsets.add(beat * DIVISION);
      onsets.add(beat * DIVISION + (beat % 2 == 0 ? 120 : 360));
      onsets.add(beat * DIVISION + (beat % 2 == 0 ? 240 : 360));
    }
    analyze(onsets);
    assertThat(analysis.swingRatio).isEqualTo(2);
  }

  @Test
  void off_the_grid_with_no_tempo_but_120_the_quarter_is_unknown() throws FileFailure {
    List<Integer> onsets = new ArrayList<>();
    for (int onset : eighths(32, 300)) {
      onsets.add(onset + 30);
    }
    analyze(onsets);
    assertThat(analysis.isPerformance).isTrue();
    assertThat(analysis.swingRatio).isCloseTo(330.0 / 150, within(1e-6));
    byte[] file = SmfBuilder.smf().division(DIVISION).track(t -> onsets.forEach(onset -> t.note(0, 60, 64, onset, 50)))
        .bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    assertThat(analysis.swingRatio).isNaN();
  }

  @Test
  void share_and_ratio_are_those_of_a_slow_count() throws FileFailure {
    for (long seed = 1; seed <= 300; seed++) {
      var random = new Random(seed);
      List<Integer> onsets = new ArrayList<>();
      int jitter = random.nextInt(40) + 1;
      int middle = 180 + random.nextInt(160);
      for (int beat = 0; beat < random.nextInt(60); beat++) {
        onsets.add(beat * DIVISION + random.nextInt(jitter));
        if (random.nextInt(4) > 0) {
          onsets.add(beat * DIVISION + middle + random.nextInt(jitter));
        }
        if (random.nextInt(8) == 0) {
          onsets.add(beat * DIVISION + random.nextInt(DIVISION));
        }
      }
      analyze(onsets);
      double share = share(onsets);
      assertThat(Double.valueOf(analysis.quantizedShare)).as("seed " + seed).isEqualTo(Double.valueOf(share));
      double ratio = ratio(onsets);
      if (Double.isNaN(ratio)) {
        assertThat(analysis.swingRatio).as("seed " + seed).isNaN();
      } else {
        assertThat(analysis.swingRatio).as("seed " + seed).isCloseTo(ratio, within(0.02));
      }
    }
  }

  private static double share(List<Integer> onsets) {
    if (onsets.isEmpty()) return Double.NaN;
    int found = 0;
    for (int onset : onsets) {
      boolean isNear = false;
      for (int place : new int[]{0, 80 * 2, 80 * 4, 480, 120, 240, 360}) {
        isNear |= Math.abs(onset % DIVISION - place) * 100 <= DIVISION;
      }
      found += isNear ? 1 : 0;
    }
    return (double) found / onsets.size();
  }

  private static double ratio(List<Integer> onsets) {
    List<Double> phases = new ArrayList<>();
    for (int beat = 0; beat < 64; beat++) {
      boolean begins = false;
      var inside = new TreeSet<Integer>();
      for (int onset : onsets) {
        int from = onset - beat * DIVISION;
        begins |= from > -40 && from < 40;
        if (from >= 40 && from <= 440) {
          inside.add(from);
        }
      }
      if (begins && !inside.isEmpty() && inside.first() >= 192 && inside.last() <= 345
          && inside.last() - inside.first() <= 20) {
        phases.add((inside.first() + inside.last()) / 2.0 / DIVISION);
      }
    }
    if (phases.size() < 8) return Double.NaN;
    phases.sort(null);
    double median = phases.get((phases.size() - 1) / 2);
    return median / (1 - median);
  }

  private static List<Integer> eighths(int beats, int second) {
    List<Integer> onsets = new ArrayList<>();
    for (int beat = 0; beat < beats; beat++) {
      onsets.add(beat * DIVISION);
      onsets.add(beat * DIVISION + second);
    }
    return onsets;
  }

  private void analyze(List<Integer> onsets) throws FileFailure {
    byte[] file = SmfBuilder.smf().division(DIVISION).track(t -> {
      t.tempo(0, 100);
      onsets.forEach(onset -> t.note(0, 60, 64, onset, 50));
    }).bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
