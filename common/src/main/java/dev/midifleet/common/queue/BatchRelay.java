package dev.midifleet.common.queue;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.DueBatch;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.lifecycle.Checkpoint;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries batches from the rows to the queue. Any number of relays may run at once, in enqueue and in every worker: each
 * claims with {@code skip locked}, commits, publishes, waits for the confirms, and then notes them. One that dies in
 * between leaves a claim that runs out, and the batch is published again with a higher publication number, which makes the
 * older copy harmless.
 */
public final class BatchRelay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRelay.class);

  /** Batches of one claim: its rows are locked for some milliseconds, and its ids, 12,500 of files, are most of its time. */
  private static final int CLAIM_MAX = 25;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

  private final BatchLedger ledger;
  private final WorkQueue queue;
  private final int window;
  private final Duration interval;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile OptionalInt library = OptionalInt.empty();
  private volatile boolean closed;

  public BatchRelay(Database database, WorkQueue queue, Settings settings) {
    this.ledger = new BatchLedger(database);
    this.queue = queue;
    this.window = Math.min(CLAIM_MAX, settings.integer(Setting.CONFIRM_WINDOW));
    this.interval = settings.duration(Setting.RELAY_INTERVAL);
    this.thread = Thread.ofVirtual().name("batch-relay").unstarted(this::loop);
  }

  /** Publishes what is due, from now on until it is closed. */
  public BatchRelay start() {
    thread.start();
    return this;
  }

  /** The same for the batches of one library; those of others stay due. */
  public BatchRelay start(Library onlyOf) {
    library = OptionalInt.of(onlyOf.id());
    return start();
  }

  /** Says that something may have become due. */
  public void nudge() { wake.release(); }

  /**
   * Publishes what is due now, at most {@value #CLAIM_MAX} batches or a confirm window of it, and no more than the queue has
   * room for.
   *
   * @return how many batches the queue confirmed; 0 when none was due or none was accepted
   */
  public int publishDue() throws InterruptedException {
    int limit = Math.min(window, queue.room());
    if (limit <= 0 || !queue.isConnected()) return 0;
    List<DueBatch> due = ledger.claimDue(limit, library);
    if (due.isEmpty()) return 0;
    due.forEach(batch -> Checkpoint.CLAIMED.reached(batch.attempt()));
    Set<Long> accepted = queue.publish(due.stream().map(BatchRelay::message).toList());
    Checkpoint.CONFIRMED.reached(accepted.size());
    List<DueBatch> confirmed = due.stream().filter(batch -> accepted.contains(batch.id())).toList();
    List<DueBatch> refused = due.stream().filter(Predicate.not(confirmed::contains)).collect(Collectors.toList());
    ledger.published(confirmed, refused);
    return confirmed.size();
  }

  @Override
  public void close() {
    closed = true;
    nudge();
    boolean isStarted = thread.getState() != Thread.State.NEW;
    if (!isStarted) return;
    try {
      thread.join(CLOSE_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    while (!closed) {
      int published = 0;
      try {
        published = publishDue();
      } catch (DatabaseException e) {
        LOG.warn("the relay could not read what is due, and tries again: {}", e.getMessage());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("the relay failed, and tries again", e);
      }
      if (published == 0) {
        pause();
      }
    }
  }

  private void pause() {
    try {
      if (wake.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private static BatchMessage message(DueBatch batch) {
    return new BatchMessage(batch.id(), batch.publication(), batch.run(), batch.attempt(), batch.library(),
        batch.files());
  }
}
