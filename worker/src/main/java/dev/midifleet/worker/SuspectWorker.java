package dev.midifleet.worker;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.queue.BatchMessage;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.ResultStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker's child process does: claims suspects from the rows, one by one, and works on each alone. When a file ends
 * this process, nothing else was in it.
 *
 * <p>What it tells its parent, a line each: {@code hold BATCH} when it has claimed one, {@code work BATCH} when it begins to
 * parse and analyse, {@code rest} when that is over, {@code settled DONE COPIED DEAD BYTES NOTES} when a suspect is
 * committed.
 */
public final class SuspectWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SuspectWorker.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(3);

  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

  static final String HOLD = "hold";
  static final String WORK = "work";
  static final String REST = "rest";
  static final String SETTLED = "settled";

  private final UUID worker;
  private final OptionalInt library;
  private final Duration lease;
  private final PrintStream parent;
  private final Drain drain = new Drain();
  private final WorkerTotals totals = new WorkerTotals();
  private final Crew crew;
  private final BatchPipeline pipeline;
  private final BatchBuffers buffers;
  private final SuspectLedger suspects;
  private final HangWatch hangs = new HangWatch();
  private final Duration fileTimeout;
  private final Runnable halt;
  private final ResultStore store;

  /**
   * @param worker
   *          the parent's id: what is claimed and written is in its name
   * @param library
   *          whose suspects, by {@code library.id}; empty for all
   * @param parent
   *          told what is worked on
   * @param halt
   *          ends the process when memory is out, or a file hangs
   */
  public SuspectWorker(UUID worker, OptionalInt library, Settings settings, Database database, PrintStream parent,
      Runnable halt) {
    this.worker = worker;
    this.library = library;
    this.fileTimeout = settings.duration(Setting.FILE_TIMEOUT);
    this.lease = lease(fileTimeout);
    this.halt = halt;
    this.parent = parent;
    this.crew = new Crew(1, 1, () -> new Workspace(settings));
    var mounts = new Mounts(database, settings, crew, drain);
    this.pipeline = new BatchPipeline(worker, settings, database, crew, new WorkerMetrics(new MetricRegistry()), totals,
        drain, mounts, new Told(), halt);
    this.buffers = new BatchBuffers(settings);
    this.suspects = new SuspectLedger(database);
    this.store = new ResultStore(database, settings, worker);
    if (library.isPresent()) {
      // As its parent does, whose user has just scanned it here.
      mounts.believeAll();
    }
    mounts.waitForNothing();
  }

  /** How long a claim holds, unless the parent renews it: long enough for all but the largest files. */
  static Duration lease(Duration fileTimeout) {
    return fileTimeout.multipliedBy(3).dividedBy(2);
  }

  /** Works until no suspect is due, or until it is asked to stop. */
  public void run() throws InterruptedException {
    Thread.ofPlatform().name("suspect-watch").daemon(true).start(this::haltIfHung);
    while (!drain.isRequested()) {
      Optional<SuspectLedger.Claim> claim = suspects.claim(worker, AnalyzerVersion.CURRENT, library, lease,
          drain::isRequested);
      if (claim.isEmpty()) return;
      settle(claim.get());
    }
  }

  private void haltIfHung() {
    try {
      while (hangs.hanging(fileTimeout).isEmpty()) {
        Thread.sleep(WATCH_INTERVAL);
      }
      LOG.error("the file has been worked on for more than {} s: it hangs, and this process ends",
          fileTimeout.toSeconds());
      halt.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks it to finish what it has, and to end. */
  public void requestStop() { drain.request("its parent said so"); }

  /** Asks it to give back what it cannot finish. */
  public void giveBack() { drain.end(); }

  @Override
  public void close() {
    crew.close();
    buffers.close();
    pipeline.close();
  }

  private void settle(SuspectLedger.Claim claim) throws InterruptedException {
    Batch batch = claim.batch();
    tell(HOLD + " " + batch.id());
    var delivery = new Claimed(batch);
    var before = new long[]{totals.done(), totals.copied(), totals.dead(), totals.bytes(), totals.notes()};
    if (claim.isCondemned()) {
      condemn(claim);
    } else if (pipeline.work(batch, delivery, buffers) != BatchPipeline.End.SETTLED) {
      drain.await(AFTER_FAILURE);
    }
    tell("%s %d %d %d %d %d".formatted(SETTLED, totals.done() - before[0], totals.copied() - before[1],
        totals.dead() - before[2], totals.bytes() - before[3], totals.notes() - before[4]));
  }

  private void condemn(SuspectLedger.Claim claim) {
    Batch batch = claim.batch();
    var failure = new FileFailure(FailureKind.CRASHED_WORKER, FileFailure.NO_OFFSET,
        "whoever worked on it died or hung: after " + (SuspectLedger.BULK_STARTS - 1)
            + " starts among other files, " + claim.crashes() + " crashes in " + (claim.starts() - 1)
            + " starts of a process of its own");
    var failed = batch.files().stream().map(file -> new BatchResult.Failed(file, failure)).toList();
    var stored = store.store(batch, new BatchResult(List.of(), failed, List.of()), AnalyzerVersion.CURRENT,
        drain::isOver);
    totals.add(stored, 0, 0);
    batch.files().forEach(file -> LOG.error("{} of library \"{}\" is given up: {}", file.path(), batch.library().name(),
        failure.reason()));
  }

  private void tell(String line) {
    synchronized (parent) {
      parent.println(line);
      parent.flush();
    }
  }

  private final class Told implements FileWatch {
    @Override
    public void begin(long batch, Path file) {
      tell(WORK + " " + batch);
      hangs.begin(batch, file);
    }

    @Override
    public void end() {
      hangs.end();
      tell(REST);
    }
  }

  /** Stands where a message does for a bulk batch; the rows need no word of it. */
  private static final class Claimed implements Delivery {
    private final Batch batch;
    private final AtomicBoolean settled = new AtomicBoolean();

    Claimed(Batch batch) { this.batch = batch; }

    @Override
    public BatchMessage message() {
      return new BatchMessage(batch.id(), 1, batch.run(), batch.attempt(), batch.library().name(),
          batch.files().stream().map(FileEntry::id).toList());
    }

    @Override
    public boolean ack() { return settled.compareAndSet(false, true); }

    @Override
    public void giveBack() { settled.set(true); }

    @Override
    public boolean isSettled() { return settled.get(); }
  }
}
