package dev.midifleet.worker;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.store.Stored;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's side of the suspect lane: while suspects are due it keeps one child process that does nothing else, counts
 * its crashes, ends it when it hangs, and starts it again. The child ends by itself when this process is gone.
 */
final class SuspectLane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SuspectLane.class);
  private static final Duration AFTER_FAILED_START = Duration.ofSeconds(10);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);
  private static final long NO_BATCH = 0;
  private static final int STUCK_FACTOR = 10;
  /** Exit codes after SIGINT and SIGTERM. */
  private static final int INTERRUPTED = 130;
  private static final int TERMINATED = 143;

  private final UUID worker;
  private final SuspectLedger ledger;
  private final BatchLedger batches;
  private final Host host;
  private final BooleanSupplier mayRun;
  private final WorkerTotals totals;
  private final Duration interval;
  private final Duration fileTimeout;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private OptionalInt library = OptionalInt.empty();
  private volatile boolean closed;
  private volatile boolean endedByUs;
  private volatile @Nullable Process child;
  private volatile @Nullable String problem;
  /** What the child has claimed and not settled. */
  private volatile long held = NO_BATCH;
  /** What the child parses and analyses. */
  private volatile long batch = NO_BATCH;
  private volatile long since;
  private volatile long renewed;

  /**
   * @param mayRun
   *          whether suspects may be looked for now
   * @param totals
   *          what the child settles is added to it
   */
  SuspectLane(UUID worker, Database database, Settings settings, Host host, BooleanSupplier mayRun,
      WorkerTotals totals) {
    this.worker = worker;
    this.ledger = new SuspectLedger(database);
    this.batches = new BatchLedger(database);
    this.host = host;
    this.mayRun = mayRun;
    this.totals = totals;
    this.interval = settings.duration(Setting.RELAY_INTERVAL);
    this.fileTimeout = settings.duration(Setting.FILE_TIMEOUT);
    this.thread = Thread.ofPlatform().name("suspect-lane").daemon(true).unstarted(this::loop);
  }

  /** Looks for suspects from now on, of one library or of all. */
  void start(OptionalInt onlyOf) {
    library = onlyOf;
    thread.start();
  }

  /** Says that there may be some. */
  void nudge() { wake.release(); }

  /** What keeps suspects from being tried, for people; null when nothing does. */
  @Nullable
  String problem() { return problem; }

  /** Keeps the claim of a child. To be called every second or so. */
  void renewClaim() {
    long at = held;
    if (at == NO_BATCH || System.nanoTime() - renewed < fileTimeout.dividedBy(2).toNanos()) return;
    ledger.renew(at, worker, SuspectWorker.lease(fileTimeout));
    renewed = System.nanoTime();
  }

  /**
   * Ends a child that has been at work for much too long: one that could, has seen its file hang long before, and ended
   * itself. To be called every second or so.
   */
  void killIfStuck() {
    Process running = child;
    long at = batch;
    if (running == null || at == NO_BATCH) return;
    if (System.nanoTime() - since < fileTimeout.multipliedBy(STUCK_FACTOR).toNanos()) return;
    LOG.error("suspect {} has been worked on for {} s: it hangs, and its process is killed", at,
        fileTimeout.multipliedBy(STUCK_FACTOR).toSeconds());
    running.destroyForcibly();
  }

  /** Asks the child to finish its file and to end; starts no other. */
  void requestStop() {
    closed = true;
    nudge();
    Process running = child;
    if (running != null) {
      // The end of its input would halt it at once.
      say(running.getOutputStream());
    }
  }

  /** Asks the child a second time, which makes it give back what it cannot finish, and ends it. */
  @Override
  public void close() {
    requestStop();
    Process running = child;
    try {
      if (running != null && !running.waitFor(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        endedByUs = true;
        running.destroyForcibly();
      }
      boolean isStarted = thread.getState() != Thread.State.NEW;
      if (isStarted) {
        thread.join(LAST_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (running != null) {
        endedByUs = true;
        running.destroyForcibly();
      }
    }
  }

  private static void say(OutputStream stop) {
    try {
      stop.write('\n');
      stop.flush();
    } catch (IOException e) {
      LOG.debug("the child has ended: {}", e.toString());
    }
  }

  private void loop() {
    while (!closed) {
      Duration rest = interval;
      try {
        if (mayRun.getAsBoolean() && ledger.isAnyDue(AnalyzerVersion.CURRENT, library) && !runChild()) {
          rest = AFTER_FAILED_START;
        }
      } catch (DatabaseException e) {
        LOG.debug("suspects: {}", e.getMessage());
      } catch (IOException | RuntimeException e) {
        LOG.error("a process for suspects could not be run", e);
        rest = AFTER_FAILED_START;
      }
      if (!pause(rest)) return;
    }
  }

  private boolean pause(Duration time) {
    try {
      if (wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns false if the child ended badly without a suspect to blame. */
  private boolean runChild() throws IOException {
    Process running = host.startSuspectWorker(worker, library);
    LOG.info("process {} works on suspects: files that were there when a worker died", running.pid());
    child = running;
    try (BufferedReader lines = running.inputReader(StandardCharsets.UTF_8)) {
      if (closed) {
        say(running.getOutputStream());
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard(line);
      }
      return settle(running.waitFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      running.destroyForcibly();
      child = null;
      batch = NO_BATCH;
      held = NO_BATCH;
    }
  }

  /** What the end of the child means; false if it is to be started again only after a while. */
  private boolean settle(int code) {
    boolean isTold = endedByUs || code == INTERRUPTED || code == TERMINATED;
    if (batch != NO_BATCH && !isTold) {
      LOG.warn("the process that worked on suspect {} ended with {}", batch, code);
      ledger.crashed(batch, worker, () -> closed);
      problem = null;
      return true;
    }
    if (held != NO_BATCH) {
      // It has met nobody's end but its own: not even the start counts.
      batches.release(held, worker);
    }
    problem = code == 0 || isTold ? null : "the process for suspects ends with " + code + " before it can work";
    if (problem != null) {
      LOG.warn("{}", problem);
    }
    return problem == null;
  }

  private void heard(String line) {
    String[] words = line.split(" ", -1);
    switch (words[0]) {
      case SuspectWorker.HOLD -> {
        held = Long.parseLong(words[1]);
        renewed = System.nanoTime();
      }
      case SuspectWorker.WORK -> {
        since = System.nanoTime();
        batch = Long.parseLong(words[1]);
      }
      case SuspectWorker.REST -> batch = NO_BATCH;
      case SuspectWorker.SETTLED -> {
        held = NO_BATCH;
        problem = null;
        totals.add(
            new Stored(true, Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]), 0, 0),
            Long.parseLong(words[4]), Long.parseLong(words[5]));
      }
      default -> LOG.debug("the process for suspects said: {}", line);
    }
  }
}
