package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TimingTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void legato_staccato_length_and_deviation_by_hand() throws Exception {
    // 120 BPM: held, short, half and a bit, before a rest of three quarters, and one 12 ticks late.
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 64, 0, 480).note(0, 62, 64, 480, 240).note(0, 64, 64, 960, 300)
        .note(0, 65, 64, 1440, 480).note(0, 67, 64, 2892, 480).note(9, 42, 64, 0, 4)));
    JsonNode articulation = articulation();
    assertThat(articulation.get("legato_share").asDouble()).isEqualTo(0.333);
    assertThat(articulation.get("staccato_share").asDouble()).isEqualTo(0.333);
    assertThat(articulation.get("mean_length_ms").asDouble()).isEqualTo(412.5);
    // 12 ticks are 12.5 ms, one of six notes; the last ends at 3372 ticks, 3512.5 ms.
    assertThat(articulation.get("timing_deviation_ms").asDouble()).isEqualTo(2.1);
  }

  @Test
  void a_chord_is_one_onset_and_counts_by_its_longest_note() throws Exception {
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 64, 0, 100).note(0, 64, 64, 10, 470).note(0, 60, 64, 480, 480)));
    assertThat(articulation().get("legato_share").asDouble()).isEqualTo(1);
    assertThat(analysis.ioiMeanMs).isEqualTo(500, Offset.offset(1e-9));
  }

  @Test
  void nothing_to_count_is_null() throws Exception {
    analyze(SmfBuilder.smf().track(t -> t.note(9, 36, 64, 0, 100)));
    assertThat(articulation().get("legato_share").isNull()).isTrue();
    assertThat(articulation().get("mean_length_ms").isNull()).isTrue();
    assertThat(analysis.ioiMeanMs).isNaN();
    analyze(SmfBuilder.smf().track(t -> t.tempo(0, 100)));
    assertThat(analysis.articulationData).isNull();
  }

  @Test
  void intervals_and_lengths_agree_with_a_sorted_list() throws Exception {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      Score score = analyze(SmfBuilder.smf().track(t -> {
        for (int i = random.nextInt(5); i > 0; i--) {
          t.tempo(random.nextInt(8000), 40 + random.nextInt(200));
        }
      }).track(t -> {
        for (int i = random.nextInt(60); i >= 0; i--) {
          t.note(random.nextInt(2), 40 + random.nextInt(40), 64, random.nextInt(8000), random.nextInt(900));
        }
      }));
      String what = "seed " + seed + ", round " + round;
      assertThatCode(() -> SlowTiming.check(new SlowScore(score), analysis)).as(what).doesNotThrowAnyException();
    }
  }

  private JsonNode articulation() throws Exception {
    return new ObjectMapper().readTree(Objects.requireNonNull(analysis.articulationData));
  }

  private Score analyze(SmfBuilder smf) throws Exception {
    byte[] file = smf.bytes();
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
    return score;
  }
}
