package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.BatchRelay;
import dev.midifleet.common.queue.QueueException;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.producer.operate.Enqueue;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.RunStatus;
import dev.midifleet.producer.operate.StatusJson;
import dev.midifleet.producer.operate.Waiting;
import dev.midifleet.producer.plan.Planned;
import dev.midifleet.producer.register.Registered;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code midifleet enqueue DIR}: registers, plans and publishes, and on request waits for the workers. */
@Command(name = "enqueue", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Plans the new and changed files of a folder for the workers. Doing it again costs little.", "",
        "The workers read the files where the folder is on their hosts: at the same place, or where"
            + " MIDIFLEET_LIBRARY_<NAME> says.",
        ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet enqueue /srv/midi", "  midifleet enqueue /srv/midi --library main --wait",
        "  midifleet enqueue /srv/midi/new --all --json", "",
        "Ends with 1 when a folder could not be read, or when RabbitMQ went away: the workers publish the rest then."})
final class EnqueueCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder.")
  private Path directory = Path.of("");

  @Option(names = "--library", paramLabel = "NAME",
      description = "Name of the library that the folder is, or is part of; default: the one that holds it, else a"
          + " new one.")
  private @Nullable String library;

  @Option(names = "--all", description = "Also files that are analysed already, or dead; not those that were dropped.")
  private boolean all;

  @Option(names = "--all-files", description = "Every file, not only .mid, .midi, .kar, .rmi and .smf.")
  private boolean allFiles;

  @Option(names = "--wait", description = "Wait until the workers are through; Ctrl-C only ends the waiting.")
  private boolean waits;

  @Option(names = "--json", description = "Print the result as a JSON object.")
  private boolean json;

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions();

  /** What Ctrl-C has to say at the moment. */
  private volatile String onInterrupt = "stopped: nothing was changed";

  @Override
  public Integer call() throws Exception {
    Settings settings = connection.settings();
    if (!Files.isDirectory(directory)) throw notAFolder(null);
    var hook = Thread.ofPlatform().name("stop").unstarted(() -> System.err.println("midifleet: " + onInterrupt));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return ConnectionOptions.withDatabase(settings, "midifleet enqueue", database -> enqueue(database, settings))
          .code();
    } finally {
      Interruption.forget(hook);
    }
  }

  private ExitCode enqueue(Database database, Settings settings) throws Exception {
    // Without a schema or a broker, say so before anything is scanned.
    FleetStatus.ofOpenRuns(database);
    try (var queue = new RabbitWorkQueue(settings, "midifleet enqueue", (name, body, reason) -> {});
        var relay = new BatchRelay(database, queue, settings)) {
      queue.awaitConnected(ConnectionOptions.PATIENCE);
      relay.start();
      Enqueue.Result result = plan(database, settings, relay);
      boolean published = awaitPublished(database, result.run(), queue, settings);
      if (!json) {
        report(result);
      }
      RunStatus status = waits ? await(database, result) : look(database, result.run());
      if (json) {
        out().println(Json.line(object(result, status)));
      } else if (waits) {
        out().println((isCancelled(status)
            ? "cancelled, and what was not settled is given back: "
            : "complete: ") + StatusText.settled(status));
      }
      boolean sawAll = result.unreadableFolders() + result.unreadableFiles() == 0;
      return published && sawAll && !isCancelled(status) ? ExitCode.OK : ExitCode.INCOMPLETE;
    } catch (QueueException e) {
      throw new CommandException(ExitCode.UNAVAILABLE,
          e.getMessage() + ": mend that, or name another by " + Setting.AMQP_URI.variable(), e);
    }
  }

  private static boolean isCancelled(RunStatus status) { return status.state() == RunStatus.State.CANCELLED; }

  private Enqueue.Result plan(Database database, Settings settings, BatchRelay relay) throws IOException {
    var options = new Enqueue.Options(Optional.ofNullable(library), all, allFiles);
    try (var listener = new Shown(relay)) {
      return new Enqueue(database, settings, AnalyzerVersion.CURRENT).enqueue(directory, options, listener);
    } catch (NotDirectoryException e) {
      throw notAFolder(e);
    }
  }

  private CommandException notAFolder(@Nullable Exception cause) {
    return new CommandException(ExitCode.USAGE, Printable.of(directory) + " is not a folder that can be read", cause);
  }

  /** Shows the scan and the planning, and wakes the relay after each transaction. */
  private final class Shown implements Enqueue.Listener, AutoCloseable {
    private final BatchRelay relay;
    private Progress progress = progress("scanning");
    private long toPlan = Progress.UNKNOWN;

    Shown(BatchRelay relay) { this.relay = relay; }

    @Override
    public void started(UUID run, Libraries.Place place) {
      onInterrupt = "stopped: what was planned so far is worked on; enqueue the folder again for the rest";
    }

    @Override
    public void scanned(long files) { progress.update(files, Progress.UNKNOWN, 0); }

    @Override
    public void unreadable(Path folder, IOException cause) {
      System.err.println(Printable.unreadable(directory.resolve(folder), cause));
    }

    @Override
    public void unseen(Path file, IOException cause) {
      System.err.println(Printable.unseen(directory.resolve(file), cause));
    }

    @Override
    public void special(Path path) { System.err.println(Printable.special(directory.resolve(path))); }

    @Override
    public void registered(Registered registered) {
      progress.close();
      progress = progress("planning");
      toPlan = all ? Progress.UNKNOWN : Math.max(0, registered.added() + registered.changed());
    }

    @Override
    public void planned(Planned soFar) {
      relay.nudge();
      progress.update(soFar.files(), Math.max(toPlan, soFar.files()), 0);
    }

    @Override
    public void close() { progress.close(); }
  }

  /** Waits while the queue takes batches; false when some are left for the workers' relays. */
  private boolean awaitPublished(Database database, UUID run, RabbitWorkQueue queue, Settings settings)
      throws InterruptedException {
    onInterrupt = "stopped: all is planned, and the workers publish what is left; midifleet status " + run;
    long left = look(database, run).batchesUnpublished();
    long limit = System.nanoTime() + settings.duration(Setting.CONFIRM_TIMEOUT).toNanos();
    while (left > 0) {
      if (System.nanoTime() > limit) {
        String problem = queue.problem();
        System.err.println("midifleet: planned and not published yet: " + Amount.of(left, "batch")
            + (problem == null ? "" : " (" + problem + ")") + ": the workers publish them");
        return false;
      }
      Thread.sleep(POLL.toMillis() / 5);
      long now = look(database, run).batchesUnpublished();
      if (now < left) {
        limit = System.nanoTime() + settings.duration(Setting.CONFIRM_TIMEOUT).toNanos();
      }
      left = now;
    }
    return true;
  }

  private RunStatus await(Database database, Enqueue.Result result) throws InterruptedException {
    onInterrupt = "stopped waiting: the workers go on; midifleet status " + result.run();
    boolean waited = false;
    try (var progress = progress("analysing")) {
      while (true) {
        RunStatus status = look(database, result.run());
        progress.update(status.filesSettled(), Math.max(status.filesPlanned(), status.filesSettled()),
            status.filesDead());
        if (status.isOver()) return status;
        boolean onlyWaits = status.batchesOpen() > 0 && status.batchesOpen() == status.batchesDelayed();
        if (onlyWaits && !waited) {
          System.err.println("midifleet: " + waiting(database, result.run()));
        }
        waited = onlyWaits;
        Thread.sleep(POLL);
      }
    }
  }

  /** What a run waits for that has nothing else to do. */
  private String waiting(Database database, UUID run) throws InterruptedException {
    Waiting waiting = Patiently.look(() -> Waiting.of(database, run),
        Objects.requireNonNull(spec).commandLine().getErr());
    return Amount.of(waiting.files(), "file") + " could not be read and will be tried again ("
        + waiting.kinds().entrySet().stream().map(kind -> kind.getKey() + " " + kind.getValue())
            .collect(Collectors.joining(", "))
        + (waiting.next() == null ? ")" : "), the next at " + waiting.next().truncatedTo(ChronoUnit.SECONDS));
  }

  private RunStatus look(Database database, UUID run) throws InterruptedException {
    return Patiently.look(() -> FleetStatus.ofRun(database, run.toString()).runs().getFirst(),
        Objects.requireNonNull(spec).commandLine().getErr());
  }

  private void report(Enqueue.Result result) {
    PrintWriter out = out();
    Registered registered = result.registered();
    String known = Amount.more(registered.dead(), " dead") + Amount.more(registered.dropped(), " dropped");
    out.printf(Locale.ROOT, "library %s%s: %s: %,d new, %,d changed, %,d unchanged%s%n",
        result.place().library().name(),
        result.place().folder().isEmpty() ? "" : ", folder " + Printable.of(result.place().folder()),
        Amount.of(registered.found(), "file"), registered.added(), registered.changed(), registered.unchanged(),
        known.isEmpty() ? "" : " (of them " + known.substring(2) + ")");
    out.println("planned " + Amount.of(result.planned().files(), "file") + " in "
        + Amount.of(result.planned().batches(), "batch") + ", " + StatusText.bytes(result.planned().bytes()));
    if (result.unreadableFolders() > 0) {
      out.println(Amount.of(result.unreadableFolders(), "folder") + " could not be read");
    }
    if (result.unreadableFiles() > 0) {
      out.println(Amount.of(result.unreadableFiles(), "file") + " could not be read");
    }
    out.println("run " + result.run() + ": follow it with `midifleet status " + result.run().toString().substring(0, 8)
        + " --watch`");
    out.flush();
  }

  private static Map<String, @Nullable Object> object(Enqueue.Result result, RunStatus status) {
    Map<String, @Nullable Object> object = StatusJson.of(result);
    object.put("files_done", status.filesDone());
    object.put("files_copied", status.filesCopied());
    object.put("files_dead", status.filesDead());
    object.put("complete", status.isOver());
    return object;
  }

  private static Progress progress(String what) { return Progress.start(what, System.err, Terminal.isError()); }

  private PrintWriter out() { return Objects.requireNonNull(spec).commandLine().getOut(); }
}
