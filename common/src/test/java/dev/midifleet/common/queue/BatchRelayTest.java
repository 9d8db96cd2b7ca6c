package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.catalog.BatchLedger.Take;
import dev.midifleet.common.catalog.TestRows;
import dev.midifleet.common.config.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchRelayTest {
  private final TestRows rows = new TestRows();

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void what_a_dead_planner_left_is_published_by_the_next_relay() throws Exception {
    long first = rows.batch(2);
    long second = rows.batch(1);
    try (var queue = new InProcessWorkQueue(10); var relay = relay(queue)) {
      assertThat(relay.publishDue()).isEqualTo(2);

      assertThat(drain(queue)).extracting(BatchMessage::batch).containsExactlyInAnyOrder(first, second);
      assertThat(rows.number("select count(*) from batches where published_at is not null")).isEqualTo(2);
      assertThat(relay.publishDue()).isZero();
    }
  }

  @Test
  void a_claim_is_bounded_and_the_next_takes_the_rest() throws Exception {
    for (int i = 0; i < 28; i++) {
      rows.batch(1);
    }
    try (var queue = new InProcessWorkQueue(200); var relay = relay(queue)) {
      assertThat(relay.publishDue()).isEqualTo(25);
      assertThat(relay.publishDue()).isEqualTo(3);
      assertThat(relay.publishDue()).isZero();
    }
  }

  @Test
  void a_relay_that_dies_before_it_notes_the_confirm_leaves_a_double_that_is_taken_once() throws Exception {
    long batch = rows.batch(1);
    try (var queue = new InProcessWorkQueue(10); var relay = relay(queue)) {
      var claimed = rows.ledger.claimDue(1, OptionalInt.empty()).getFirst();
      queue.publish(List.of(new BatchMessage(batch, claimed.publication(), claimed.run(), claimed.attempt(),
          claimed.library(), claimed.files())));
      rows.change("update batches set due_at = now()");

      relay.publishDue();

      assertThat(drain(queue)).hasSize(2).allSatisfy(message -> {
        assertThat(message.batch()).isEqualTo(batch);
        assertThat(message.files()).hasSize(1);
        assertThat(message.library()).isEqualTo("main");
      }).extracting(BatchMessage::publication).containsExactlyInAnyOrder(1, 2);
      assertThat(take(batch, 1)).isInstanceOf(Take.Settled.class);
      assertThat(take(batch, 2)).isInstanceOf(Take.Taken.class);
    }
  }

  @Test
  void what_does_not_fit_into_the_queue_stays_due() throws Exception {
    for (int i = 0; i < 5; i++) {
      rows.batch(1);
    }
    try (var queue = new InProcessWorkQueue(3); var relay = relay(queue)) {
      assertThat(relay.publishDue()).isEqualTo(3);
      assertThat(relay.publishDue()).isZero();
      drain(queue);
      assertThat(relay.publishDue()).isEqualTo(2);
    }
  }

  @Test
  void a_closed_queue_loses_no_batch() throws Exception {
    rows.batch(1);
    var closed = new InProcessWorkQueue(3);
    closed.close();
    try (var relay = relay(closed)) {
      assertThat(relay.publishDue()).isZero();
    }
    try (var queue = new InProcessWorkQueue(3); var relay = relay(queue)) {
      assertThat(relay.publishDue()).isEqualTo(1);
    }
  }

  @Test
  void relays_at_once_publish_each_batch_once() throws Exception {
    for (int i = 0; i < 200; i++) {
      rows.batch(1);
    }
    try (var queue = new InProcessWorkQueue(1_000);
        var one = relay(queue).start();
        var two = relay(queue).start();
        var three = relay(queue).start()) {
      await().atMost(Duration.ofSeconds(30))
          .until(() -> rows.number("select count(*) from batches where published_at is null") == 0);
      assertThat(List.of(one, two, three)).hasSize(3);
      assertThat(drain(queue)).extracting(BatchMessage::batch).hasSize(200).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_nudge_publishes_before_the_interval_is_over() {
    try (var queue = new InProcessWorkQueue(10);
        var relay = new BatchRelay(rows.database, queue, rows.settings.with(Setting.RELAY_INTERVAL, "1h")).start()) {
      rows.batch(1);
      // The relay may have seen the batch by itself on its first look; the second can only come by the nudge.
      await().atMost(Duration.ofSeconds(20)).until(() -> {
        relay.nudge();
        return rows.number("select count(*) from batches where published_at is null") == 0;
      });
      rows.batch(1);
      relay.nudge();
      await().atMost(Duration.ofSeconds(20))
          .until(() -> rows.number("select count(*) from batches where published_at is null") == 0);
    }
  }

  @Test
  void a_relay_that_was_never_started_closes() {
    try (var queue = new InProcessWorkQueue(1)) {
      relay(queue).close();
    }
  }

  private BatchRelay relay(WorkQueue queue) { return new BatchRelay(rows.database, queue, rows.settings); }

  private Take take(long batch, int publication) {
    return rows.ledger.take(batch, publication, UUID.randomUUID(), 1, () -> true);
  }

  private static List<BatchMessage> drain(WorkQueue queue) throws InterruptedException {
    List<BatchMessage> messages = new ArrayList<>();
    try (var subscription = queue.subscribe(1_000)) {
      for (var next = subscription.poll(Duration.ofMillis(200)); next != null; next = subscription
          .poll(Duration.ofMillis(200))) {
        messages.add(next.message());
        next.ack();
      }
    }
    return messages;
  }
}
