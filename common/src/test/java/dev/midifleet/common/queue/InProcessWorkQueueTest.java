package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class InProcessWorkQueueTest extends WorkQueueContract {
  private static final int CAPACITY = 2_000;

  @Override
  WorkQueue open() { return new InProcessWorkQueue(CAPACITY); }

  @Test
  void full_queue_accepts_no_more_until_something_is_taken() throws Exception {
    assertThat(queue().publish(batches(CAPACITY + 5))).hasSize(CAPACITY).doesNotContain(CAPACITY + 1L);
    assertThat(queue().room()).isZero();
    Delivery taken = take(queue().subscribe(1));
    assertThat(queue().room()).isEqualTo(1);
    taken.giveBack();
    assertThat(queue().room()).isZero();
  }

  @Test
  void capacity_below_one_is_refused() {
    assertThatThrownBy(() -> new InProcessWorkQueue(0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity is 0");
  }
}
