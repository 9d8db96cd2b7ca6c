package dev.midifleet.worker.analyze.tempo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Correlations over pairs of onsets. */
class PulseTest {
  private final MadeScores made = new MadeScores();
  private final Onsets onsets = new Onsets();
  private final Pulse pulse = new Pulse(KernelSelector.kernels());

  @Test
  void random_scores_have_the_correlations_of_a_slow_sum_over_all_pairs() throws FileFailure {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new Random(seed);
      int notes = 20 + random.nextInt(80);
      compare(made.score(t -> {
        for (int i = 0; i < notes; i++) {
          t.note(random.nextInt(4) == 0 ? 9 : 0, 30 + random.nextInt(50), 1 + random.nextInt(127),
              random.nextInt(15_000), 100);
        }
      }), IntStream.range(0, 113).map(i -> 7 * i).toArray(), "seed " + seed);
    }
  }

  @Test
  void corpus_files_have_the_onsets_and_correlations_of_slow_ones() throws IOException {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var random = new Random(seed);
    int refused = 0;
    List<Path> files = Corpus.files();
    for (Path path : files) {
      byte[] file = Files.readAllBytes(path);
      try {
        compare(made.parse(file), new int[]{random.nextInt(100), random.nextInt(790)}, "seed " + seed + ", " + path);
      } catch (FileFailure _) {
        // ToleranceTest says of each whether it had to be.
        refused++;
      }
    }
    assertThat(refused).isLessThanOrEqualTo(files.size() / 20);
  }

  private void compare(Score score, int[] lags, String what) {
    var slow = new SlowOnsets(score);
    onsets.collect(score, slow.firstSecond);
    assertThat(onsets.size()).as(what).isEqualTo(slow.times.size());
    for (int i = 0; i < onsets.size(); i++) {
      assertThat(onsets.time(i)).as("%s, onset %d", what, i).isCloseTo(slow.times.get(i), within(1e-9));
      for (int band : SlowOnsets.BANDS) {
        assertThat((double) onsets.band(i, band)).as("%s, onset %d, band %d", what, i, band)
            .isCloseTo(slow.bands.get(i)[band], within(1e-4 * (1 + slow.bands.get(i)[band])));
      }
    }
    pulse.correlate(onsets);
    for (int lag : lags) {
      double[] expected = SlowOnsets.correlations(onsets, lag);
      for (int band = 0; band < Onsets.BANDS; band++) {
        assertThat((double) pulse.at(band, lag / 100.0)).as("%s, lag %d, band %d", what, lag, band)
            .isCloseTo(expected[band], within(2e-3));
      }
    }
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
