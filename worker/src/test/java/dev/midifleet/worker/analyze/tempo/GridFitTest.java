package dev.midifleet.worker.analyze.tempo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.midifleet.common.failure.FileFailure;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** How onsets lie in grids. */
class GridFitTest {
  private static final double[][] PLACES = {{0, 0.5, 0.25, 0.75}, {0, 1 / 3.0, 2 / 3.0}};
  private static final double[][] SHARES = {{0.4, 0.25, 0.175, 0.175}, {0.45, 0.2, 0.35}};

  private final MadeScores made = new MadeScores();
  private final Onsets onsets = new Onsets();
  private final GridFit grid = new GridFit();

  @Test
  void the_fit_is_that_of_a_slow_mixture_over_many_beats() throws FileFailure {
    for (long seed = 1; seed <= 20; seed++) {
      var random = new Random(seed);
      prepare(10 + random.nextInt(30), () -> random.nextInt(7_000));
      for (double period = 0.2; period < 2; period += 0.13) {
        double origin = random.nextDouble();
        double[] fits = new double[GridFit.KINDS];
        grid.fit(period, origin, fits);
        for (int kind = 0; kind < GridFit.KINDS; kind++) {
          assertThat(fits[kind]).as("seed %d period %f kind %d", seed, period, kind)
              .isCloseTo(slow(kind, period, origin), within(0.02));
        }
      }
    }
  }

  private double slow(int kind, double period, double origin) {
    double sum = 0;
    for (int i = 0; i < onsets.size(); i++) {
      double density = 0;
      for (int beat = -12; beat < 60; beat++) {
        for (int place = 0; place < PLACES[kind].length; place++) {
          double deviations = (onsets.time(i) - origin - (beat + PLACES[kind][place]) * period) / 0.03;
          density += SHARES[kind][place] * Math.exp(-deviations * deviations / 2) / 0.03 / Math.sqrt(2 * Math.PI);
        }
      }
      sum += Math.log(0.1 + 0.9 * density * period);
    }
    return sum / onsets.size();
  }

  @Test
  void notes_in_a_grid_fit_it_better_than_any_other_of_about_its_tempo() throws FileFailure {
    for (int period = 500; period <= 900; period += 100) {
      int of = period;
      int[] at = {0};
      prepare(16, () -> at[0]++ * of / 4);
      double evidence = grid.evidence(of / 1000.0);
      assertThat(evidence).isGreaterThan(4);
      for (double factor : new double[]{0.7, 0.8, 0.9, 0.95, 1.05, 1.1, 1.2, 1.4}) {
        assertThat(grid.evidence(of * factor / 1000)).as(of + " ms, " + factor).isLessThan(evidence);
      }
    }
  }

  @Test
  void many_onsets_and_late_ones_stay_within_bounds() throws FileFailure {
    int[] at = {0};
    prepare(1000, () -> 900_000 + 40 * at[0]++);
    for (double period = 0.176; period < 2.5; period *= 1.01) {
      assertThat(grid.evidence(period)).isBetween(-200.0, 300.0);
    }
  }

  private void prepare(int notes, IntSupplier milliseconds) throws FileFailure {
    onsets.collect(made.score(t -> {
      for (int i = 0; i < notes; i++) {
        t.note(9, 38, 80, milliseconds.getAsInt(), 20);
      }
    }), 0);
    grid.prepare(onsets);
  }
}
