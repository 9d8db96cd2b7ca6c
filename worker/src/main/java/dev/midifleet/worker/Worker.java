package dev.midifleet.worker;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.Library;
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
  private static final Duration MOUNT_INTERVAL = Duration.ofSeconds(3);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

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
  private final Drain drain = new Drain();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Mounts mounts;
  private final Thread watcher;
  private WorkQueue.@Nullable Subscription subscription;
  private final Object stateLock = new Object();
  private volatile WorkerState state = WorkerState.STARTING;

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
    this.mounts = new Mounts(database, settings, crew, drain, MOUNT_INTERVAL);
    this.pipeline = new BatchPipeline(id, settings, database, crew, new WorkerMetrics(registry), totals, drain, mounts);
    this.relay = new BatchRelay(database, queue, settings);
    this.watcher = Thread.ofPlatform().name("worker-watch").daemon(true).unstarted(this::watch);
  }

  /** Begins to take batches. */
  public Worker start() {
    relay.start();
    return begin();
  }

  /**
   * The same for one library that was just scanned on this host: the relay carries no other's batches to the queue, and
   * files that are gone are missing, not unmounted.
   */
  public Worker start(Library library) {
    mounts.believeAll();
    relay.start(library);
    return begin();
  }

  private Worker begin() {
    LOG.info("worker {}: {} batches in flight, {} threads", id, slots, crew.size());
    var opened = queue.subscribe(slots + 1);
    subscription = opened;
    enter(WorkerState.RUNNING, WorkerState.STARTING);
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
  public void requestStop(String reason) { drain.request(reason); }

  /** Why somebody, or this worker itself, has asked for a drain; null if nobody has. */
  public @Nullable String stopReason() {
    return drain.reason();
  }

  /** Waits until somebody asks for a drain, and says why. */
  public String awaitStopRequest() throws InterruptedException {
    drain.await();
    return String.valueOf(drain.reason());
  }

  /**
   * Drains: takes no more, finishes what it holds within the drain's time, gives back what it cannot finish, and says good
   * bye in its row.
   */
  @Override
  public void close() {
    requestStop("closed");
    boolean wasStarted = state != WorkerState.STARTING;
    if (!enter(WorkerState.DRAINING, WorkerState.STARTING, WorkerState.RUNNING, WorkerState.PAUSED)) return;
    var opened = subscription;
    if (opened != null) {
      opened.close();
    }
    relay.close();
    Duration timeout = settings.duration(Setting.DRAIN_TIMEOUT);
    if (!joinSlots(timeout)) {
      LOG.warn("batches were not finished within {} s; they are given back", timeout.toSeconds());
      drain.end();
      joinSlots(WATCH_INTERVAL.multipliedBy(10));
    }
    crew.close();
    enter(WorkerState.STOPPED, WorkerState.DRAINING);
    stopped.countDown();
    if (wasStarted) {
      sayGoodbye();
    }
    pipeline.close();
  }

  private void sayGoodbye() {
    try {
      watcher.join(WATCH_INTERVAL.multipliedBy(5));
      writeRow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseException e) {
      LOG.warn("the worker's row could not be updated: {}", e.getMessage());
    }
  }

  /**
   * Changes the state, if it is one of those. All changes go through here: what the watcher finds must not undo a drain.
   */
  private boolean enter(WorkerState next, WorkerState... from) {
    synchronized (stateLock) {
      if (!List.of(from).contains(state)) return false;
      state = next;
      return true;
    }
  }

  private void takeBatches(WorkQueue.Subscription opened) {
    try (var buffers = new BatchBuffers(settings)) {
      while (!drain.isRequested()) {
        Delivery delivery = opened.poll(POLL);
        if (delivery != null) {
          runBatch(delivery, buffers);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // A slot that is gone would not be missed: the others go on, and its share of the work waits for ever.
      LOG.error("a slot ended, and the worker with it", e);
      requestStop("a fault of ours: " + e);
    }
  }

  private void runBatch(Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    try {
      switch (pipeline.run(delivery, buffers)) {
        case SETTLED -> relay.nudge();
        case GIVEN_BACK -> {
          // Somebody else will have it.
        }
        case NEWER_ANALYZER -> requestStop("the queue holds batches for a newer midifleet than this worker: update it");
      }
    } catch (RuntimeException e) {
      LOG.error("batch {} failed{}", delivery.message().batch(), returned(delivery), e);
      drain.await(AFTER_FAILURE);
    } catch (Error e) {
      LOG.error("batch {} failed{}; the worker stops", delivery.message().batch(), returned(delivery), e);
      requestStop("a fault of ours: " + e);
    }
  }

  /** Gives it back if nothing was said about it yet, and says in words whether it was. */
  private static String returned(Delivery delivery) {
    if (delivery.isSettled()) return " after its end";
    delivery.giveBack();
    return " and goes back to the queue";
  }

  private void watch() {
    Duration heartbeat = settings.duration(Setting.HEARTBEAT_INTERVAL);
    Instant next = Instant.EPOCH;
    do {
      try {
        if (database.isAway() || !Instant.now().isBefore(next)) {
          writeRow();
          next = Instant.now().plus(heartbeat);
        }
      } catch (DatabaseException e) {
        LOG.debug("heartbeat: {}", e.getMessage());
      }
      pauseOrResume();
    } while (!isStoppedWithin(WATCH_INTERVAL));
  }

  private boolean isStoppedWithin(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void pauseOrResume() {
    var opened = subscription;
    if (opened == null) return;
    boolean isHindered = database.isAway() || mounts.isWaiting();
    if (isHindered && enter(WorkerState.PAUSED, WorkerState.RUNNING)) {
      LOG.warn("{}: taking no more batches, holding those in flight",
          database.isAway() ? "the database is away" : "a library is not mounted");
      opened.pause();
    } else if (!isHindered && enter(WorkerState.RUNNING, WorkerState.PAUSED)) {
      LOG.info("what was away is back: taking batches again");
      resume(opened);
    }
  }

  private static void resume(WorkQueue.Subscription opened) {
    try {
      opened.resume();
    } catch (IllegalStateException e) {
      LOG.debug("closed meanwhile: {}", e.getMessage());
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
