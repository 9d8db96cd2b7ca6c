package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link WorkQueue} promises. */
abstract class WorkQueueContract {
  static final Duration SOON = Duration.ofSeconds(30);
  static final Duration A_MOMENT = Duration.ofMillis(300);
  static final UUID RUN = UUID.fromString("7b0d5f0a-3c8e-4a53-9d3b-6f7f9f6f0a11");

  private @Nullable WorkQueue opened;

  /** A queue that is empty and connected. */
  abstract WorkQueue open() throws Exception;

  @BeforeEach
  void openQueue() throws Exception { opened = open(); }

  @AfterEach
  void closeQueue() { queue().close(); }

  WorkQueue queue() { return Objects.requireNonNull(opened); }

  static BatchMessage batch(long id) { return new BatchMessage(id, 1, RUN, 1, "main", List.of(id * 10, id * 10 + 1)); }

  static List<BatchMessage> batches(long count) {
    return LongStream.rangeClosed(1, count).mapToObj(
        WorkQueueContract::batch).toList();
  }

  static Delivery take(WorkQueue.Subscription subscription) throws InterruptedException {
    Delivery delivery = subscription.poll(SOON);
    assertThat(delivery).as("a delivery within " + SOON).isNotNull();
    return Objects.requireNonNull(delivery);
  }

  static Set<Long> takeAndAckAll(WorkQueue.Subscription subscription, int count) throws InterruptedException {
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      Delivery delivery = take(subscription);
      assertThat(seen.add(delivery.message().batch())).as("batch %s comes once", delivery.message().batch()).isTrue();
      assertThat(delivery.ack()).isTrue();
    }
    assertThat(subscription.poll(A_MOMENT)).isNull();
    return seen;
  }

  @Test
  void message_arrives_as_it_was_published() throws Exception {
    List<Long> files = LongStream.range(0, BatchMessage.FILES_MAX).map(i -> Long.MAX_VALUE - i).boxed().toList();
    BatchMessage message = new BatchMessage(Long.MAX_VALUE, 7, RUN, 3, "Bücher/日本", files);
    assertThat(queue().publish(List.of(message))).containsExactly(Long.MAX_VALUE);
    Delivery delivery = take(queue().subscribe(1));
    assertThat(delivery.message()).isEqualTo(message);
    assertThat(delivery.ack()).isTrue();
  }

  @Test
  void publishing_nothing_is_fine() throws Exception { assertThat(queue().publish(List.of())).isEmpty(); }

  @Test
  void poll_of_an_empty_queue_waits_and_gives_null() throws Exception {
    var subscription = queue().subscribe(2);
    long start = System.nanoTime();
    assertThat(subscription.poll(A_MOMENT)).isNull();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(A_MOMENT);
  }

  @Test
  void more_than_a_confirm_window_is_accepted_in_one_call() throws Exception {
    assertThat(queue().publish(batches(1_250))).hasSize(1_250);
    assertThat(takeAndAckAll(queue().subscribe(50), 1_250)).hasSize(1_250);
  }

  @Test
  void batch_that_is_given_back_comes_again() throws Exception {
    queue().publish(List.of(batch(1)));
    var subscription = queue().subscribe(1);
    take(subscription).giveBack();
    Delivery again = take(subscription);
    assertThat(again.message()).isEqualTo(batch(1));
    assertThat(again.ack()).isTrue();
    assertThat(subscription.poll(A_MOMENT)).isNull();
  }

  @Test
  void no_more_than_the_prefetch_is_held() throws Exception {
    queue().publish(batches(6));
    var subscription = queue().subscribe(3);
    Delivery first = take(subscription);
    take(subscription);
    take(subscription);
    assertThat(subscription.poll(A_MOMENT)).isNull();
    assertThat(first.ack()).isTrue();
    take(subscription);
    assertThat(subscription.poll(A_MOMENT)).isNull();
  }

  @Test
  void prefetch_below_one_is_refused() {
    assertThatThrownBy(() -> queue().subscribe(0)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prefetch is 0");
  }

  @Test
  void paused_subscription_takes_no_more_and_can_still_ack() throws Exception {
    queue().publish(batches(9));
    var subscription = queue().subscribe(4);
    List<Delivery> held = new ArrayList<>();
    held.add(take(subscription));
    subscription.pause();
    for (Delivery each = subscription.poll(A_MOMENT); each != null; each = subscription.poll(A_MOMENT)) {
      held.add(each);
    }
    assertThat(held).hasSizeLessThanOrEqualTo(4);
    int left = 9 - held.size();
    await().atMost(SOON).until(() -> queue().depth().ready() == left);
    assertThat(held).allMatch(Delivery::ack);
    assertThat(subscription.poll(A_MOMENT)).isNull();
    assertThat(queue().depth().ready()).isEqualTo(left);
    subscription.pause();
    subscription.resume();
    assertThat(takeAndAckAll(subscription, left)).hasSize(left);
  }

  @Test
  void pausing_again_and_again_burns_no_deliveries() throws Exception {
    queue().publish(batches(5));
    var subscription = queue().subscribe(4);
    Delivery held = take(subscription);
    for (int i = 0; i < 25; i++) {
      subscription.pause();
      subscription.resume();
    }
    assertThat(held.ack()).isTrue();
    assertThat(takeAndAckAll(subscription, 4)).hasSize(4);
  }

  @Test
  void closed_subscription_leaves_the_rest_to_others() throws Exception {
    queue().publish(batches(5));
    var leaving = queue().subscribe(4);
    Delivery held = take(leaving);
    leaving.close();
    assertThatThrownBy(leaving::resume).isInstanceOf(IllegalStateException.class);
    assertThat(takeAndAckAll(queue().subscribe(4), 4)).hasSize(4).doesNotContain(held.message().batch());
    assertThat(held.ack()).isTrue();
  }

  @Test
  void each_batch_goes_to_one_of_several_subscriptions() throws Exception {
    queue().publish(batches(20));
    var one = queue().subscribe(2);
    var two = queue().subscribe(2);
    Set<Long> seen = new HashSet<>();
    int turns = 0;
    while (seen.size() < 20 && turns++ < 1_000) {
      for (var subscription : List.of(one, two)) {
        Delivery delivery = subscription.poll(Duration.ofMillis(20));
        if (delivery == null) continue;
        assertThat(seen.add(delivery.message().batch())).isTrue();
        assertThat(delivery.ack()).isTrue();
      }
    }
    assertThat(seen).hasSize(20);
    assertThat(one.poll(A_MOMENT)).isNull();
    assertThat(two.poll(A_MOMENT)).isNull();
  }

  @Test
  void second_word_on_a_delivery_is_a_fault() throws Exception {
    queue().publish(batches(2));
    var subscription = queue().subscribe(2);
    Delivery acked = take(subscription);
    Delivery returned = take(subscription);
    acked.ack();
    returned.giveBack();
    assertThatThrownBy(acked::giveBack).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(returned::ack).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void several_publishers_at_once_lose_nothing() throws Exception {
    List<Callable<Set<Long>>> publishers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long base = i * 1_000L;
      publishers.add(
          () -> queue().publish(LongStream.rangeClosed(1, 300).mapToObj(id -> batch(base + id)).toList()));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var accepted : threads.invokeAll(publishers)) {
        assertThat(accepted.get()).hasSize(300);
      }
    }
    assertThat(takeAndAckAll(queue().subscribe(20), 1_200)).hasSize(1_200);
  }

  @Test
  void depth_counts_what_waits_and_who_takes() throws Exception {
    assertThat(queue().depth()).isEqualTo(new QueueDepth(0, 0, 0));
    queue().publish(batches(10));
    await().atMost(SOON).until(() -> queue().depth().ready() == 10);
    var subscription = queue().subscribe(1);
    Delivery held = take(subscription);
    await().atMost(SOON).until(() -> queue().depth().equals(new QueueDepth(9, 0, 1)));
    subscription.close();
    held.giveBack();
    await().atMost(SOON).until(() -> queue().depth().equals(new QueueDepth(10, 0, 0)));
  }

  @Test
  void closed_queue_accepts_nothing_and_says_so() throws Exception {
    queue().publish(batches(1));
    var subscription = queue().subscribe(1);
    Delivery held = take(subscription);
    await().atMost(SOON).until(() -> queue().isConnected());
    assertThat(queue().room()).isPositive();
    queue().close();
    assertThat(held.ack()).isFalse();
    assertThat(queue().publish(batches(1))).isEmpty();
    assertThat(queue().isConnected()).isFalse();
    assertThat(queue().room()).isZero();
    assertThat(subscription.poll(SOON)).isNull();
    assertThatThrownBy(() -> queue().subscribe(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void poll_that_waits_ends_when_the_queue_is_closed() throws Exception {
    var subscription = queue().subscribe(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = threads.submit(() -> subscription.poll(Duration.ofMinutes(10)));
      Thread.sleep(A_MOMENT);
      queue().close();
      assertThat(waiting.get()).isNull();
    }
  }
}
