package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.observe.Health;
import dev.midifleet.common.queue.Backoff;
import dev.midifleet.common.queue.QueueException;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waiting of a worker that starts while PostgreSQL or RabbitMQ is away: as patient as that of one that runs. What waiting
 * does not mend, such as a wrong password, a missing table or a missing queue, ends it at once.
 */
final class StartWait {
  private static final Logger LOG = LoggerFactory.getLogger(StartWait.class);
  /** The first try is short, so that what is wrong is soon said; later ones let a slow server answer. */
  private static final Duration FIRST_TRY = Duration.ofSeconds(5);
  private static final Duration LONGEST_TRY = Duration.ofSeconds(30);
  private static final Duration SHORTEST_TRY = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Settings settings;
  private final Duration patience;
  private final long start = System.nanoTime();
  private volatile String problem;
  private volatile @Nullable Worker worker;
  private long saidAt;

  StartWait(Settings settings) {
    this.settings = settings;
    this.patience = settings.duration(Setting.GIVE_UP_AFTER);
    this.problem = "PostgreSQL at " + settings.text(Setting.DATABASE_URL) + " has not answered yet";
  }

  /** Of the worker, from its start on. */
  Health health() {
    Worker there = worker;
    return there == null ? new Health("starting", List.of(problem)) : there.health();
  }

  /**
   * Tries the check until there is no failure that waiting may mend.
   *
   * @throws CommandException
   *           for any other failure, or when it is to wait no longer
   */
  void forDatabase(Consumer<Database> check) throws InterruptedException {
    var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    Duration longest = FIRST_TRY;
    while (true) {
      try (Database database = Database.open(settings, "midifleet worker", tryFor(longest))) {
        check.accept(database);
        if (saidAt != 0) {
          LOG.info("the database answers");
        }
        return;
      } catch (DatabaseException e) {
        RuntimeException explained = DatabaseProblem.explain(e, settings);
        if (!isWorthWaiting(e)) throw explained;
        problem = String.valueOf(explained.getMessage());
        giveUpIfLate(e);
      }
      say();
      Thread.sleep(within(backoff.next()));
      longest = longest.multipliedBy(2).compareTo(LONGEST_TRY) < 0 ? longest.multipliedBy(2) : LONGEST_TRY;
    }
  }

  /**
   * Waits until a worker that has started is connected, or is to stop. The queue says itself, once, why it is not; the worker
   * gives up by itself if it is to.
   *
   * @throws QueueException
   *           for a reason that waiting does not mend
   */
  void forQueue(RabbitWorkQueue queue, Worker started) throws InterruptedException {
    worker = started;
    saidAt = System.nanoTime();
    while (!queue.isConnected() && started.stopReason() == null) {
      String lasting = queue.lastingProblem();
      if (lasting != null) throw new QueueException(lasting);
      String away = queue.problem();
      if (away != null) {
        problem = away;
        if (System.nanoTime() - saidAt > SAY_AGAIN.toNanos()) {
          say();
        }
      }
      Thread.sleep(LOOK);
    }
  }

  /** A pool says of a server that refuses the password too that it gives no connection. */
  private static boolean isWorthWaiting(DatabaseException e) {
    return e.isTransient() && !e.isRefusedAtTheDoor() && !e.isForbidden() && !e.isWithoutSchema();
  }

  private void giveUpIfLate(DatabaseException cause) {
    if (patience.isPositive() && !left().isPositive()) {
      throw new CommandException(ExitCode.UNAVAILABLE, problem + "; given up after " + patience.toSeconds() + " s, as "
          + Setting.GIVE_UP_AFTER.variable() + " says", cause);
    }
  }

  /** Once at first, then now and then. */
  private void say() {
    long now = System.nanoTime();
    if (saidAt == 0) {
      LOG.warn("{}; waiting for it", problem);
    } else if (now - saidAt > SAY_AGAIN.toNanos()) {
      LOG.warn("{}; still waiting for it, {} s after the start", problem, Duration.ofNanos(now - start).toSeconds());
    } else {
      return;
    }
    saidAt = now;
  }

  private Duration left() { return patience.minusNanos(System.nanoTime() - start); }

  private Duration within(Duration time) {
    if (!patience.isPositive() || time.compareTo(left()) < 0) return time;
    return left().isPositive() ? left() : Duration.ZERO;
  }

  private Duration tryFor(Duration longest) {
    Duration time = within(longest);
    return time.compareTo(SHORTEST_TRY) < 0 ? SHORTEST_TRY : time;
  }
}
