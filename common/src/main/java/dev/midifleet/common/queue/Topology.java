package dev.midifleet.common.queue;

import com.rabbitmq.client.Connection;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * The queues in RabbitMQ. Only {@code midifleet init} declares them; valid from RabbitMQ 3.10 to 4.x.
 *
 * <p>Both are quorum queues: they survive a broker's end. The limits on deliveries only keep a message from going round
 * for ever; what decides about a batch are the counts in its row. -1 for "no limit" would destroy messages on 3.10.
 *
 * @param work
 *          name of the queue of batches
 * @param dead
 *          name of the queue for what the broker gave up on
 */
public record Topology(String work, String dead) {
  private static final int WORK_DELIVERY_LIMIT = 20;
  private static final int DEAD_DELIVERY_LIMIT = 1_000_000;

  /** The names that the settings give. */
  public static Topology of(Settings settings) {
    String prefix = settings.text(Setting.QUEUE_PREFIX);
    return new Topology(prefix + ".work", prefix + ".dead");
  }

  /**
   * Creates what is not there. Doing it again changes nothing.
   *
   * @return host, port and virtual host, for people
   * @throws QueueException
   *           when the broker cannot be reached, or has such a queue with other arguments
   */
  public String declare(Settings settings) {
    AmqpTarget target = AmqpTarget.of(settings);
    try (Connection connection = target.connect("midifleet init")) {
      declare(connection, dead, deadArguments());
      declare(connection, work, workArguments());
    } catch (IOException | TimeoutException e) {
      throw new QueueException(AmqpProblem.of(e, target, null).text());
    }
    return target.display();
  }

  /** The arguments of {@link #work()}: {@code at-least-once} needs {@code reject-publish}. */
  Map<String, Object> workArguments() {
    return Map.of("x-queue-type", "quorum", "x-delivery-limit", WORK_DELIVERY_LIMIT, "x-dead-letter-exchange", "",
        "x-dead-letter-routing-key", dead, "x-dead-letter-strategy", "at-least-once", "x-overflow", "reject-publish");
  }

  Map<String, Object> deadArguments() {
    return Map.of("x-queue-type", "quorum", "x-delivery-limit", DEAD_DELIVERY_LIMIT);
  }

  private static void declare(Connection connection, String queue, Map<String, Object> arguments)
      throws IOException, TimeoutException {
    try (var channel = AmqpProblem.require(connection.createChannel())) {
      try {
        channel.queueDeclare(queue, true, false, false, arguments);
      } catch (IOException e) {
        AmqpProblem problem = AmqpProblem.of(e);
        if (problem.code() != AmqpProblem.PRECONDITION_FAILED) throw e;
        throw new QueueException("the queue " + queue + " exists with other arguments than midifleet needs ("
            + problem.text() + "); let the workers empty it, delete it and run `midifleet init` again, or set "
            + Setting.QUEUE_PREFIX.variable() + " to another name");
      }
    }
  }
}
