package dev.midifleet.common.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestBroker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RabbitWorkQueueTest extends WorkQueueContract {
  private static String vhost = "";

  private @Nullable Settings current;

  @BeforeAll
  static void newVhost() { vhost = TestBroker.shared().newVhostUri(); }

  @Override
  WorkQueue open() throws InterruptedException {
    current = RabbitTest.settings(vhost);
    Topology.of(settings()).declare(settings());
    return RabbitTest.connect(settings());
  }

  private Settings settings() { return Objects.requireNonNull(current); }

  private Topology topology() { return Topology.of(settings()); }

  private void send(String body) throws Exception { send(body.getBytes(UTF_8)); }

  private void send(byte[] body) throws Exception {
    RabbitTest.directly(settings(), channel -> {
      channel.confirmSelect();
      channel.basicPublish("", topology().work(), new BasicProperties(), body);
      channel.waitForConfirmsOrDie(60_000);
    });
  }

  @Test
  void message_has_the_documented_properties() throws Exception {
    queue().publish(List.of(batch(4711)));
    RabbitTest.directly(settings(), channel -> {
      GetResponse message = channel.basicGet(topology().work(), true);
      assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
      assertThat(message.getProps().getContentType()).isEqualTo("application/json");
      assertThat(message.getProps().getType()).isEqualTo("midifleet.batch.v1");
      assertThat(message.getProps().getMessageId()).isEqualTo("4711");
      assertThat(BatchMessages.read(message.getBody())).isEqualTo(batch(4711));
    });
  }

  @Test
  void what_was_delivered_too_often_comes_to_who_drains() throws Exception {
    queue().publish(List.of(batch(4711)));
    RabbitTest.directly(settings(), channel -> {
      GetResponse message = channel.basicGet(topology().work(), false);
      while (message != null) {
        channel.basicNack(message.getEnvelope().getDeliveryTag(), false, true);
        message = channel.basicGet(topology().work(), false);
      }
    });
    try (var dead = queue().subscribeDead()) {
      Delivery delivery = Objects.requireNonNull(dead.poll(Duration.ofSeconds(20)));
      assertThat(delivery.message()).isEqualTo(batch(4711));
      delivery.ack();
      await().until(() -> queue().depth().dead() == 0);
    }
  }

  @Test
  void message_that_the_broker_can_put_nowhere_is_not_published() throws Exception {
    RabbitTest.directly(settings(), channel -> channel.queueDelete(topology().work()));
    assertThat(queue().publish(batches(3))).isEmpty();
    await().atMost(SOON)
        .until(() -> String.valueOf(((RabbitWorkQueue) queue()).problem()).contains("`midifleet init`"));
    topology().declare(settings());
    await().atMost(SOON).until(queue()::isConnected);
    assertThat(queue().publish(batches(3))).hasSize(3);
  }

  @Test
  void missing_queue_is_a_clear_error_and_a_declared_one_is_found() throws Exception {
    Settings other = RabbitTest.settings(vhost);
    try (var waiting = new RabbitWorkQueue(other, "test", (queue, body, reason) -> {})) {
      assertThatThrownBy(() -> waiting.awaitConnected(SOON)).isInstanceOf(QueueException.class)
          .hasMessageContaining("there is no queue " + Topology.of(other).work() + "; run `midifleet init`");
      assertThat(waiting.publish(batches(1))).isEmpty();
      assertThat(waiting.problem()).contains("run `midifleet init`");
      Topology.of(other).declare(other);
      await().atMost(SOON).until(waiting::isConnected);
      assertThat(waiting.problem()).isNull();
      assertThat(waiting.publish(batches(1))).hasSize(1);
    }
  }

  @Test
  void consumer_of_a_deleted_queue_comes_back_when_it_is_declared_again() throws Exception {
    var subscription = queue().subscribe(2);
    await().atMost(SOON).until(queue()::isConnected);
    RabbitTest.directly(settings(), channel -> channel.queueDelete(topology().work()));
    await().atMost(SOON).until(() -> !queue().isConnected());
    topology().declare(settings());
    await().atMost(SOON).until(queue()::isConnected);
    assertThat(queue().publish(batches(2))).hasSize(2);
    assertThat(takeAndAckAll(subscription, 2)).hasSize(2);
  }

  @Test
  void refused_user_is_a_clear_error_without_the_password() {
    String wrong = vhost.replaceFirst(":[^:@]+@", ":no-such-password@");
    Settings settings = RabbitTest.settings(wrong);
    assertThatThrownBy(() -> RabbitTest.connect(settings)).isInstanceOf(QueueException.class)
        .hasMessageContaining("refused").hasMessageNotContaining("no-such-password");
    assertThatThrownBy(() -> Topology.of(settings).declare(settings)).isInstanceOf(QueueException.class)
        .hasMessageContaining("refused").hasMessageNotContaining("no-such-password");
  }

  @Test
  void password_is_in_no_log_line() throws Exception {
    String wrong = vhost.replaceFirst(":[^:@]+@", ":no-such-password@");
    String right = vhost.substring(vhost.lastIndexOf(':', vhost.indexOf('@')) + 1, vhost.indexOf('@'));
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("dev.midifleet");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    root.addAppender(lines);
    root.setLevel(Level.DEBUG);
    ours.setLevel(Level.TRACE);
    try (var refused = new RabbitWorkQueue(RabbitTest.settings(wrong), "test", (queue, body, reason) -> {})) {
      await().atMost(SOON).until(() -> refused.problem() != null);
      RabbitTest.connect(settings()).close();
    } finally {
      root.setLevel(Level.WARN);
      ours.setLevel(Level.INFO);
      root.detachAppender(lines);
    }
    assertThat(List.copyOf(lines.list)).map(RabbitWorkQueueTest::withThrowable)
        .anyMatch(line -> line.contains("refused"))
        .noneMatch(line -> line.contains("no-such-password") || line.contains(right));
  }

  private static String withThrowable(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    return event.getFormattedMessage() + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown));
  }

  @Test
  void missing_virtual_host_is_a_clear_error() {
    assertThatThrownBy(() -> RabbitTest.connect(RabbitTest.settings(vhost + "-not"))).isInstanceOf(
        QueueException.class).hasMessageContaining("-not");
  }

  @Test
  void delivery_of_a_broken_connection_is_not_acked_and_comes_again() throws Exception {
    queue().publish(batches(2));
    var subscription = queue().subscribe(2);
    Delivery held = take(subscription);
    // The other one waits in the buffer, and is void too.
    await().atMost(SOON).until(() -> queue().depth().ready() == 0);
    await().atMost(SOON).until(() -> TestBroker.shared().countConnections(vhost) >= 2);
    TestBroker.shared().breakConnections(vhost);
    await().atMost(SOON).until(() -> !queue().isConnected());
    await().atMost(SOON).until(queue()::isConnected);
    assertThat(held.ack()).isFalse();
    assertThat(takeAndAckAll(subscription, 2)).contains(held.message().batch());
  }

  @Test
  void publisher_comes_back_after_a_broken_connection() throws Exception {
    assertThat(queue().publish(batches(1))).hasSize(1);
    await().atMost(SOON).until(() -> TestBroker.shared().countConnections(vhost) >= 1);
    TestBroker.shared().breakConnections(vhost);
    await().atMost(SOON).until(() -> !queue().isConnected());
    assertThat(queue().publish(batches(1))).isEmpty();
    await().atMost(SOON).until(queue()::isConnected);
    assertThat(queue().publish(batches(1))).hasSize(1);
  }

  @Test
  void no_more_than_the_prefetch_leaves_the_broker() throws Exception {
    queue().publish(batches(20));
    queue().subscribe(3);
    await().atMost(SOON).until(() -> queue().depth().ready() == 17);
    Thread.sleep(A_MOMENT);
    assertThat(queue().depth().ready()).isEqualTo(17);
  }

  @Test
  void unreadable_message_is_recorded_then_acked_and_the_rest_goes_on() throws Exception {
    Queue<String> recorded = new ConcurrentLinkedQueue<>();
    AtomicInteger calls = new AtomicInteger();
    try (var reading = RabbitTest.connect(settings(), (queue, body, reason) -> {
      if (calls.getAndIncrement() == 0) throw new IllegalStateException("the database is away");
      recorded.add(queue + ": " + new String(body, UTF_8) + ": " + reason);
    })) {
      send("no batch");
      queue().publish(batches(1));
      var subscription = reading.subscribe(2);
      assertThat(takeAndAckAll(subscription, 1)).containsExactly(1L);
      await().atMost(SOON).until(() -> !recorded.isEmpty());
      assertThat(recorded).containsExactly(topology().work()
          + ": no batch: not JSON: Unrecognized token 'no': was expecting (JSON String, Number, Array, Object or token "
          + "'null', 'true' or 'false')");
    }
    // What was not acked would be ready again after the connection is gone.
    Thread.sleep(A_MOMENT);
    assertThat(queue().depth().ready()).isZero();
    assertThat(calls).hasValue(2);
  }

  /** RabbitMQ before 4.0 lets 128 MiB through, and the client, left to itself, closes its connection above 64 MiB. */
  @Test
  void message_with_too_many_files_and_one_of_many_megabytes_are_recorded_and_acked() throws Exception {
    String version = String.valueOf(BrokerReport.of(settings()).version());
    int megabytes = version.startsWith("3.") ? 70 : 15;
    Queue<String> recorded = new ConcurrentLinkedQueue<>();
    try (var reading = RabbitTest.connect(settings(),
        (queue, body, reason) -> recorded.add(body.length + " bytes of: " + reason))) {
      send(new String(BatchMessages.write(batch(1)), UTF_8).replaceFirst("\\[.*]",
          Collections.nCopies(501, 1L).toString()));
      send(new byte[megabytes * 1024 * 1024]);
      queue().publish(batches(1));
      var subscription = reading.subscribe(1);
      assertThat(takeAndAckAll(subscription, 1)).containsExactly(1L);
      await().atMost(SOON).until(() -> recorded.size() == 2);
      assertThat(recorded).element(0).asString().endsWith(" bytes of: 501 files; 1 to 500 are wanted");
      assertThat(recorded).element(1).asString().isEqualTo("65536 bytes of: " + megabytes * 1024 * 1024
          + " bytes; a message has at most 65536");
    }
    // What was not acked would be ready again after the connection is gone.
    Thread.sleep(A_MOMENT);
    assertThat(queue().depth().ready()).isZero();
  }

  @Test
  void unreadable_message_that_cannot_be_recorded_stays_in_the_queue() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var reading = RabbitTest.connect(settings(), (queue, body, reason) -> {
      calls.incrementAndGet();
      throw new IllegalStateException("the database is away");
    })) {
      send("{}");
      reading.subscribe(1);
      await().atMost(SOON).until(() -> calls.get() > 0);
    }
    await().atMost(SOON).until(() -> queue().depth().ready() == 1);
  }

  @Test
  void message_that_is_rejected_for_good_goes_to_the_dead_queue() throws Exception {
    queue().publish(batches(1));
    RabbitTest.directly(settings(), channel -> {
      GetResponse message = channel.basicGet(topology().work(), false);
      channel.basicReject(message.getEnvelope().getDeliveryTag(), false);
    });
    await().atMost(SOON).until(() -> queue().depth().equals(new QueueDepth(0, 1, 0)));
  }

  @Test
  void topology_may_be_declared_again() { assertThat(topology().declare(settings())).contains("virtual host test-"); }

  @Test
  void queues_have_the_documented_arguments() throws Exception {
    RabbitTest.directly(settings(), channel -> {
      channel.queueDeclare(topology().work(), true, false, false,
          Map.of("x-queue-type", "quorum", "x-delivery-limit", 20, "x-dead-letter-exchange", "",
              "x-dead-letter-routing-key", topology().dead(), "x-dead-letter-strategy", "at-least-once", "x-overflow",
              "reject-publish"));
      channel.queueDeclare(topology().dead(), true, false, false,
          Map.of("x-queue-type", "quorum", "x-delivery-limit", 1_000_000));
    });
  }

  @Test
  void queue_with_other_arguments_is_a_clear_error() throws Exception {
    Settings other = RabbitTest.settings(vhost);
    RabbitTest.directly(other,
        channel -> channel.queueDeclare(Topology.of(other).work(), true, false, false,
            Map.of("x-queue-type", "classic")));
    assertThatThrownBy(() -> Topology.of(other).declare(other)).isInstanceOf(QueueException.class)
        .hasMessageStartingWith("the queue " + Topology.of(other).work() + " exists with other arguments")
        .hasMessageContaining("MIDIFLEET_QUEUE_PREFIX");
  }

  @Test
  void queue_with_another_delivery_limit_is_a_clear_error() throws Exception {
    Settings other = RabbitTest.settings(vhost);
    RabbitTest.directly(other, channel -> channel.queueDeclare(Topology.of(other).dead(), true, false, false,
        Map.of("x-queue-type", "quorum", "x-delivery-limit", 3)));
    assertThatThrownBy(() -> Topology.of(other).declare(other)).isInstanceOf(QueueException.class)
        .hasMessageContaining("x-delivery-limit");
  }
}
