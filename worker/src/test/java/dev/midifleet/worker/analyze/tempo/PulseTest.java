package dev.midifleet.worker.analyze.tempo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.score.Score;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Correlations over pairs of onsets. */
class PulseTest {
  private final MadeScores made = new MadeScores();
  private final Onsets onsets = new Onsets();
  private final Pulse pulse = new Pulse();

  @Test
  void correlations_are_those_of_a_slow_sum_over_all_pairs() throws FileFailure {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new Random(seed);
      int notes = 20 + random.nextInt(80);
      Score score = made.score(t -> {
        for (int i = 0; i < notes; i++) {
          t.note(random.nextInt(4) == 0 ? 9 : 0, 30 + random.nextInt(50), 1 + random.nextInt(127),
              random.nextInt(15_000), 100);
        }
      });
      onsets.collect(score, 0);
      pulse.correlate(onsets);
      for (int lag = 0; lag < 790; lag += 7) {
        for (int band = 0; band < Onsets.BANDS; band++) {
          assertThat((double) pulse.at(band, lag / 100.0)).as("seed %d lag %d band %d", seed, lag, band)
              .isCloseTo(slow(band, lag), within(2e-3));
        }
      }
    }
  }

  /** One Gaussian for each pair of onsets, at its lag rounded to 10 ms, cut as documented. */
  private double slow(int band, int lag) {
    double sigma = 3 + 0.03 * lag;
    int reach = (int) Math.min(32, Math.ceil(2.5 * sigma));
    double sum = 0;
    double squares = 0;
    double products = 0;
    for (int i = 0; i < onsets.size(); i++) {
      sum += onsets.band(i, band);
      squares += onsets.band(i, band) * onsets.band(i, band);
      for (int j = 0; j < onsets.size(); j++) {
        if (i == j) continue;
        long apart = Math.round(Math.abs(onsets.time(j) - onsets.time(i)) * 100);
        long shift = (j > i ? apart : -apart) - lag;
        if (Math.abs(shift) <= reach) {
          products += onsets.band(i, band) * onsets.band(j, band) * Math.exp(-0.5 * shift * shift / sigma / sigma);
        }
      }
    }
    double seconds = Math.max(onsets.seconds(), 0.1);
    double rest = seconds - lag / 100.0;
    if (squares == 0 || rest <= 0) return 0;
    double area = 0;
    for (int shift = -reach; shift <= reach; shift++) {
      area += Math.exp(-0.5 * shift * shift / sigma / sigma);
    }
    return products / squares * Math.min(4, seconds / rest) - sum * sum / squares / seconds / 100 * area;
  }

  @Test
  void notes_within_30_ms_are_one_onset_at_their_weighted_middle() throws FileFailure {
    onsets.collect(made.score(t -> t.note(0, 60, 64, 1000, 100).note(0, 64, 64, 1020, 100).note(0, 67, 64, 1040, 100)),
        1);
    assertThat(onsets.size()).isEqualTo(2);
    assertThat(onsets.time(0)).isCloseTo(1.01, within(1e-9));
    assertThat(onsets.band(0, Onsets.ALL)).isEqualTo(16);
    assertThat(onsets.band(0, Onsets.CHORD)).isEqualTo(1);
  }

  @Test
  void drums_and_low_notes_have_their_bands() throws FileFailure {
    onsets.collect(made.score(t -> t.note(9, 36, 100, 0, 10).note(9, 38, 100, 500, 10).note(9, 42, 100, 1000, 10)
        .note(0, 40, 100, 1500, 10).note(0, 72, 100, 2000, 10)), 0);
    int[] home = {Onsets.KICK, Onsets.SNARE, Onsets.CYMBAL, Onsets.LOW};
    for (int onset = 0; onset < 5; onset++) {
      for (int kind = 0; kind < home.length; kind++) {
        assertThat(onsets.band(onset, home[kind])).as(onset + " " + kind).isEqualTo(onset == kind ? 10 : 0);
      }
      assertThat(onsets.band(onset, Onsets.ALL)).isEqualTo(onset == 0 || onset == 3 ? 15 : 10);
    }
  }

  @Test
  void more_notes_than_the_limit_shorten_the_time_and_are_not_an_error() throws FileFailure {
    onsets.collect(made.score(t -> {
      for (int i = 0; i < 40_000; i++) {
        t.note(0, 60, 64, i * 4L, 2);
      }
    }), 0);
    assertThat(onsets.notes()).isLessThanOrEqualTo(Onsets.NOTES_MAX);
    assertThat(onsets.size()).isLessThanOrEqualTo(Onsets.ONSETS_MAX).isGreaterThan(1000);
    onsets.collect(made.score(t -> {
      for (int i = 0; i < 40_000; i++) {
        t.note(0, 60, 64, 0, 2);
      }
    }), 0);
    assertThat(onsets.size()).isEqualTo(1);
  }
}
