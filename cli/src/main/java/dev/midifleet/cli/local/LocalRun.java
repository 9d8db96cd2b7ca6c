package dev.midifleet.cli.local;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.cli.HostProcess;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.lifecycle.ShutdownStack;
import dev.midifleet.common.queue.InProcessWorkQueue;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.producer.operate.Enqueue;
import dev.midifleet.producer.plan.Planned;
import dev.midifleet.producer.register.Registered;
import dev.midifleet.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A whole fleet in one process: an embedded PostgreSQL, an in-process queue, a worker, and the enqueueing of one folder.
 * The rows are the same as a real fleet's, so that what was interrupted goes on with the next run.
 */
public final class LocalRun implements AutoCloseable {
  /** With one process nobody else can be mending a mount; a minute of retries would only be waited for. */
  private static final String RETRY_DELAYS = "1s,5s";
  /** Batches that wait in memory: enough for every slot, little enough to be nothing. */
  private static final int QUEUE_CAPACITY = 256;
  private static final Duration TICK = Duration.ofMillis(200);

  private final ShutdownStack stack = new ShutdownStack();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final EmbeddedPostgres postgres;
  private final Settings settings;
  private final Database database;
  private final Worker worker;

  /** Told how it goes, a few times a second, on the calling thread. */
  public interface Listener extends Enqueue.Listener {
    /** So many of the files that are to be done are done, so many of them dead. */
    void progress(long done, long total, long dead);

    /** Batches of an earlier run that was interrupted go on. */
    default void resumed(long files) {}
  }

  /**
   * What was done.
   *
   * @param files
   *          found by the scan
   * @param analyzed
   *          files that have facts now, and had none or others before
   * @param copied
   *          of those, files whose content was known
   * @param skipped
   *          analysed by an earlier run, and unchanged since
   * @param deadBefore
   *          dead since an earlier run, unchanged since, and not tried again
   * @param dropped
   *          given up by {@code dead drop}, and unchanged since: not tried again, whatever is asked for
   * @param seconds
   *          from the start of the scan to the last file
   * @param isStopped
   *          whether it was interrupted; what is left goes on with the next run
   */
  public record Summary(UUID run, long files, long analyzed, long copied, long dead, long skipped,
      long deadBefore, long dropped, long bytes, long notes, double seconds, long unreadableFolders,
      long unreadableFiles, boolean isStopped) {

    public double filesPerSecond() { return seconds > 0 ? (analyzed + dead) / seconds : 0; }
  }

  private LocalRun(EmbeddedPostgres postgres, Settings settings) {
    this.postgres = stack.add("PostgreSQL", postgres);
    this.settings = settings;
    this.database = stack.add("connections", Database.open(settings, "midifleet run"));
    database.migrate();
    var queue = stack.add("queue", new InProcessWorkQueue(QUEUE_CAPACITY));
    this.worker = stack.add("worker", new Worker(settings, database, queue, new MetricRegistry(),
        new HostProcess(settings)));
  }

  /**
   * Starts the services.
   *
   * @throws dev.midifleet.embedded.EmbeddedPostgresException
   *           when PostgreSQL cannot be started on that folder
   */
  public static LocalRun start(Path dataFolder, Settings given) {
    var postgres = EmbeddedPostgres.start(dataFolder);
    try {
      return new LocalRun(postgres, localSettings(given, postgres));
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  /** The settings for a database that belongs to this process. */
  public static Settings localSettings(Settings given, EmbeddedPostgres postgres) {
    Settings local = given.with(Setting.DATABASE_URL, postgres.jdbcUrl()).with(Setting.DATABASE_USER, postgres.user())
        .with(Setting.DATABASE_PASSWORD, postgres.password());
    if (!given.isGiven(Setting.DATABASE_CONNECTIONS)) {
      local = local.with(Setting.DATABASE_CONNECTIONS, "4");
    }
    return given.isGiven(Setting.RETRY_DELAYS) ? local : local.with(Setting.RETRY_DELAYS, RETRY_DELAYS);
  }

  public Path dataFolder() { return postgres.dataFolder(); }

  /** Asks for a drain, from any thread; {@link #run} then returns. */
  public void requestStop() {
    stop.countDown();
    worker.requestStop("interrupted");
  }

  /** The worker could not go on; the message says why. */
  public static final class StoppedEarlyException extends Exception {
    private static final long serialVersionUID = 1L;

    StoppedEarlyException(String reason) { super(reason); }
  }

  /**
   * Enqueues the folder and works until nothing is left to do.
   *
   * @throws StoppedEarlyException
   *           when the worker gave up by itself; what is left goes on with the next run
   */
  public Summary run(Path folder, Enqueue.Options options, Listener listener)
      throws IOException, InterruptedException, StoppedEarlyException {
    long begin = System.nanoTime();
    var enqueue = new Enqueue(database, settings, AnalyzerVersion.CURRENT);
    var resuming = new Resuming(listener);
    var result = enqueue.enqueue(folder, options, resuming);
    worker.nudgeRelay();
    int library = result.place().library().id();
    long total = resuming.open + result.planned().files();
    while (!stop.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
      listener.progress(worker.totals().done(), total, worker.totals().dead());
      if (worker.stopReason() != null || Runs.openFiles(database, library) == 0) break;
    }
    // In this order: an interruption counts down before it gives the worker its reason.
    @Nullable
    String reason = worker.stopReason();
    boolean stopped = stop.getCount() == 0;
    double seconds = (System.nanoTime() - begin) / 1e9;
    worker.close();
    if (!stopped && reason != null) throw new StoppedEarlyException(reason);
    listener.progress(worker.totals().done(), total, worker.totals().dead());
    var totals = worker.totals();
    Registered known = result.registered();
    return new Summary(result.run(), result.registered().found(), totals.done(), totals.copied(), totals.dead(),
        options.all() ? 0 : known.settled() - known.dead() - known.dropped(), options.all() ? 0 : known.dead(),
        known.dropped(), totals.bytes(), totals.notes(), seconds, result.unreadableFolders(), result.unreadableFiles(),
        stopped);
  }

  @Override
  public void close() { stack.close(); }

  /** Starts the worker once the files are registered, and makes what an interrupted run has left due again. */
  private final class Resuming implements Enqueue.Listener {
    private final Listener outer;
    private long open;
    private @Nullable Library library;

    private Resuming(Listener outer) { this.outer = outer; }

    @Override
    public void started(UUID run, Libraries.Place place) {
      int id = place.library().id();
      open = Runs.openFiles(database, id);
      if (open > 0) {
        new BatchLedger(database).reconcile(OptionalInt.of(id));
        new SuspectLedger(database).forgetClaims(id);
        outer.resumed(open);
      }
      outer.started(run, place);
      library = place.library();
    }

    /** Only now: until here a file that is done was done by an earlier run. */
    @Override
    public void registered(Registered registered) {
      worker.start(Objects.requireNonNull(library));
      outer.registered(registered);
    }

    @Override
    public void scanned(long files) { outer.scanned(files); }

    @Override
    public void unreadable(Path folder, IOException cause) { outer.unreadable(folder, cause); }

    @Override
    public void unseen(Path file, IOException cause) { outer.unseen(file, cause); }

    @Override
    public void special(Path path) { outer.special(path); }

    @Override
    public void planned(Planned soFar) {
      worker.nudgeRelay();
      outer.planned(soFar);
      outer.progress(worker.totals().done(), open + soFar.files(), worker.totals().dead());
    }

    @Override
    public boolean isStopped() { return stop.getCount() == 0; }
  }
}
