package dev.midifleet.common.queue;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Connection;
import dev.midifleet.common.config.Settings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What there is of the queues in RabbitMQ, found without changing anything.
 *
 * @param where
 *          host, port and virtual host, for people
 * @param problem
 *          why it cannot be reached; null when it can
 * @param version
 *          the broker's own word, such as {@code 3.10.8}; null when it cannot be reached
 */
public record BrokerReport(String where, @Nullable String problem, @Nullable String version, @Nullable Queue work,
    @Nullable Queue dead) {

  /**
   * A queue.
   *
   * @param problem
   *          why it cannot be used, or how it differs from what {@code init} would make; null when it is right
   * @param messages
   *          ready in it; -1 where that is not known
   */
  public record Queue(String name, @Nullable String problem, long messages, long consumers) {}

  /**
   * Looks at the broker that the settings name.
   *
   * @throws dev.midifleet.common.config.SettingException
   *           when they make no sense
   */
  public static BrokerReport of(Settings settings) {
    Topology topology = Topology.of(settings);
    AmqpTarget target = AmqpTarget.of(settings);
    try (Connection connection = target.connect("midifleet doctor")) {
      Object version = connection.getServerProperties().get("version");
      return new BrokerReport(target.display(), null, String.valueOf(version),
          queue(connection, topology.work(), topology.workArguments()),
          queue(connection, topology.dead(), topology.deadArguments()));
    } catch (IOException | TimeoutException | AlreadyClosedException e) {
      return new BrokerReport(target.display(), AmqpProblem.of(e).text(), null, null, null);
    }
  }

  private static Queue queue(Connection connection, String name, Map<String, Object> arguments)
      throws TimeoutException {
    long messages;
    long consumers;
    try (var channel = AmqpProblem.require(connection.createChannel())) {
      var there = channel.queueDeclarePassive(name);
      messages = there.getMessageCount();
      consumers = there.getConsumerCount();
    } catch (IOException e) {
      AmqpProblem problem = AmqpProblem.of(e);
      return new Queue(name, problem.code() == AmqpProblem.NOT_FOUND ? "it is not there" : problem.text(), -1, 0);
    }
    // Only now: of a queue that is there a declaration compares the arguments, and makes nothing.
    try (var channel = AmqpProblem.require(connection.createChannel())) {
      channel.queueDeclare(name, true, false, false, arguments);
      return new Queue(name, null, messages, consumers);
    } catch (IOException e) {
      return new Queue(name, AmqpProblem.of(e).text(), messages, consumers);
    }
  }
}
