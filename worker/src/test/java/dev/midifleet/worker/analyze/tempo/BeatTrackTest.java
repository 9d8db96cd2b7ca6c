package dev.midifleet.worker.analyze.tempo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The chain of beats, and what is told of it, on pieces whose beats are known. */
class BeatTrackTest {
  private static final int BEATS = 40;
  /** Where TempoFeatures has the onsets half a beat after one, a beat. */
  private static final int HALVES = 113;

  private final MadeScores made = new MadeScores();
  private final Onsets onsets = new Onsets();
  private final BeatTrack track = new BeatTrack();

  @Test
  void of_two_pulses_at_one_tempo_the_stronger_is_the_beat() throws FileFailure {
    for (int strong = 0; strong < 2; strong++) {
      collect(strong);
      track.track(onsets, 0.6);
      assertThat(track.length()).isGreaterThanOrEqualTo(BEATS - 1);
      for (int i = 1; i < track.length(); i++) {
        assertThat(track.onset(i) % 2).as("beat %d, onset %d", i, track.onset(i)).isEqualTo(strong);
      }
    }
  }

  @Test
  void a_beat_without_an_onset_is_counted_and_does_not_change_the_tempo() throws FileFailure {
    onsets.collect(made.score(t -> {
      for (int beat = 0; beat < BEATS; beat++) {
        if (beat % 7 != 5) {
          t.note(0, 60, 80, 600L * beat, 100);
        }
      }
    }), 0);
    track.prepare(onsets);
    track.track(onsets, 0.61);
    assertThat(track.length()).isEqualTo(onsets.size());
    assertThat(track.count(track.length() - 1)).isEqualTo(BEATS - 1);
    assertThat(track.refined(onsets, 0.61)).isCloseTo(0.6, within(1e-6));
  }

  @Test
  void onsets_half_a_beat_after_the_beats_are_counted() throws FileFailure {
    collect(0);
    var pulse = new Pulse(KernelSelector.kernels());
    pulse.correlate(onsets);
    var grid = new GridFit();
    grid.prepare(onsets);
    var describer = new TempoFeatures(onsets, pulse, grid, KernelSelector.kernels());
    describer.prepare();
    float[] features = new float[TempoFeatures.COUNT];
    track.track(onsets, 0.6);
    describer.describe(0.6, 0.6, track, features, 0);
    assertThat((double) features[HALVES]).isCloseTo((BEATS - 1.0) / BEATS, within(0.03));
  }

  @Test
  void the_chain_is_worth_as_much_as_the_best_of_a_slow_search() throws FileFailure {
    for (long seed = 1; seed <= 40; seed++) {
      var random = new Random(seed);
      onsets.collect(made.score(t -> {
        long at = 0;
        for (int i = 0; i < 150; i++) {
          at += 40 + random.nextInt(random.nextInt(8) == 0 ? 3000 : 400);
          t.note(0, 30 + random.nextInt(60), 1 + random.nextInt(127), at, 100);
        }
      }), 0);
      track.prepare(onsets);
      double period = 0.2 + 1.5 * random.nextDouble();
      track.track(onsets, period);
      assertThat(track.reward()).as("seed %d, period %s", seed, period)
          .isCloseTo(SlowBeatTrack.reward(onsets, period), within(1e-3));
    }
  }

  /** Two pulses of 100 beats a minute, one between the other's beats. */
  private void collect(int strong) throws FileFailure {
    onsets.collect(made.score(t -> {
      for (int i = 0; i < 2 * BEATS; i++) {
        t.note(0, 60, i % 2 == strong ? 120 : 20, 300L * i, 100);
      }
    }), 0);
    track.prepare(onsets);
  }
}
