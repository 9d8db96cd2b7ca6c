package dev.midifleet.common.queue;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is kept open: a supervisor opens it again, with jittered waits, for as long as it is wanted. Each
 * connection is an epoch of its own; what belongs to an older one is void. The client's own recovery is off, because it
 * can report confirms for publishes that never arrived.
 */
final class RabbitLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitLink.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final int RPC_MILLIS = 10_000;
  /** How often a stuck write is looked for. */
  private static final long WATCH_MILLIS = 1_000;

  private final AmqpTarget target;
  private final String name;
  private final String queue;
  private final User user;
  private final ConnectionFactory factory;
  private final ExecutorService callbacks;
  private final Thread supervisor;
  private final Semaphore wake = new Semaphore(0);

  private long epochs;
  private volatile long current;
  private volatile boolean ready;
  private volatile boolean closed;
  private volatile @Nullable Socket socket;
  private volatile @Nullable AmqpProblem problem;
  private volatile @Nullable Ending ending;

  /** What a connection is used for. All calls come from the supervisor's thread. */
  interface User {
    /** Opens channels. What it throws ends this connection, and another is tried later. */
    void opened(Connection connection, long epoch) throws IOException;

    /** The epoch is over; its channels are dead. */
    void lost(long epoch);

    /** Whether a write has hung for so long that the socket must be closed under it. */
    default boolean isStuck() {
      return false;
    }
  }

  /** The end of one epoch, and why it was brought about. */
  private record Ending(long epoch, CountDownLatch latch) {}

  /**
   * @param name
   *          of the connection, as the broker's tools show it
   * @param queue
   *          that the user will open, for messages
   */
  RabbitLink(AmqpTarget target, String name, String queue, User user) {
    this.target = target;
    this.name = name;
    this.queue = queue;
    this.user = user;
    this.factory = target.factory().clone();
    // A quorum queue without a leader does not answer a consume; asking again later is quicker than waiting.
    this.factory.setChannelRpcTimeout(RPC_MILLIS);
    this.factory.setSocketConfigurator(factory.getSocketConfigurator().andThen(opened -> socket = opened));
    this.callbacks = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name + "-callback-", 0).factory());
    this.supervisor = Thread.ofVirtual().name(name + "-supervisor").unstarted(this::loop);
  }

  RabbitLink start() {
    supervisor.start();
    return this;
  }

  /** Whether this is the epoch of a connection that is open now. */
  boolean isCurrent(long epoch) {
    return epoch != 0 && epoch == current;
  }

  /** Whether it is connected and its user has opened what it needs. */
  boolean isConnected() {
    return ready && current != 0;
  }

  boolean isClosed() { return closed; }

  /** Why it is not connected; null while it is, or while the first try is under way. */
  @Nullable
  AmqpProblem problem() { return isConnected() ? null : problem; }

  /** Ends a connection that does not do what it should, if that epoch is still the current one. Does not wait. */
  void end(long epoch, String reason) {
    Ending at = ending;
    if (at == null || at.epoch != epoch || !isCurrent(epoch)) return;
    report(new AmqpProblem(0, "RabbitMQ at " + target.display() + ": " + reason, false));
    current = 0;
    at.latch.countDown();
  }

  @Override
  public void close() {
    closed = true;
    Ending at = ending;
    if (at != null) {
      at.latch.countDown();
    }
    wake.release();
    try {
      if (!supervisor.join(CLOSE_WAIT)) {
        closeSocket();
        supervisor.join(CLOSE_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closeSocket();
    }
    callbacks.shutdown();
  }

  private void loop() {
    var backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT);
    while (!closed) {
      try {
        Connection connection = factory.newConnection(callbacks, target.addresses(), name);
        long epoch = ++epochs;
        try {
          use(connection, epoch, backoff);
        } finally {
          ready = false;
          current = 0;
          user.lost(epoch);
          end(connection);
        }
      } catch (IOException | TimeoutException | RuntimeException e) {
        report(AmqpProblem.of(e, target, queue));
        if (e instanceof RuntimeException && !(e instanceof ShutdownSignalException)) {
          LOG.error("{}: a fault of ours", name, e);
        }
      }
      if (!closed) {
        pause(backoff.next());
      }
    }
  }

  private void use(Connection connection, long epoch, Backoff backoff) throws IOException {
    var at = new Ending(epoch, new CountDownLatch(1));
    ending = at;
    connection.addShutdownListener(signal -> {
      if (current == epoch) {
        current = 0;
        if (!closed) {
          report(AmqpProblem.of(signal, target, queue));
        }
      }
      at.latch.countDown();
    });
    // First of all: a delivery may come while the user still opens.
    current = epoch;
    user.opened(connection, epoch);
    if (closed || !connection.isOpen()) return;
    ready = true;
    backoff.reset();
    LOG.info("{}: connected to RabbitMQ at {}", name, target.display());
    problem = null;
    while (!isOver(at)) {
      if (user.isStuck()) {
        LOG.warn("{}: a write to RabbitMQ hangs; closing the socket", name);
        closeSocket();
      }
    }
  }

  private static boolean isOver(Ending at) {
    try {
      return at.latch.await(WATCH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody interrupts the supervisor; close() ends it by a flag.
      throw new IllegalStateException("the supervisor was interrupted", e);
    }
  }

  private void end(Connection connection) {
    if (!closed || !connection.isOpen()) {
      // What is wrong with it may make a polite goodbye hang.
      closeSocket();
    }
    connection.abort((int) CLOSE_WAIT.toMillis());
  }

  private void closeSocket() {
    Socket open = socket;
    if (open == null) return;
    try {
      open.close();
    } catch (IOException e) {
      LOG.debug("{}: closing the socket: {}", name, e.toString());
    }
  }

  /** Logs what is new; a broker that stays away for an hour is one line, not a thousand. */
  private void report(AmqpProblem found) {
    AmqpProblem before = problem;
    problem = found;
    if (before == null || !before.text().equals(found.text())) {
      LOG.warn("{}: {}; trying again", name, found.text());
    }
  }

  private void pause(Duration time) {
    try {
      if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("{}: woken", name);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("the supervisor was interrupted", e);
    }
  }
}
