package dev.midifleet.worker;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.WorkerEntry;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.queue.BatchRelay;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.common.queue.WorkQueue;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: some batches in flight, each on a virtual thread, and a crew of platform threads for their files. It starts,
 * runs, pauses while the database or the library is away, and drains.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

  private final UUID id = UUID.randomUUID();
  private final Settings settings;
  private final Database database;
  private final WorkQueue queue;
  private final int slots;
  private final Crew crew;
  private final WorkerTotals totals = new WorkerTotals();
  private final BatchPipeline pipeline;
  private final BatchRelay relay;
  private final List<Thread> slotThreads = new ArrayList<>();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final Thread watcher;
  private WorkQueue.@Nullable Subscription subscription;
  private volatile WorkerState state = WorkerState.STARTING;
  private volatile @Nullable String stopReason;
  private volatile boolean abandon;

  /**
   * @param queue
   *          closed by whoever made it, after this worker
   */
  public Worker(Settings settings, Database database, WorkQueue queue, MetricRegistry registry) {
    this.settings = settings;
    this.database = database;
    this.queue = queue;
    this.slots = settings.integer(Setting.SLOTS);
    int threads = settings.integer(Setting.THREADS);
    this.crew = new Crew(threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
        () -> new Workspace(settings));
    this.pipeline = new BatchPipeline(id, settings, database, crew, new WorkerMetrics(registry), totals, () -> abandon);
    this.relay = new BatchRelay(database, queue, settings);
    this.watcher = Thread.ofPlatform().name("worker-watch").daemon(true).unstarted(this::watch);
  }

  /** Begins to take batches. */
  public Worker start() {
    LOG.info("worker {}: {} batches in flight, {} threads", id, slots, crew.size());
    var opened = queue.subscribe(slots + 1);
    subscription = opened;
    relay.start();
    state = WorkerState.RUNNING;
    watcher.start();
    for (int i = 0; i < slots; i++) {
      slotThreads.add(Thread.ofVirtual().name("slot-" + i).start(() -> takeBatches(opened)));
    }
    return this;
  }

  public UUID id() { return id; }

  public WorkerTotals totals() { return totals; }

  public WorkerState state() { return state; }

  /** Publishes what has become due without waiting for the next interval. */
  public void nudgeRelay() { relay.nudge(); }

  /** Asks for a drain; returns at once. */
  public void requestStop(String reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
    stopRequested.countDown();
  }

  /** Waits until somebody asks for a drain, and says why. */
  public String awaitStopRequest() throws InterruptedException {
    stopRequested.await();
    return String.valueOf(stopReason);
  }

  /**
   * Drains: takes no more, finishes what it holds within the drain's time, gives back what it cannot finish, and says good
   * bye in its row.
   */
  @Override
  public void close() {
    requestStop("closed");
    if (state == WorkerState.STOPPED) return;
    state = WorkerState.DRAINING;
    var opened = subscription;
    if (opened != null) {
      opened.close();
    }
    relay.close();
    Duration timeout = settings.duration(Setting.DRAIN_TIMEOUT);
    if (!joinSlots(timeout)) {
      LOG.warn("batches were not finished within {} s; they are given back", timeout.toSeconds());
      abandon = true;
      joinSlots(WATCH_INTERVAL.multipliedBy(10));
    }
    crew.close();
    state = WorkerState.STOPPED;
    try {
      watcher.join(WATCH_INTERVAL.multipliedBy(5));
      writeRow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseException e) {
      LOG.warn("the worker's row could not be updated: {}", e.getMessage());
    }
    pipeline.close();
  }

  private void takeBatches(WorkQueue.Subscription opened) {
    try (var buffers = new BatchBuffers(settings)) {
      while (stopRequested.getCount() > 0) {
        Delivery delivery = opened.poll(POLL);
        if (delivery != null) {
          runBatch(delivery, buffers);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runBatch(Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    try {
      switch (pipeline.run(delivery, buffers)) {
        case SETTLED -> relay.nudge();
        case GIVEN_BACK -> {
          // Somebody else will have it.
        }
        case NOT_MOUNTED -> stopRequested.await(10, TimeUnit.SECONDS);
        case NEWER_ANALYZER -> requestStop("the queue holds batches for a newer midifleet than this worker: update it");
      }
    } catch (RuntimeException e) {
      LOG.error("batch {} failed and goes back to the queue", delivery.message().batch(), e);
      delivery.giveBack();
      stopRequested.await(1, TimeUnit.SECONDS);
    }
  }

  private void watch() {
    Duration heartbeat = settings.duration(Setting.HEARTBEAT_INTERVAL);
    Instant next = Instant.EPOCH;
    while (state != WorkerState.STOPPED) {
      try {
        if (database.isAway() || !Instant.now().isBefore(next)) {
          writeRow();
          next = Instant.now().plus(heartbeat);
        }
      } catch (DatabaseException e) {
        LOG.debug("heartbeat: {}", e.getMessage());
      }
      pauseOrResume();
      try {
        Thread.sleep(WATCH_INTERVAL);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void pauseOrResume() {
    var opened = subscription;
    if (opened == null) return;
    if (database.isAway() && state == WorkerState.RUNNING) {
      LOG.warn("the database is away: taking no more batches, holding those in flight");
      state = WorkerState.PAUSED;
      opened.pause();
    } else if (!database.isAway() && state == WorkerState.PAUSED) {
      LOG.info("the database is back: taking batches again");
      state = WorkerState.RUNNING;
      opened.resume();
    }
  }

  private boolean joinSlots(Duration timeout) {
    Instant end = Instant.now().plus(timeout);
    try {
      for (Thread thread : slotThreads) {
        Duration left = Duration.between(Instant.now(), end);
        if (left.isNegative() || !thread.join(left)) return false;
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void writeRow() {
    var row = new WorkerEntry(id, host(), ProcessHandle.current().pid(), version(), AnalyzerVersion.CURRENT,
        state.name().toLowerCase(Locale.ROOT), slots, crew.size(), totals.done(), totals.bytes(), totals.notes(),
        totals.dead());
    row.writeTo(database);
  }

  private static String version() {
    String version = Worker.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
