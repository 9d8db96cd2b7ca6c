package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void waits_double_up_to_the_longest_and_begin_again_after_a_reset() {
    var backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(450));
    for (int round = 0; round < 2; round++) {
      for (int step : new int[]{100, 200, 400, 450, 450}) {
        assertThat(backoff.next()).isBetween(Duration.ofMillis(step / 2), Duration.ofMillis(step));
      }
      backoff.reset();
    }
  }

  @Test
  void waits_of_many_differ() {
    Set<Duration> waits = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      waits.add(new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(10)).next());
    }
    assertThat(waits).hasSizeGreaterThan(50);
  }
}
