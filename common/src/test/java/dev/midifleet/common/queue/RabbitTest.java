package dev.midifleet.common.queue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.midifleet.common.config.Settings;
import java.util.Map;
import java.util.UUID;

/** What the tests with a real broker share. */
final class RabbitTest {
  private RabbitTest() {}

  interface Action {
    void with(Channel channel) throws Exception;
  }

  /** Settings for a virtual host, with queue names of their own and a short time for confirms. */
  static Settings settings(String vhostUri) {
    return Settings.of(Map.of("MIDIFLEET_AMQP_URI", vhostUri, "MIDIFLEET_QUEUE_PREFIX", "t" + UUID.randomUUID(),
        "MIDIFLEET_CONFIRM_TIMEOUT", "5s", "MIDIFLEET_CONFIRM_WINDOW", "500"));
  }

  static RabbitWorkQueue connect(Settings settings, UnreadableMessages unreadable) throws InterruptedException {
    RabbitWorkQueue queue = new RabbitWorkQueue(settings, "test", unreadable);
    try {
      queue.awaitConnected(WorkQueueContract.SOON);
    } catch (QueueException e) {
      queue.close();
      throw e;
    }
    return queue;
  }

  static RabbitWorkQueue connect(Settings settings) throws InterruptedException {
    return connect(settings, (queue, body, reason) -> {
      throw new AssertionError("unreadable: " + reason);
    });
  }

  /** Does something that midifleet itself never does. */
  static void directly(Settings settings, Action action) throws Exception {
    try (Connection connection = AmqpTarget.of(settings).factory().newConnection("test, directly");
        Channel channel = AmqpProblem.require(connection.createChannel())) {
      action.with(channel);
    }
  }
}
