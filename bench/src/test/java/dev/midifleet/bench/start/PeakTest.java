package dev.midifleet.bench.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeakTest {

  @Test
  void speed_is_taken_over_four_batches_and_the_first_that_are_nearly_as_fast_as_the_best_tell_when() {
    List<double[]> batches = new ArrayList<>();
    double time = 2;
    for (int i = 0; i < 5; i++) {
      batches.add(new double[]{time += 1, 100});
    }
    for (int i = 0; i < 6; i++) {
      batches.add(new double[]{time += .5, 100});
    }
    assertThat(Peak.of(batches)).isCloseTo(200, within(1e-9));
    // Four batches of half a second each; before, one of the four took a second.
    assertThat(Peak.reached(batches, .9)).isCloseTo(9, within(1e-9));
    assertThat(Peak.reached(batches, .5)).isCloseTo(7, within(1e-9));
  }
}
