package dev.midifleet.worker.analyze.tempo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** From onsets to candidates, and from those to one. */
class TempoCandidatesTest {
  private final MadeScores made = new MadeScores();
  private final TempoCandidates candidates = new TempoCandidates(KernelSelector.kernels());

  @Test
  void a_steady_pulse_is_a_candidate_to_within_one_percent() throws FileFailure {
    for (int period = 300; period <= 1200; period += 50) {
      int of = period;
      int count = candidates.find(made.score(t -> {
        for (int beat = 0; beat < 60; beat++) {
          t.note(0, beat % 4 == 0 ? 40 : 64 + beat % 5, 80, (long) beat * of, 100);
          t.note(0, 72, 60, (long) beat * of + of / 2, 100);
        }
      }), 0);
      assertThat(Arrays.stream(candidates.bpms(), 0, count)).as(period + " ms")
          .anyMatch(bpm -> Math.abs(bpm * of / 60_000 - 1) < 0.01);
    }
  }

  @Test
  void a_player_who_slows_down_and_hesitates_is_followed_to_the_median_beat() throws FileFailure {
    for (long seed = 1; seed <= 10; seed++) {
      var random = new Random(seed);
      double[] beats = new double[120];
      int count = candidates.find(made.score(t -> {
        double at = 0;
        for (int beat = 0; beat < beats.length; beat++) {
          beats[beat] = 600 * (1 + 0.06 * Math.sin(beat / 9.0)) + 12 * random.nextGaussian();
          t.note(0, beat % 3 == 0 ? 43 : 60 + beat % 7, 70, (long) at, 300);
          t.note(0, 74, 50, (long) (at + beats[beat] / 2), 200);
          at += beats[beat];
        }
      }), 0);
      Arrays.sort(beats);
      double median = beats[beats.length / 2];
      assertThat(Arrays.stream(candidates.bpms(), 0, count)).as("seed " + seed)
          .anyMatch(bpm -> Math.abs(bpm * median / 60_000 - 1) < 0.03);
    }
  }

  @Test
  void a_bar_that_begins_with_the_file_has_its_tempo_among_the_candidates() throws FileFailure {
    for (long seed = 1; seed <= 40; seed++) {
      var random = new Random(seed);
      int period = 350 + random.nextInt(500);
      int count = candidates.find(made.score(t -> {
        for (int part = 0; part < 16; part++) {
          if (random.nextInt(5) < 3) {
            double jitter = 12 * random.nextGaussian();
            t.note(9, 36 + random.nextInt(12), 80, Math.max(0, Math.round(part * period / 4.0 + jitter)), 20);
          }
        }
      }), 0);
      assertThat(Arrays.stream(candidates.bpms(), 0, count)).as("seed " + seed)
          .anyMatch(bpm -> Math.abs(bpm * period / 60_000 - 1) < 0.04);
    }
  }

  @Test
  void every_feature_of_every_candidate_is_written_and_finite() throws FileFailure {
    for (long seed = 1; seed <= 50; seed++) {
      var random = new Random(seed);
      int notes = random.nextInt(200);
      Arrays.fill(candidates.features(), Float.NaN);
      int count = candidates.find(made.score(t -> {
        for (int i = 0; i < notes; i++) {
          t.note(random.nextInt(16), random.nextInt(128), 1 + random.nextInt(127), random.nextInt(20_000), 50);
        }
      }), 0);
      for (int i = 0; i < count * TempoFeatures.COUNT; i++) {
        assertThat(candidates.features()[i]).as("seed %d feature %d", seed, i).isBetween(-4f, 4f);
      }
    }
  }

  @Test
  void what_returns_after_two_and_four_beats_comes_before_what_returns_once() throws FileFailure {
    var random = new Random(3);
    int count = candidates.find(made.score(t -> {
      long at = 0;
      for (int beat = 0; beat < 20; beat++, at += 500) {
        t.note(0, 60, 80, at, 100);
      }
      for (int pair = 0; pair < 26; pair++, at += 3000 + random.nextInt(3000)) {
        t.note(0, 60, 80, at, 100).note(0, 60, 80, at + 620, 100);
      }
    }), 0);
    assertThat(count).isPositive();
    assertThat(candidates.bpms()[0]).isCloseTo(120, within(4.0));
  }

  @Test
  void too_few_onsets_have_no_candidates() throws FileFailure {
    assertThat(candidates.find(made.score(t -> t.note(0, 60, 64, 0, 10).note(0, 60, 64, 500, 10)), 0)).isZero();
    assertThat(candidates.find(made.score(t -> {}), 0)).isZero();
  }

  @Test
  void the_choice_is_the_best_rated_and_its_octave_the_next() {
    // Linear in one feature, the 10th: octaves from 100 beats a minute.
    int octaves = 9;
    float[] in = new float[TempoFeatures.COUNT];
    in[octaves] = 1;
    float[] scales = new float[TempoFeatures.COUNT];
    Arrays.fill(scales, 1);
    var model = new TempoModel(0, new float[TempoFeatures.COUNT], scales, in, new float[0], new float[0], 1, 0);
    float[] features = new float[3 * TempoFeatures.COUNT];
    double[] bpms = {60, 120, 90};
    for (int i = 0; i < 3; i++) {
      features[i * TempoFeatures.COUNT + octaves] = (float) (Math.log(bpms[i] / 100) / Math.log(2));
    }
    var choice = new TempoChoice(KernelSelector.kernels());
    choice.choose(model, features, bpms, 3);
    double[] shares = {Math.exp(features[octaves]), Math.exp(features[TempoFeatures.COUNT + octaves]),
        Math.exp(features[2 * TempoFeatures.COUNT + octaves])};
    assertThat(choice.bpm()).isEqualTo(120);
    assertThat(choice.octaveAlternative()).isEqualTo(60);
    assertThat(choice.confidence()).isCloseTo(shares[1] / Arrays.stream(shares).sum(),
        within(1e-6));
    choice.choose(model, features, new double[]{200, 120, 90}, 3);
    assertThat(choice.octaveAlternative()).isNaN();
  }

  @Test
  void the_rating_is_that_of_a_plain_walk_over_all_units() {
    TempoModel model = TempoModel.shipped();
    var random = new Random(5);
    float[] features = new float[3 * TempoFeatures.COUNT];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.nextFloat() * 2 - 1;
    }
    double expected = 0;
    for (int unit = 0; unit <= model.hidden(); unit++) {
      float sum = 0;
      for (int i = 0; i < TempoFeatures.COUNT; i++) {
        sum += model.in()[unit * TempoFeatures.COUNT + i]
            * ((features[TempoFeatures.COUNT + i] - model.means()[i]) * model.scales()[i]);
      }
      expected += unit == model.hidden() ? sum : model.out()[unit] * Math.tanh(sum + model.biases()[unit]);
    }
    assertThat(model.rate(features, TempoFeatures.COUNT, KernelSelector.kernels(), model.byFeature(),
        new float[TempoFeatures.COUNT], new float[model.hidden() + 1])).isEqualTo(expected);
  }

  @Test
  void parts_of_a_beat_by_the_table_are_those_of_the_formula() {
    for (double edge : new double[]{0, 0.08, 0.208, 0.292, 1 / 3.0 - 0.042, 1 / 3.0 + 0.042, 0.42, 0.5, 0.58,
        2 / 3.0 - 0.042, 2 / 3.0 + 0.042, 0.708, 0.792, 0.92, 1}) {
      for (int step = -2000; step <= 2000; step++) {
        double near = Math.clamp(edge + step * Math.ulp(edge), 0, 1);
        double far = Math.clamp(edge + step / 40_000.0, 0, 1);
        assertThat(TempoFeatures.quickKind(near)).isEqualTo(TempoFeatures.kind(near));
        assertThat(TempoFeatures.quickKind(far)).isEqualTo(TempoFeatures.kind(far));
      }
    }
  }

  @Test
  void a_model_comes_back_from_its_text_and_another_size_is_refused() {
    TempoModel model = TempoModel.shipped();
    assertThat(TempoModel.parse("# a remark\n" + model.toText()).toText()).isEqualTo(model.toText());
    assertThatThrownBy(() -> TempoModel.parse("7 2 1 0")).hasMessageContaining("the model has 7 features");
    assertThatThrownBy(() -> TempoModel.parse(model.toText() + " 1")).hasMessageContaining("goes on after its end");
  }
}
