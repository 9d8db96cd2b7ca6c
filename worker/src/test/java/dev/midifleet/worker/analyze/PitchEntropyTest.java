package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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

class PitchEntropyTest {
  private static final Offset<Double> NEAR = Offset.offset(1e-12);

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();
  private @Nullable Score score;

  @Test
  void a_scale_with_its_octave_is_worked_out_by_hand() throws FileFailure {
    analyze(SmfBuilder.scale());
    assertThat(analysis.scaleConsistency).isEqualTo(1);
    assertThat(analysis.pitchEntropy).isEqualTo(3, NEAR);
    // C twice in eight notes, six others once.
    assertThat(analysis.pitchClassEntropy).isEqualTo(0.25 * 2 + 6 * 0.125 * 3, NEAR);
  }

  @Test
  void all_twelve_notes_leave_five_outside_of_any_scale() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 12; i++) {
        t.note(0, 60 + i, 64, i * 100L, 100);
      }
    }).bytes());
    assertThat(analysis.scaleConsistency).isEqualTo(7 / 12.0, NEAR);
    assertThat(analysis.pitchClassEntropy).isEqualTo(Math.log(12) / Math.log(2), NEAR);
  }

  @Test
  void a_single_pitch_has_no_entropy() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 64, 0, 100).note(0, 60, 64, 100, 100)).bytes());
    assertThat(analysis.pitchEntropy).isZero();
    assertThat(analysis.pitchClassEntropy).isZero();
  }

  @Test
  void drums_are_not_pitches() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(9, 36, 64, 0, 100).note(9, 41, 64, 100, 100)).bytes());
    assertThat(analysis.scaleConsistency).isNaN();
    assertThat(analysis.pitchEntropy).isNaN();
    assertThat(analysis.pitchClassEntropy).isNaN();
  }

  @Test
  void agrees_with_the_definitions_word_for_word() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int span = 1 + random.nextInt(60);
      analyze(SmfBuilder.smf().track(t -> {
        for (int i = random.nextInt(200); i >= 0; i--) {
          t.note(random.nextInt(11), 40 + random.nextInt(span), 64, i * 10L, 10);
        }
      }).bytes());
      Score notes = Objects.requireNonNull(score);
      assertThatCode(() -> SlowEntropy.check(new SlowScore(notes), analysis)).as("seed " + seed + ", round " + round)
          .doesNotThrowAnyException();
    }
  }

  private void analyze(byte[] file) throws FileFailure {
    score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
  }
}
