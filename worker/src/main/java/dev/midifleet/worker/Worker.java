package dev.midifleet.worker;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.observe.Health;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.queue.BatchRelay;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.common.queue.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A worker: some batches in flight, each on a virtual thread, and a crew of platform threads for their files. It starts,
 * runs, pauses while the database or the library is away, and drains.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration HALT_MARGIN = Duration.ofSeconds(15);
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
  private final Host host;
  private final HangWatch hangs = new HangWatch();
  private final SuspectLane suspects;
  private final SuspectLedger suspectLedger;
  private final WorkerRow row;
  private final List<Thread> slotThreads = new ArrayList<>();
  private final Drain drain = new Drain();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Mounts mounts;
  private final Thread watcher;
  private final Thread heart;
  private WorkQueue.@Nullable Subscription subscription;
  /** What each slot works on, by the batch. */
  private final ConcurrentHashMap<Thread, Long> inFlight = new ConcurrentHashMap<>();
  /** Batches with a file that hangs; their slots will never end. */
  private final Set<Long> hung = ConcurrentHashMap.newKeySet();
  /** By the watching thread; 0 while nothing is. */
  private long awaySince;
  private final Object stateLock = new Object();
  private volatile WorkerState state = WorkerState.STARTING;

  /**
   * @param queue
   *          closed by whoever made it, after this worker
   * @param host
   *          starts the process for suspects
   */
  public Worker(Settings settings, Database database, WorkQueue queue, MetricRegistry registry, Host host) {
    this.settings = settings;
    this.database = database;
    this.queue = queue;
    this.slots = settings.integer(Setting.SLOTS);
    int threads = settings.integer(Setting.THREADS);
    this.crew = new Crew(threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
        settings.integer(Setting.READERS), () -> new Workspace(settings));
    this.mounts = new Mounts(database, settings, crew, drain);
    this.pipeline = new BatchPipeline(id, settings, database, crew, new WorkerMetrics(registry), totals, drain, mounts,
        hangs, host::halt);
    this.row = new WorkerRow(id, slots, crew.size());
    this.relay = new BatchRelay(database, queue, settings);
    this.host = host;
    this.suspectLedger = new SuspectLedger(database);
    this.suspects = new SuspectLane(id, database, settings, host, () -> state == WorkerState.RUNNING, totals);
    this.watcher = Thread.ofPlatform().name("worker-watch").daemon(true).unstarted(this::watch);
    this.heart = Thread.ofPlatform().name("worker-heart").daemon(true).unstarted(this::giveSignsOfLife);
  }

  /** Begins to take batches. */
  public Worker start() {
    relay.start();
    return begin(OptionalInt.empty());
  }

  /**
   * The same for one library that was just scanned on this host: the relay carries no other's batches to the queue, and
   * files that are gone are missing, not unmounted.
   */
  public Worker start(Library library) {
    mounts.believeAll();
    relay.start(library);
    return begin(OptionalInt.of(library.id()));
  }

  private Worker begin(OptionalInt library) {
    LOG.info("worker {}: {} batches in flight, {} threads", id, slots, crew.size());
    var opened = queue.subscribe(slots + 1);
    subscription = opened;
    enter(WorkerState.RUNNING, WorkerState.STARTING);
    watcher.start();
    heart.start();
    suspects.start(library);
    new DeadQueue(queue, suspectLedger, suspects, drain).start();
    for (int i = 0; i < slots; i++) {
      slotThreads.add(Thread.ofVirtual().name("slot-" + i).start(() -> takeBatches(opened)));
    }
    return this;
  }

  public UUID id() { return id; }

  public WorkerTotals totals() { return totals; }

  public WorkerState state() { return state; }

  /** What it does, and what is wrong. */
  public Health health() {
    List<String> problems = Stream.of(database.problem(), queue.problem(), mounts.problem(), suspects.problem(),
        drain.reason()).filter(Objects::nonNull).toList();
    return new Health(lower(state), problems);
  }

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
    suspects.requestStop();
    Duration timeout = settings.duration(Setting.DRAIN_TIMEOUT);
    if (!joinSlots(timeout)) {
      LOG.warn("batches were not finished within {} s; they are given back", timeout.toSeconds());
      drain.end();
      joinSlots(WATCH_INTERVAL.multipliedBy(10));
    }
    suspects.close();
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
      heart.join(WATCH_INTERVAL.multipliedBy(5));
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
          inFlight.put(Thread.currentThread(), delivery.message().batch());
          try {
            runBatch(delivery, buffers);
          } finally {
            inFlight.remove(Thread.currentThread());
          }
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
        case SETTLED -> {
          relay.nudge();
          suspects.nudge();
        }
        case FAILED -> drain.await(AFTER_FAILURE);
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

  /** Never waits for the database: it is the one to say that the database is away. */
  private void watch() {
    do {
      try {
        pauseOrResume();
        giveUpIfAway();
        endIfHung();
        suspects.killIfStuck();
      } catch (RuntimeException e) {
        LOG.error("the watch failed, and goes on", e);
      }
    } while (!isStoppedWithin(WATCH_INTERVAL));
  }

  /** Writes the row and renews claims; while the database is away, it is who finds that it is back. */
  private void giveSignsOfLife() {
    Duration heartbeat = settings.duration(Setting.HEARTBEAT_INTERVAL);
    long next = System.nanoTime();
    do {
      try {
        if (database.isAway() || System.nanoTime() - next >= 0) {
          writeRow();
          next = System.nanoTime() + heartbeat.toNanos();
        }
        suspects.renewClaim();
      } catch (RuntimeException e) {
        LOG.atLevel(e instanceof DatabaseException ? Level.DEBUG : Level.ERROR).log("heartbeat: {}", e.toString());
      }
    } while (!isStoppedWithin(WATCH_INTERVAL));
  }

  /** Ends, if it is to wait no longer for what is away. */
  private void giveUpIfAway() {
    Duration patience = settings.duration(Setting.GIVE_UP_AFTER);
    String problem = database.problem() != null ? database.problem() : queue.problem();
    if (problem == null) {
      awaySince = 0;
    } else if (awaySince == 0) {
      awaySince = System.nanoTime();
    } else if (patience.isPositive() && System.nanoTime() - awaySince > patience.toNanos()) {
      requestStop(problem + "; given up after " + patience.toSeconds() + " s, as "
          + Setting.GIVE_UP_AFTER.variable() + " says");
    }
  }

  private static String lower(WorkerState state) { return state.name().toLowerCase(Locale.ROOT); }

  /**
   * A thread that hangs cannot be stopped: the batch is split at once, what else is in flight is finished, and the process
   * ends. What looks like a hang is parse and analysis only; a disk that does not answer is waited for.
   */
  private void endIfHung() {
    var hanging = hangs.hanging(settings.duration(Setting.FILE_TIMEOUT));
    for (HangWatch.Work work : hanging) {
      if (!hung.add(work.batch())) continue;
      String reason = work.file() + " has been worked on for more than "
          + settings.duration(Setting.FILE_TIMEOUT).toSeconds() + " s: it hangs, and this process must end;"
          + " started again, the file is tried alone, in a process of its own";
      LOG.error("{}", reason);
      requestStop(reason);
      Thread.ofPlatform().name("hang").daemon(true).start(() -> splitAndHalt(work.batch()));
    }
  }

  private void splitAndHalt(long batch) {
    try {
      suspectLedger.split(batch, OptionalInt.empty(), drain::isOver);
    } catch (DatabaseException e) {
      LOG.warn("batch {} was not split: {}", batch, e.getMessage());
    }
    try {
      // In good order if it can; whatever is still there then, this thread among it, ends all the same.
      stopped.await(settings.duration(Setting.DRAIN_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
      Thread.sleep(HALT_MARGIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    host.halt();
  }

  private boolean isHung(Thread slot) {
    Long batch = inFlight.get(slot);
    return batch != null && hung.contains(batch);
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
    } else if (mounts.hasGivenBack()) {
      opened.giveBackUnpolled();
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
    long end = System.nanoTime() + timeout.toNanos();
    try {
      for (Thread thread : slotThreads) {
        while (!isHung(thread) && !thread.join(LOOK)) {
          if (System.nanoTime() - end > 0) return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void writeRow() { row.write(database, health(), totals); }
}
