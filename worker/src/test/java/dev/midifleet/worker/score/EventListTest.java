package dev.midifleet.worker.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventListTest {
  @Test
  void events_are_sorted_by_tick_and_keep_their_order_within_one() {
    Random random = new Random(3);
    EventList events = new EventList();
    for (int size : new int[]{0, 1, 2, 63, 64, 65, 1000, 5}) {
      events.reset();
      List<int[]> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int tick = random.nextInt(size / 3 + 1) * (i % 7 == 0 ? 1 : 1000);
        events.add(tick, i % 2 == 0 ? i : -i);
        expected.add(new int[]{tick, i % 2 == 0 ? i : -i});
      }
      expected.sort(Comparator.comparingInt(event -> event[0]));
      events.sort();
      assertThat(events.size()).isEqualTo(size);
      for (int i = 0; i < size; i++) {
        assertThat(new int[]{events.tick(i), events.value(i)}).isEqualTo(expected.get(i));
      }
    }
  }
}
