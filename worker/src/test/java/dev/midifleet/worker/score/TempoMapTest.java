package dev.midifleet.worker.score;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TempoMapTest {
  private static final Offset<Double> EXACT = Offset.offset(1e-12);

  private final TempoMap map = new TempoMap();
  private final EventList events = new EventList();

  @Test
  void without_events_a_quarter_takes_half_a_second() {
    map.build(96, events);
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.secondsAt(96)).isEqualTo(0.5, EXACT);
    assertThat(map.bpm(0)).isEqualTo(120, EXACT);
  }

  @Test
  void the_last_tempo_of_a_tick_counts_and_equal_neighbours_are_one() {
    events.add(0, 1_000_000);
    events.add(0, 250_000);
    events.add(100, 250_000);
    events.add(200, 1_000_000);
    events.add(200, 250_000);
    events.add(300, 2_000_000);
    map.build(100, events);
    assertThat(map.size()).isEqualTo(2);
    assertThat(map.secondsAt(300)).isEqualTo(0.75, EXACT);
    assertThat(map.secondsAt(400)).isEqualTo(2.75, EXACT);
  }

  @Test
  void a_tick_lies_in_the_segment_that_begins_at_or_before_it() {
    for (int i = 1; i < 100; i++) {
      events.add(10 * i, 1000 + i);
    }
    map.build(100, events);
    for (int tick = 0; tick < 1100; tick++) {
      assertThat(map.segmentAt(tick)).isEqualTo(Math.min(tick / 10, 99));
      assertThat(map.segmentFrom(0, tick)).isEqualTo(map.segmentAt(tick));
      assertThat(map.secondsAt(tick + 1)).isGreaterThan(map.secondsAt(tick));
    }
  }

  @Test
  void smpte_ticks_are_parts_of_frames() {
    map.buildSmpte(25, 40);
    assertThat(map.isSmpte()).isTrue();
    assertThat(map.secondsAt(500)).isEqualTo(0.5, EXACT);
  }
}
