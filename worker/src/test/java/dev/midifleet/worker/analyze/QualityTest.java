package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.ParseStatus;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class QualityTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void a_whole_file_has_100_and_one_without_notes_0() throws FileFailure {
    assertThat(quality(_ -> {})).isEqualTo(100);
    byte[] file = SmfBuilder.smf().track(t -> t.name("nothing").tempo(0, 100).timeSignature(0, 4, 4)).bytes();
    assertThat(quality(file)).isZero();
  }

  @Test
  void faults_cost_what_the_table_says() throws FileFailure {
    // One of 41 hangs: repaired, and 15 * 4 / 41.
    assertThat(quality(t -> t.on(0, 70, 64, 19_000))).isEqualTo(100 - 5 - 1);
    // Twenty of 60 have no length: 15 * 2 / 3.
    assertThat(quality(t -> {
      for (int i = 0; i < 20; i++) {
        t.on(0, 70, 64, i * 960L).event(i * 960L, 0x80, 70, 64);
      }
    })).isEqualTo(90);
    // One of 41 holds for 41.7 s of 45.8: 15 * 10 / 41.
    assertThat(quality(t -> t.note(0, 72, 64, 4000, 40_000))).isEqualTo(96);
  }

  @Test
  void a_bare_short_monotone_file_loses_much() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 20; i++) {
        t.note(0, 60, 64, i * 48L, 48);
      }
    }).bytes();
    // One second 20, below 32 notes 5, one velocity 10, one pitch 10, no labels 10.
    assertThat(quality(file)).isEqualTo(45);
  }

  @Test
  void what_is_missing_costs_more_than_what_is_mended() throws FileFailure {
    byte[] whole = SmfBuilder.smf().track(t -> song(t, 40, 480, 7)).track(t -> t.name("nothing")).bytes();
    assertThat(quality(whole)).isEqualTo(100);
    // The second track ends in its name: no note is lost, but nobody knows.
    assertThat(quality(Arrays.copyOf(whole, whole.length - 8))).isEqualTo(80);
    assertThat(analysis.parseStatus).isEqualTo(ParseStatus.PARTIAL);
  }

  @Test
  void length_number_and_velocities_cost_what_the_table_says() throws FileFailure {
    assertThat(quality(t -> t.note(0, 70, 64, 7_300L * 960, 480))).as("over two hours").isEqualTo(80);
    assertThat(quality(t -> t.note(0, 70, 64, 7_100L * 960, 480))).as("under two hours").isEqualTo(100);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 40, 120, 7)).bytes())).as("5 s").isEqualTo(95);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 40, 480, 4)).bytes())).as("4 velocities").isEqualTo(95);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 40, 480, 5)).bytes())).as("5 velocities").isEqualTo(100);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 40, 480, 1)).bytes())).as("1 velocity").isEqualTo(90);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 7, 2000, 7)).bytes())).as("7 notes").isEqualTo(80);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 8, 2000, 7)).bytes())).as("8 notes").isEqualTo(95);
    assertThat(quality(SmfBuilder.smf().track(t -> song(t, 32, 480, 7)).bytes())).as("32 notes").isEqualTo(100);
  }

  private static void song(SmfBuilder.Track track, int notes, int apart, int velocities) {
    track.name("a title").tempo(0, 120).timeSignature(0, 4, 4);
    for (int i = 0; i < notes; i++) {
      track.note(0, 50 + i % 9, 60 + i % velocities, (long) i * apart, apart);
    }
  }

  private int quality(Consumer<SmfBuilder.Track> more) throws FileFailure {
    return quality(SmfBuilder.smf().track(t -> {
      song(t, 40, 480, 7);
      more.accept(t);
    }).bytes());
  }

  private int quality(byte[] file) throws FileFailure {
    analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
    return analysis.qualityScore;
  }
}
