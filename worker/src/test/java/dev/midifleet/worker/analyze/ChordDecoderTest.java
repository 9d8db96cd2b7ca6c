package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The decoder against evidence counted tick by tick, and against trying every path. */
class ChordDecoderTest {
  private static final int DIVISION = 24;
  private static final int STATES = 64;
  private static final int[][] TONES = {{0, 4, 7}, {0, 3, 7}, {0, 3, 6}, {0, 5, 7}, {0, 2, 7}, {0, 4, 8}};
  private static final double[] BIASES = {1, 0.5, -1, -0.5, -0.5, -1.5};
  private static final double CHANGE = 2.5;
  /** Nats a beat: the decoder's weights are rounded to parts of 256. */
  private static final double ROUNDING = 0.02;

  private final FileAnalyzer parser = new FileAnalyzer(20_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final ChordDecoder decoder = new ChordDecoder(new ScalarKernels(), ChordModel.smooth());
  private final ChordDecoder live = new ChordDecoder(KernelSelector.kernels(), ChordModel.smooth());

  @Test
  void no_path_of_three_beats_is_better_than_the_one_found() throws FileFailure {
    Random random = random();
    for (int round = 0; round < 10; round++) {
      Score score = score(random, 2, 12);
      int beats = decoder.decode(score);
      double[][] evidence = evidence(score, beats);
      double best = bestFrom(evidence, 0, 0, -1);
      assertThat(value(evidence)).as("round " + round).isEqualTo(best, Offset.offset(beats * ROUNDING));
    }
  }

  @Test
  void no_long_path_is_better_than_the_one_found() throws FileFailure {
    Random random = random();
    for (int round = 0; round < 30; round++) {
      Score score = score(random, 100, 400);
      int beats = decoder.decode(score);
      double[][] evidence = evidence(score, beats);
      assertThat(value(evidence)).as("round " + round).isEqualTo(longest(evidence), Offset.offset(beats * ROUNDING));
      assertThat(live.decode(score)).isEqualTo(beats);
      for (int beat = 0; beat < beats; beat++) {
        assertThat(live.state(beat)).isEqualTo(decoder.state(beat));
      }
    }
  }

  @Test
  void the_longest_score_overflows_nothing() throws FileFailure {
    Score score = parse(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 5000; i++) {
        for (int tone : TONES[i / 2500]) {
          t.note(0, 48 + tone, 127, i * 480L, 480);
        }
      }
    }).bytes());
    assertThat(decoder.decode(score)).isEqualTo(BeatGrid.BEATS_MAX);
    for (int beat = 0; beat < BeatGrid.BEATS_MAX; beat++) {
      assertThat(decoder.state(beat)).isEqualTo(beat < 2500 ? 0 : 12);
    }
  }

  private static Random random() {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    return new Random(seed);
  }

  private Score score(Random random, int beats, int notes) throws FileFailure {
    return parse(SmfBuilder.smf().division(DIVISION).track(t -> {
      for (int i = 1 + random.nextInt(notes); i > 0; i--) {
        t.note(random.nextInt(11), 36 + random.nextInt(50), 1 + random.nextInt(127),
            random.nextInt(beats * DIVISION), 1 + random.nextInt(2 * DIVISION));
      }
    }).bytes());
  }

  private Score parse(byte[] file) throws FileFailure { return parser.parse(NativeBytes.of(file), 0, file.length); }

  /** In nats, by beat and state; null where nothing sounds. */
  private double[][] evidence(Score score, int beats) {
    double[][] evidence = new double[beats][];
    for (int beat = 0; beat < beats; beat++) {
      int from = (int) Math.round(decoder.grid().start()) + beat * DIVISION;
      double[] weights = new double[12];
      int[] ticksOfPitch = new int[128];
      double total = 0;
      for (int i = 0; i < score.noteCount(); i++) {
        int voice = score.voices()[i];
        int ticks = Math.min(score.ends()[i], from + DIVISION) - Math.max(score.onsets()[i], from);
        if (Score.isDrum(voice) || ticks <= 0) continue;
        weights[Score.pitch(voice) % 12] += ticks * Score.velocity(voice);
        total += ticks * Score.velocity(voice);
        ticksOfPitch[Score.pitch(voice)] = Math.max(ticks, ticksOfPitch[Score.pitch(voice)]);
      }
      if (total > 0) {
        int bass = 0;
        while (bass < 128 && ticksOfPitch[bass] < DIVISION / 10.0) {
          bass++;
        }
        evidence[beat] = evidence(weights, total, bass == 128 ? -1 : bass % 12);
      }
    }
    return evidence;
  }

  private static double[] evidence(double[] weights, double total, int bass) {
    double[] states = new double[STATES];
    for (int state = 0; state < STATES; state++) {
      int triad = Math.min(5, state / 12);
      int root = state - 12 * triad;
      states[state] = BIASES[triad];
      boolean bassBelongs = false;
      for (int pitchClass = 0; pitchClass < 12; pitchClass++) {
        boolean belongs = false;
        for (int tone : TONES[triad]) {
          belongs |= (root + tone) % 12 == pitchClass;
        }
        states[state] += (belongs ? 3 : -2.5) * Math.sqrt(weights[pitchClass] / total);
        bassBelongs |= belongs && pitchClass == bass;
      }
      boolean isRoot = bass == root || (triad == 5 && bassBelongs);
      states[state] += bass < 0 ? 0 : isRoot ? 1.5 : bassBelongs ? -3 / 16.0 : -18 / 16.0;
    }
    return states;
  }

  /** Of the decoder's path, by the evidence of this test. */
  private double value(double[][] evidence) {
    double sum = 0;
    int last = -1;
    for (int beat = 0; beat < evidence.length; beat++) {
      if (evidence[beat] == null) continue;
      int state = decoder.state(beat);
      sum += evidence[beat][state] - (last >= 0 && last != state ? CHANGE : 0);
      last = state;
    }
    return sum;
  }

  private static double bestFrom(double[][] evidence, int beat, double sum, int last) {
    if (beat == evidence.length) return sum;
    if (evidence[beat] == null) return bestFrom(evidence, beat + 1, sum, last);
    double best = Double.NEGATIVE_INFINITY;
    for (int state = 0; state < STATES; state++) {
      double change = last >= 0 && last != state ? CHANGE : 0;
      best = Math.max(best, bestFrom(evidence, beat + 1, sum + evidence[beat][state] - change, state));
    }
    return best;
  }

  private static double longest(double[][] evidence) {
    double[] values = null;
    for (double[] ofBeat : evidence) {
      if (ofBeat == null) continue;
      double[] next = ofBeat.clone();
      for (int to = 0; values != null && to < STATES; to++) {
        double best = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < STATES; from++) {
          best = Math.max(best, values[from] - (from == to ? 0 : CHANGE));
        }
        next[to] += best;
      }
      values = next;
    }
    double best = values == null ? 0 : Double.NEGATIVE_INFINITY;
    for (int state = 0; values != null && state < STATES; state++) {
      best = Math.max(best, values[state]);
    }
    return best;
  }
}
