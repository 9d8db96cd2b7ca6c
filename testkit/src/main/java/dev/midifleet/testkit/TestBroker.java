package dev.midifleet.testkit;

import java.time.Duration;
import java.util.Map;

/**
 * A real RabbitMQ for tests. Which one is decided once a JVM and logged, in this order:
 *
 * <ol>
 * <li>{@code MIDIFLEET_TEST_AMQP_URI} names one (its management API is taken to be on port 15672 of the same host;
 * {@code MIDIFLEET_TEST_AMQP_MANAGEMENT} says otherwise);</li>
 * <li>Docker answers: a container of {@code MIDIFLEET_TEST_RABBITMQ_IMAGE} (default {@code rabbitmq:4-management}), which
 * is never pulled when {@code MIDIFLEET_TEST_NEVER_PULL} is {@code true};</li>
 * <li>RabbitMQ is installed: a private node of it;</li>
 * <li>Debian or Ubuntu: a private node of packages that are unpacked, not installed, into a cache folder.</li>
 * </ol>
 *
 * <p>{@code MIDIFLEET_TEST_BROKER} = {@code environment}, {@code docker}, {@code installed} or {@code unpacked} allows only
 * that way. Where no way works, the tests fail with a message that names the four; they never pass by being skipped.
 */
public interface TestBroker {

  /**
   * The broker that all tests of this JVM share; started at the first call, stopped when the JVM ends, however it ends.
   *
   * @throws IllegalStateException
   *           when there is none to be had
   */
  static TestBroker shared() { return BrokerChoice.shared(); }

  /**
   * A node of the caller's own, which may be stopped and killed. {@code MIDIFLEET_TEST_AMQP_URI} cannot give one, so the
   * ways after it are used. Takes 6 to 17 seconds.
   *
   * @throws IllegalStateException
   *           when there is none to be had
   */
  static PrivateBroker startPrivate() { return BrokerChoice.startPrivate(); }

  /** The AMQP URI, user and password included, of a new and empty virtual host. One a test class is enough. */
  String newVhostUri();

  /** Breaks all connections to the virtual host of this URI from the broker's side, as a network fault would. */
  void breakConnections(String vhostUri);

  /** How many connections there are to the virtual host of this URI. */
  int countConnections(String vhostUri);

  /**
   * How many messages each queue of the virtual host holds, those included that consumers have and did not ack. As the
   * broker's statistics say, which lag by up to {@link #statisticsLag()}; a queue without statistics yet is at -1.
   *
   * @throws IllegalStateException
   *           when the broker does not answer
   */
  Map<String, Long> queueDepths(String vhostUri);

  /** How old the numbers of {@link #queueDepths} may be. */
  Duration statisticsLag();

  /** Deletes a queue with all that is in it. */
  void deleteQueue(String vhostUri, String queue);

  /** Publishes any bytes into a queue, as a program that is not ours might. */
  void publish(String vhostUri, String queue, byte[] body);
}
