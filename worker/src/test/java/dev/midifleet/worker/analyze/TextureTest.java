package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TextureTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();
  private @Nullable Score score;

  @Test
  void notes_that_touch_do_not_overlap() throws FileFailure {
    analyze(
        SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 480).note(0, 62, 9, 480, 480).note(0, 64, 9, 960, 0)).bytes());
    assertThat(analysis.polyphonyMax).isEqualTo(1);
    assertThat(analysis.isMonophonic).isTrue();
  }

  @Test
  void a_note_of_no_length_does_not_sound_with_others() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 480).note(0, 64, 9, 0, 0).note(0, 67, 9, 240, 0)).bytes());
    assertThat(analysis.polyphonyMax).isEqualTo(1);
    assertThat(analysis.polyphonyAvg).isEqualTo(1);
    assertThat(analysis.isMonophonic).isTrue();
  }

  @Test
  void a_chord_of_three_over_half_of_the_time() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.tempo(0, 60).tempo(480, 120).note(0, 60, 9, 0, 480).note(0, 60, 9, 480, 960)
        .note(0, 64, 9, 480, 960).note(0, 67, 9, 480, 960).note(9, 36, 9, 0, 5000)).bytes());
    assertThat(analysis.polyphonyMax).isEqualTo(3);
    assertThat(analysis.polyphonyAvg).isEqualTo(2);
    assertThat(analysis.polyphonyRate).isEqualTo(0.5);
    assertThat(analysis.isPolyphonic).isTrue();
    assertThat(analysis.isMonophonic).isFalse();
  }

  @Test
  void drums_alone_are_percussive_and_neither_of_the_others() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(9, 36, 9, 0, 10).note(9, 38, 9, 0, 10)).bytes());
    assertThat(analysis.isPercussive).isTrue();
    assertThat(analysis.isMonophonic).isFalse();
    assertThat(analysis.isPolyphonic).isFalse();
    assertThat(analysis.polyphonyMax).isZero();
    assertThat(analysis.polyphonyAvg).isNaN();
  }

  @Test
  void the_sweep_agrees_with_counting_at_every_tick() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      analyze(SmfBuilder.smf().division(10).track(t -> {
        for (int i = random.nextInt(60); i >= 0; i--) {
          t.note(random.nextInt(11), 60 + random.nextInt(4), 64, random.nextInt(200), random.nextInt(40));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
          t.tempo(random.nextInt(200), 30 + random.nextInt(300));
        }
      }).bytes());
      assertAgreement(Objects.requireNonNull(score), "seed " + seed + ", round " + round);
    }
  }

  @Test
  void hundreds_of_notes_that_sound_on_while_others_come_and_go_are_counted() throws FileFailure {
    Random random = new Random(3);
    analyze(SmfBuilder.smf().division(10).track(t -> {
      for (int i = 0; i < 300; i++) {
        t.note(i / 100, i % 100, 64, random.nextInt(50), 1000 + random.nextInt(50));
      }
      for (int i = 0; i < 1000; i++) {
        t.note(5 + random.nextInt(6), random.nextInt(100), 64, 50 + random.nextInt(900), random.nextInt(40));
      }
      t.tempo(300, 70).tempo(310, 90).tempo(700, 50);
    }).bytes());
    assertAgreement(Objects.requireNonNull(score), "many");
    assertThat(analysis.polyphonyMax).isGreaterThan(300);
  }

  private void assertAgreement(Score score, String what) {
    int max = 0;
    double sounding = 0;
    double together = 0;
    double weighted = 0;
    for (int tick = 0; tick < score.lastTick(); tick++) {
      int sounds = 0;
      for (int i = 0; i < score.noteCount(); i++) {
        boolean isHeard = score.onsets()[i] <= tick && tick < score.ends()[i] && !Score.isDrum(score.voices()[i]);
        sounds += isHeard ? 1 : 0;
      }
      double seconds = score.tempoMap().secondsAt(tick + 1) - score.tempoMap().secondsAt(tick);
      max = Math.max(max, sounds);
      sounding += sounds > 0 ? seconds : 0;
      together += sounds > 1 ? seconds : 0;
      weighted += sounds * seconds;
    }
    assertThat(analysis.polyphonyMax).as(what).isEqualTo(max);
    if (sounding > 0) {
      assertThat(analysis.polyphonyAvg).as(what).isEqualTo(weighted / sounding, Offset.offset(1e-9));
      assertThat(analysis.polyphonyRate).as(what).isEqualTo(together / sounding, Offset.offset(1e-9));
    } else {
      assertThat(analysis.polyphonyAvg).as(what).isNaN();
    }
  }

  private void analyze(byte[] file) throws FileFailure {
    score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
  }
}
