package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.score.Score;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a second, slow implementation that filters lists of notes by the features' definitions. */
class KeyFeaturesTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();

  @Test
  void agree_with_their_definitions_on_random_scores() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int span = 1 + random.nextInt(round % 3 == 0 ? 500 : 300_000);
      byte[] file = SmfBuilder.smf().division(1 + random.nextInt(960)).track(t -> {
        for (int i = 8 + random.nextInt(200); i >= 0; i--) {
          t.note(random.nextInt(11), 20 + random.nextInt(90), 64, random.nextInt(span), random.nextInt(2000));
        }
      }).bytes();
      Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
      analyzer.analyze(analysis);
      assertThatCode(() -> SlowKey.check(new SlowScore(score), analysis)).as("seed " + seed + ", round " + round)
          .doesNotThrowAnyException();
    }
  }
}
