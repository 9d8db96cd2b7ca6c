package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final int[][] SIGNATURES = {{2, 4}, {3, 4}, {4, 4}, {6, 8}, {12, 8}, {5, 4}};
  private static final Offset<Double> EXACT = Offset.offset(1e-9);

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void the_bar_of_the_last_notes_end_counts() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 3, 4).timeSignature(2880, 4, 4).note(0, 60, 9, 0, 480)
        .note(0, 60, 9, 2880, 1921)));
    assertThat(analysis.bars).isEqualTo(4);
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 1920)));
    assertThat(analysis.bars).isEqualTo(1);
  }

  @Test
  void without_notes_and_with_smpte_there_are_no_bars() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.tempo(0, 120)));
    assertThat(analysis.bars).isZero();
    assertThat(analysis.grooveConsistency).isNaN();
    assertThat(analysis.emptyBeatRate).isNaN();
    assertThat(analysis.structureData).isNull();
    analyze(SmfBuilder.smf().smpte(25, 40).track(t -> t.note(0, 60, 9, 0, 1000).note(0, 60, 9, 1000, 500)));
    assertThat(analysis.bars).isEqualTo(Analysis.UNKNOWN);
    assertThat(analysis.syncopation).isNaN();
    assertThat(analysis.noteLengthMeanBeats).isNaN();
  }

  @Test
  void a_march_and_its_syncopation_by_hand() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      // Crotchets; then quaver, crotchet, crotchet, crotchet, quaver: levels 3 to 2, 3 to 1, 3 to 2, and 3 to 0.
      t.note(0, 60, 64, 0, 480).note(0, 60, 64, 480, 480).note(0, 60, 64, 960, 480).note(0, 60, 64, 1440, 480);
      t.note(0, 60, 64, 1920, 240).note(0, 60, 64, 2160, 480).note(0, 60, 64, 2640, 480).note(0, 60, 64, 3120, 480);
      t.note(0, 60, 64, 3600, 240).note(0, 60, 64, 4320, 480);
    }));
    assertThat(analysis.bars).isEqualTo(3);
    assertThat(analysis.syncopation).isEqualTo((1 + 2 + 1 + 3) / 9.0, EXACT);
    // Of 16 places 3 + 4 differ, then 5 + 1.
    assertThat(analysis.grooveConsistency).isEqualTo(1 - (7 + 6) / 32.0, EXACT);
    assertThat(analysis.emptyBeatRate).isEqualTo(1 / 10.0, EXACT);
    assertThat(analysis.noteLengthMeanBeats).isEqualTo(0.9, EXACT);
    assertThat(analysis.ioiMeanMs).isEqualTo(500, EXACT);
    assertThat(analysis.drumPatternConsistency).isNaN();
  }

  @Test
  void drums_are_compared_by_key() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(9, 36, 64, 0, 60).note(9, 38, 64, 960, 60).note(9, 36, 64, 1920, 60)
        .note(9, 40, 64, 2880, 60)));
    assertThat(analysis.drumPatternConsistency).isEqualTo(1 / 3.0, EXACT);
    assertThat(analysis.noteLengthMeanBeats).isNaN();
  }

  @Test
  void a_performance_without_a_beat_has_no_groove() throws FileFailure {
    Random random = new Random(1);
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 400; i++) {
        t.note(0, 60, 64, random.nextInt(100_000), 100);
      }
    }));
    assertThat(analysis.bars).isPositive();
    assertThat(analysis.grooveConsistency).isNaN();
    assertThat(analysis.syncopation).isNaN();
    assertThat(analysis.structureData).isNull();
  }

  @Test
  void a_loop_ends_on_a_bar_line_and_goes_on_like_an_earlier_bar() throws FileFailure {
    analyze(loop(2, 3840));
    assertThat(analysis.isLoop).isTrue();
    analyze(loop(3, 5760));
    assertThat(analysis.isLoop).as("three bars").isFalse();
    analyze(loop(2, 4300));
    assertThat(analysis.isLoop).as("a tail").isFalse();
    analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 480).note(0, 60, 9, 480, 480).note(0, 60, 9, 960, 480)
        .note(0, 60, 9, 1440, 480).note(0, 60, 9, 1920, 1920)));
    assertThat(analysis.isLoop).as("a close").isFalse();
  }

  @Test
  void each_thing_that_a_loop_needs_is_needed() throws FileFailure {
    assertLoop(true, 3840, 0, 240, 480, 720, 1920, 2160, 2400, 3600);
    assertLoop(true, 3840 + 60, 0, 240, 480, 720, 1920, 2160, 2400, 3600);
    assertLoop(false, 3840 + 61, 0, 240, 480, 720, 1920, 2160, 2400, 3600);
    assertLoop(false, 3840 - 61, 0, 240, 480, 720, 1920, 2160, 2400, 3600);
    // Not from the first beat on; nothing in the last quarter of the last bar.
    assertLoop(true, 3840, 0, 240, 480, 1680, 1920, 2160, 2400, 3600);
    assertLoop(false, 3840, 240, 480, 1680, 2160, 2400, 3600);
    assertLoop(false, 3840, 0, 240, 480, 720, 1920, 2160, 2400, 3240);
    // The second bar has 2 of 4 onsets of the first, of 4 in all; then 1 of 3.
    assertLoop(true, 3840, 0, 240, 480, 1440, 1920, 3360);
    assertLoop(false, 3840, 0, 240, 480, 2160, 3360);
    assertLoop(true, 1920, 0, 480, 960, 1440);
    assertLoop(false, 1920, 0, 480, 1440);
    analyze(SmfBuilder.smf().track(t -> {
      t.tempo(480, 90);
      for (int i = 0; i < 8; i++) {
        t.note(0, 60, 64, i * 240L, 240);
      }
      t.end(1920);
    }));
    assertThat(analysis.isLoop).as("two tempi").isFalse();
  }

  private void assertLoop(boolean expected, long end, int... onsets) throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int onset : onsets) {
        t.note(9, 36, 64, onset, 60);
      }
      t.end(end);
    }));
    assertThat(analysis.isLoop).as(end + ": " + Arrays.toString(onsets)).isEqualTo(expected);
  }

  private static SmfBuilder loop(int bars, long end) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 8 * bars; i++) {
        t.note(9, i % 2 == 0 ? 36 : 42, 64, i * 240L, 60);
      }
      t.end(end);
    });
  }

  @Test
  void sections_and_period_of_a_song() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      for (int bar = 0; bar < 16; bar++) {
        int theme = bar / 4 == 2 ? 72 : 60;
        for (int beat = 0; beat < 4; beat++) {
          t.note(0, theme + bar % 4 + beat, 64, bar * 1920L + beat * 480L, 480);
        }
      }
    }));
    assertThat(structure()).isEqualTo(new ObjectMapper().readTree("{'bars':16,'distinct':8,'repeated_share':0.5,"
        .replace('\'', '"') + "\"period_bars\":8,\"section_bars\":4,\"sections\":\"AABA\"}"));
  }

  @Test
  void a_drum_key_and_a_pitch_of_the_same_number_are_different_bars() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      for (int bar = 0; bar < 4; bar++) {
        for (int beat = 0; beat < 4; beat++) {
          t.note(bar % 2 == 0 ? 0 : 9, 40, 64, bar * 1920L + beat * 480L, 480);
        }
      }
    }));
    assertThat(structure().get("distinct").asInt()).isEqualTo(2);
    assertThat(structure().get("period_bars").asInt()).isEqualTo(2);
  }

  @Test
  void a_quarter_of_the_bars_is_enough_for_a_period() throws Exception {
    int[] bars = {0, 1, 2, 3, 0, 4, 5, 6};
    analyze(SmfBuilder.smf().track(t -> {
      for (int bar = 0; bar < bars.length; bar++) {
        for (int beat = 0; beat < 4; beat++) {
          t.note(0, 60 + bars[bar], 64, bar * 1920L + beat * 480L, 480);
        }
      }
    }));
    assertThat(structure().get("period_bars").asInt()).isEqualTo(4);
    bars[4] = 7;
    analyze(SmfBuilder.smf().track(t -> {
      for (int bar = 0; bar < bars.length; bar++) {
        t.note(0, 60 + bars[bar], 64, bar * 1920L, 1920);
      }
    }));
    assertThat(structure().get("period_bars").isNull()).isTrue();
  }

  @Test
  void huge_times_and_odd_bars_neither_fail_nor_take_long() throws FileFailure {
    analyze(SmfBuilder.smf().division(1).track(t -> {
      t.timeSignature(0, 1, 128).timeSignature(1000, 255, 1).timeSignature(2000, 3, 64);
      t.note(0, 60, 64, 0, 1).note(0, 61, 64, 260_000_000, 1).note(9, 61, 64, 5, 260_000_000);
    }));
    assertThat(analysis.bars).isGreaterThan(1_000_000_000);
    assertThat(analysis.emptyBeatRate).isBetween(0.0, 1.0);
    assertThat(Objects.requireNonNull(analysis.structureData).length()).isLessThanOrEqualTo(256);
  }

  @Test
  void slow_definitions_agree_on_random_scores() throws Exception {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Score score = analyze(randomSong(random));
      check(score, "seed " + seed + ", round " + round);
    }
  }

  private static SmfBuilder randomSong(Random random) {
    int division = 48 * (1 + random.nextInt(4));
    SmfBuilder smf = SmfBuilder.smf().division(division);
    int step = random.nextInt(4) == 0 ? division / 6 : division / 4;
    int length = 4 + random.nextInt(80);
    int begin = random.nextInt(60);
    for (int track = random.nextInt(3); track >= 0; track--) {
      boolean isFirst = track == 0;
      smf.track(t -> {
        long change = 0;
        for (int i = isFirst ? random.nextInt(4) : 0; i > 0; i--) {
          int[] signature = SIGNATURES[random.nextInt(SIGNATURES.length)];
          t.timeSignature(change, signature[0], signature[1]);
          change += division / 4 * (long) (1 + random.nextInt(60));
        }
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
          int jitter = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : 0;
          long tick = Math.max(0, (long) (begin + random.nextInt(length)) * step + jitter);
          t.note(random.nextInt(3) == 0 ? 9 : random.nextInt(2), 60 + random.nextInt(3), 64, tick,
              random.nextInt(3 * division));
        }
      });
    }
    return smf;
  }

  private void check(Score score, String what) {
    assertThatCode(() -> {
      RhythmOracle.check(new SlowScore(score), analysis);
      SlowStructure.check(new SlowScore(score), analysis);
    }).as(what).doesNotThrowAnyException();
  }

  private JsonNode structure() throws JsonProcessingException {
    return new ObjectMapper().readTree(Objects.requireNonNull(analysis.structureData));
  }

  private Score analyze(SmfBuilder smf) throws FileFailure {
    byte[] file = smf.bytes();
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
    return score;
  }
}
