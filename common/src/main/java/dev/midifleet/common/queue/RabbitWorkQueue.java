package dev.midifleet.common.queue;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@link WorkQueue} in RabbitMQ, in the queues of {@link Topology}, which it never declares. It has one connection
 * for publishing and one for each subscription, because an alarm of the broker blocks whoever publishes; each is opened
 * again for as long as the queue is open.
 */
public final class RabbitWorkQueue implements WorkQueue {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final AmqpTarget target;
  private final Topology topology;
  private final String name;
  private final UnreadableMessages unreadable;
  private final int window;
  private final Duration confirmTimeout;
  private final RabbitLink publishing;
  private final CopyOnWriteArrayList<RabbitSubscription> subscriptions = new CopyOnWriteArrayList<>();
  private volatile @Nullable RabbitPublisher publisher;
  private volatile @Nullable Connection connection;
  private volatile boolean closed;

  /**
   * Starts to connect, and returns without waiting for it.
   *
   * @param name
   *          of this process, for the broker's list of connections
   * @param unreadable
   *          where messages are recorded that cannot be read
   * @throws dev.midifleet.common.config.SettingException
   *           when the settings for RabbitMQ make no sense
   */
  public RabbitWorkQueue(Settings settings, String name, UnreadableMessages unreadable) {
    this.target = AmqpTarget.of(settings);
    this.topology = Topology.of(settings);
    this.name = name;
    this.unreadable = unreadable;
    this.window = settings.integer(Setting.CONFIRM_WINDOW);
    this.confirmTimeout = settings.duration(Setting.CONFIRM_TIMEOUT);
    this.publishing = new RabbitLink(target, name + "-publish", topology.work(), new Publishing());
    publishing.start();
  }

  private final class Publishing implements RabbitLink.User {
    @Override
    public void opened(Connection opened, long epoch) throws IOException {
      publisher = new RabbitPublisher(opened, epoch, topology.work());
      connection = opened;
    }

    @Override
    public void lost(long epoch) {
      publisher = null;
      connection = null;
    }

    @Override
    public boolean isStuck() {
      RabbitPublisher open = publisher;
      return open != null && open.isStuck(confirmTimeout);
    }
  }

  /**
   * Waits until all connections are there: for publishing, and for the subscriptions that were made before.
   *
   * @throws QueueException
   *           when they are not there in time, or for a reason that waiting does not mend: the user is refused, the
   *           virtual host or the queue is missing
   */
  public void awaitConnected(Duration timeout) throws InterruptedException {
    long limit = System.nanoTime() + timeout.toNanos();
    while (!isConnected()) {
      AmqpProblem problem = links().map(RabbitLink::problem).filter(one -> one != null).findFirst().orElse(null);
      boolean late = System.nanoTime() > limit;
      if (problem != null && (late || problem.isLasting())) throw new QueueException(problem.text());
      if (late) throw new QueueException("RabbitMQ at " + target.display() + ": no answer in " + timeout);
      Thread.sleep(LOOK);
    }
  }

  /** Why it is not connected, where waiting alone will not mend that; null where it may, or where it is. */
  public @Nullable String lastingProblem() {
    return links().map(RabbitLink::problem).filter(one -> one != null).filter(AmqpProblem::isLasting)
        .map(AmqpProblem::text).findFirst().orElse(null);
  }

  @Override
  public @Nullable String problem() {
    RabbitPublisher open = publisher;
    String blocked = open == null ? null : open.blocked();
    if (blocked != null) return "RabbitMQ at " + target.display() + " takes no messages: " + blocked;
    return links().map(RabbitLink::problem).filter(one -> one != null).map(AmqpProblem::text).findFirst().orElse(null);
  }

  @Override
  public Set<Long> publish(List<BatchMessage> messages) throws InterruptedException {
    Set<Long> accepted = new HashSet<>();
    for (int from = 0; from < messages.size(); from += window) {
      RabbitPublisher open = publisher;
      if (open == null || open.blocked() != null) break;
      List<BatchMessage> some = messages.subList(from, Math.min(messages.size(), from + window));
      RabbitPublisher.Outcome outcome = open.publish(some, confirmTimeout);
      accepted.addAll(outcome.accepted());
      if (outcome.isTimedOut() && open.blocked() == null) {
        publishing.end(open.epoch(), "confirmed too little within " + confirmTimeout);
      }
      if (outcome.isReturned()) {
        // The next connection will find it missing, and say so for as long as it is.
        publishing.end(open.epoch(), "it returned messages: there is no queue " + topology.work());
      }
      if (!outcome.isComplete()) break;
    }
    return accepted;
  }

  @Override
  public Subscription subscribe(int prefetch) { return subscribe("-consume", topology.work(), prefetch); }

  @Override
  public Subscription subscribeDead() { return subscribe("-dead", topology.dead(), 1); }

  private Subscription subscribe(String use, String from, int prefetch) {
    if (closed) throw new IllegalStateException("the queue is closed");
    var subscription = new RabbitSubscription(target, name + use, from, prefetch, unreadable);
    subscriptions.add(subscription);
    subscription.link().start();
    return subscription;
  }

  /** None while an alarm of the broker keeps it from taking messages. */
  @Override
  public int room() {
    RabbitPublisher open = publisher;
    return open == null || open.blocked() != null ? 0 : Integer.MAX_VALUE;
  }

  @Override
  public boolean isConnected() { return !closed && links().allMatch(RabbitLink::isConnected); }

  @Override
  public QueueDepth depth() {
    Connection open = connection;
    if (open == null) {
      String problem = problem();
      throw new QueueException(problem == null ? "not connected to RabbitMQ at " + target.display() : problem);
    }
    try (Channel channel = AmqpProblem.require(open.createChannel())) {
      var work = channel.queueDeclarePassive(topology.work());
      var dead = channel.queueDeclarePassive(topology.dead());
      return new QueueDepth(work.getMessageCount(), dead.getMessageCount(), work.getConsumerCount());
    } catch (IOException | TimeoutException | AlreadyClosedException e) {
      throw new QueueException(AmqpProblem.of(e, target, topology.work()).text());
    }
  }

  @Override
  public void close() {
    closed = true;
    subscriptions.forEach(subscription -> subscription.link().close());
    publishing.close();
  }

  private Stream<RabbitLink> links() {
    return Stream.concat(Stream.of(publishing), subscriptions.stream().map(RabbitSubscription::link));
  }
}
