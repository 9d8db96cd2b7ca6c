package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
  void batch_that_is_given_back_waits_behind_the_others() throws Exception {
    queue().publish(batches(2));
    var subscription = queue().subscribe(1);
    take(subscription).giveBack();
    assertThat(take(subscription).message()).isEqualTo(batch(2));
  }

  @Test
  void poll_that_waits_ends_when_its_subscription_is_closed() throws Exception {
    var subscription = queue().subscribe(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> subscription.poll(Duration.ofMinutes(10)));
      Thread.sleep(A_MOMENT);
      subscription.close();
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void capacity_below_one_is_refused() {
    assertThatThrownBy(() -> new InProcessWorkQueue(0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity is 0");
  }
}
