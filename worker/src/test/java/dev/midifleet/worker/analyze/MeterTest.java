package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void a_waltz_is_in_three_whatever_its_signature_says() throws FileFailure {
    for (int[] signature : new int[][]{{3, 4}, {4, 4}, {6, 8}}) {
      analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, signature[0], signature[1])).track(t -> {
        int[] roots = {48, 53, 55, 48, 45, 50, 55, 48};
        for (int bar = 0; bar < 32; bar++) {
          int root = roots[bar % 8];
          t.note(0, root - 12, 80, bar * 1440L, 480);
          for (int beat = 1; beat < 3; beat++) {
            t.note(0, root + 4, 60, bar * 1440L + beat * 480L, 400).note(0, root + 7, 60, bar * 1440L + beat * 480L,
                400);
          }
          t.note(1, 72 + bar % 8, 90, bar * 1440L, 960).note(1, 74 + bar % 5, 80, bar * 1440L + 960, 480);
        }
      }));
      assertThat(analysis.meterEstimate).isEqualTo(3);
    }
  }

  @Test
  void a_march_is_in_four_and_a_jig_in_six() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      int[] roots = {48, 53, 55, 48, 45, 50, 55, 48};
      for (int bar = 0; bar < 32; bar++) {
        t.note(0, roots[bar % 8] - 12, 90, bar * 1920L, 480).note(0, roots[bar % 8] - 5, 80, bar * 1920L + 960, 480);
        for (int beat = 0; beat < 4; beat++) {
          t.note(1, roots[bar % 8] + 4, 60, bar * 1920L + beat * 480L, 240);
          t.note(2, 72 + (bar + beat * beat) % 9, 100 - 10 * (beat % 2), bar * 1920L + beat * 480L, 480);
        }
      }
    }));
    assertThat(analysis.meterEstimate).isEqualTo(4);
    analyze(SmfBuilder.smf().track(t -> {
      int[] tune = {67, 71, 74, 79, 78, 76, 74, 71, 74, 71, 69, 67, 64, 67, 69, 71, 69, 67, 66, 69, 66, 62, 64, 66};
      for (int i = 0; i < 192; i++) {
        t.note(0, tune[i % 24], 90, i * 240L, 240);
        if (i % 3 == 0) {
          t.note(1, i % 6 == 0 ? 43 + i / 6 % 3 * 2 : 55, 80, i * 240L, i % 6 == 0 ? 720 : 480);
        }
      }
    }));
    assertThat(analysis.meterEstimate).isEqualTo(6);
  }

  @Test
  void notes_that_say_nothing_have_no_metre() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 4, 4).note(0, 60, 9, 0, 480).note(0, 62, 9, 480, 480)));
    assertThat(analysis.meterEstimate).isEqualTo(Analysis.UNKNOWN);
    analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 4, 4)));
    assertThat(analysis.meterEstimate).isEqualTo(Analysis.UNKNOWN);
    Random random = new Random(1);
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 400; i++) {
        t.note(0, 60, 64, random.nextInt(100_000), 100);
      }
    }));
    assertThat(analysis.meterEstimate).as("no beat").isEqualTo(Analysis.UNKNOWN);
  }

  @Test
  void slow_correlations_agree_on_random_scores() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      Score score = analyze(randomSong(random));
      String what = "seed " + seed + ", round " + round;
      assertThatCode(() -> SlowMeter.check(new SlowScore(score), analysis)).as(what).doesNotThrowAnyException();
    }
  }

  private static SmfBuilder randomSong(Random random) {
    int length = 20 + random.nextInt(random.nextInt(5) == 0 ? 1500 : 150);
    return SmfBuilder.smf().track(t -> {
      for (int i = 10 + random.nextInt(150); i > 0; i--) {
        t.note(random.nextInt(4) == 0 ? 9 : 0, 30 + random.nextInt(60), 1 + random.nextInt(127),
            120L * random.nextInt(length), random.nextInt(3000));
      }
    });
  }

  private Score analyze(SmfBuilder smf) throws FileFailure {
    byte[] file = smf.bytes();
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
    return score;
  }
}
