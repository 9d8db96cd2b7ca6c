package dev.midifleet.cli;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Grants;
import dev.midifleet.common.catalog.UnreadableMessageLog;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.lifecycle.ShutdownStack;
import dev.midifleet.common.observe.HealthEndpoint;
import dev.midifleet.common.observe.MetricsSummary;
import dev.midifleet.common.queue.QueueException;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.worker.Worker;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code midifleet worker}: takes batches from RabbitMQ until it is told to stop. */
@Command(name = "worker", mixinStandardHelpOptions = true, description = {
    "Takes batches from RabbitMQ, analyses their files, and commits them to PostgreSQL before it acks.",
    "Start as many as you like, on as many hosts as see the files. Ctrl-C or SIGTERM drains.",
    "Waits for PostgreSQL and RabbitMQ where they are away (MIDIFLEET_GIVE_UP_AFTER: no longer than that)."},
    footerHeading = "%nExamples:%n", footer = {
        "  midifleet worker                        one a host is usual: it uses all cores",
        "  midifleet worker --threads 16           more threads than cores, for a slow or a network disk",
        "  MIDIFLEET_LIBRARY_POP=/mnt/pop midifleet worker    library \"pop\" lies elsewhere on this host"})
final class WorkerCommand implements Callable<Integer> {
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(15);

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions();

  @Mixin
  private WorkerOptions options = new WorkerOptions();

  @Override
  public Integer call() throws InterruptedException {
    Logging.level("INFO");
    Logger log = LoggerFactory.getLogger(WorkerCommand.class);
    Settings settings = patient(options.over(connection.settings()));
    var metrics = new MetricRegistry();
    @Nullable
    Interruption interruption = null;
    try {
      Worker worker;
      try (var _ = options.startRecording(); var stack = new ShutdownStack()) {
        var wait = new StartWait(settings);
        if (settings.isGiven(Setting.HEALTH)) {
          stack.add("health", HealthEndpoint.open(settings.text(Setting.HEALTH), wait::health));
        }
        // Nothing is held yet: Ctrl-C and SIGTERM end this waiting, and the process, at once.
        wait.forDatabase(database -> requireSchema(database, settings));
        Database database = stack.add("connections", Database.open(settings, "midifleet worker"));
        var unreadable = new UnreadableMessageLog(database);
        var queue = stack.add("queue", new RabbitWorkQueue(settings, "midifleet worker", unreadable::record));
        worker = stack.add("worker", new Worker(settings, database, queue, metrics,
            new HostProcess(settings)));
        interruption = new Interruption(() -> worker.requestStop("it was told to stop"),
            settings.duration(Setting.DRAIN_TIMEOUT).plus(DRAIN_MARGIN));
        worker.start();
        wait.forQueue(queue, worker);
        log.info("stopping: {}", worker.awaitStopRequest());
      }
      var totals = worker.totals();
      log.info("stopped: {} files done, {} of them copies, {} dead", totals.done(), totals.copied(), totals.dead());
      MetricsSummary.lines(metrics).forEach(log::info);
      return interruption.isRequested() ? ExitCode.OK.code() : ExitCode.UNAVAILABLE.code();
    } catch (QueueException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    } finally {
      // Only now, when all is drained and closed, may a waiting SIGTERM end the JVM.
      if (interruption != null) {
        interruption.close();
      }
    }
  }

  /** A worker's statements are short: one that is not answered for a minute has met a network that swallows packets. */
  private static Settings patient(Settings given) {
    return given.isGiven(Setting.DATABASE_TIMEOUT) ? given : given.with(Setting.DATABASE_TIMEOUT, "1m");
  }

  private static void requireSchema(Database database, Settings settings) {
    FleetStatus.ofOpenRuns(database);
    if (!Grants.mayWork(database)) {
      String role = settings.text(Setting.DATABASE_USER);
      throw new CommandException(ExitCode.UNAVAILABLE, "the role " + role
          + " may not write what a worker writes: use the role of workers, or let the owner of the schema run"
          + " `midifleet init --worker-role " + role + "`");
    }
  }
}
