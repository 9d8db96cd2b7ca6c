package dev.midifleet.common.queue;

import static dev.midifleet.common.queue.WorkQueueContract.SOON;
import static dev.midifleet.common.queue.WorkQueueContract.batches;
import static dev.midifleet.common.queue.WorkQueueContract.take;
import static dev.midifleet.common.queue.WorkQueueContract.takeAndAckAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.PrivateBroker;
import dev.midifleet.testkit.TestBroker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only a broker that dies or refuses can show. */
class RabbitFailureTest {
  private static @Nullable PrivateBroker started;

  @BeforeAll
  static void startBroker() { started = TestBroker.startPrivate(); }

  @AfterAll
  static void closeBroker() { broker().close(); }

  private static PrivateBroker broker() { return Objects.requireNonNull(started); }

  private static Settings declared() {
    broker().start();
    Settings settings = RabbitTest.settings(broker().newVhostUri());
    Topology.of(settings).declare(settings);
    return settings;
  }

  /**
   * RabbitMQ 3.10 writes down a new queue's name with a delay: killed within a second, it finds the queue again but not
   * what was in it, confirmed or not.
   */
  private static Settings declaredForGood() throws InterruptedException {
    Settings settings = declared();
    Thread.sleep(3_000);
    return settings;
  }

  @Test
  void killed_broker_loses_neither_what_it_confirmed_nor_what_was_held() throws Exception {
    try (var queue = RabbitTest.connect(declaredForGood())) {
      assertThat(queue.publish(batches(50))).hasSize(50);
      var subscription = queue.subscribe(1);
      Delivery held = take(subscription);
      broker().kill();
      await().atMost(SOON).until(() -> !queue.isConnected());
      assertThat(held.ack()).isFalse();
      assertThat(queue.publish(batches(1))).isEmpty();
      assertThat(queue.room()).isZero();
      assertThat(queue.problem()).contains("RabbitMQ at 127.0.0.1:");
      broker().start();
      await().atMost(SOON).until(queue::isConnected);
      assertThat(takeAndAckAll(subscription, 50)).contains(held.message().batch());
      await().atMost(SOON).until(() -> queue.publish(batches(1)).size() == 1);
    }
  }

  @Test
  @Tag("long")
  void queue_that_is_opened_before_the_broker_is_there_connects_later() throws Exception {
    Settings settings = declared();
    broker().stop();
    try (var queue = new RabbitWorkQueue(settings, "test", (name, body, reason) -> {})) {
      var subscription = queue.subscribe(2);
      await().atMost(SOON).until(() -> queue.problem() != null);
      assertThat(queue.problem()).contains("nothing listens there");
      broker().start();
      await().atMost(SOON).until(queue::isConnected);
      await().atMost(SOON).until(() -> queue.publish(batches(1)).size() == 1);
      assertThat(takeAndAckAll(subscription, 1)).containsExactly(1L);
    }
  }

  @Test
  void alarm_blocks_publishing_only() throws Exception {
    try (var queue = RabbitTest.connect(declared())) {
      assertThat(queue.publish(batches(3))).hasSize(3);
      broker().setMemoryAlarm(true);
      // The broker blocks a connection when it publishes; the first try waits for its confirm in vain.
      assertThat(queue.publish(batches(1))).isEmpty();
      assertThat(queue.room()).isZero();
      assertThat(queue.problem()).contains("takes no messages");
      assertThat(takeAndAckAll(queue.subscribe(2), 3)).hasSize(3);
      broker().setMemoryAlarm(false);
      await().atMost(SOON).until(() -> queue.room() > 0);
      assertThat(queue.publish(batches(2))).hasSize(2);
    } finally {
      broker().setMemoryAlarm(false);
    }
  }
}
