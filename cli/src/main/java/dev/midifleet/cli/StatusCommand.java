package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.common.lifecycle.ShutdownStack;
import dev.midifleet.common.queue.QueueDepth;
import dev.midifleet.common.queue.QueueException;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.common.queue.Topology;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.RunStatus;
import dev.midifleet.producer.operate.StatusJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code midifleet status}: runs, queue, workers and dead letters. */
@Command(name = "status", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Shows how runs, queue and workers do, and how many dead letters there are, by kind.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet status", "  midifleet status 4f6a1c2e --watch", "  midifleet status --json | jq .runs",
        "  midifleet status --data ~/.local/share/midifleet"})
final class StatusCommand implements Callable<Integer> {
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration QUEUE_PATIENCE = Duration.ofSeconds(2);
  private static final String HOME_AND_CLEAR = "\u001B[H\u001B[J";

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "RUN", arity = "0..1",
      description = "A run's id, or its first characters; default: all runs that are not over, else the latest.")
  private @Nullable String run;

  @Option(names = "--watch", description = "Look again every 2 seconds, until Ctrl-C or until RUN is over.")
  private boolean watch;

  @Option(names = "--json", description = "Print a JSON object; with --watch, one a line.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  /** What the queue says now, and the line about it for people. */
  private record Queue(@Nullable QueueDepth depth, String text) {}

  @Override
  public Integer call() throws Exception {
    // What cannot be reached is said in its own place.
    Logging.level("ERROR");
    return rows.withDatabase("midifleet status", (database, settings) -> {
      read(database);
      try (var resources = new ShutdownStack()) {
        RabbitWorkQueue queue = rows.isLocal() ? null : resources.add("the queue", open(settings));
        show(database, queue, settings);
        return ExitCode.OK.code();
      }
    });
  }

  private void show(Database database, @Nullable RabbitWorkQueue queue, Settings settings)
      throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    boolean clear = watch && !json && Terminal.isOutput() && Terminal.canMoveCursor();
    long settledBefore = -1;
    long nanosBefore = 0;
    while (true) {
      FleetStatus status = watch ? Patiently.look(() -> read(database), err) : read(database);
      long nanos = System.nanoTime();
      long settled = status.runs().stream().mapToLong(RunStatus::filesSettled).sum();
      double rate = settledBefore < 0 ? Double.NaN : Math.max(0, settled - settledBefore) * 1e9 / (nanos - nanosBefore);
      settledBefore = settled;
      nanosBefore = nanos;
      Queue depth = depth(queue, settings);
      if (json) {
        out.println(Json.line(object(status, depth)));
      } else {
        out.print((clear ? HOME_AND_CLEAR : "")
            + StatusText.of(status, rows.isLocal(), depth.text(), status.runs().size() == 1 ? rate : Double.NaN,
                Instant.now()));
      }
      out.flush();
      boolean over = run != null && status.runs().stream().allMatch(RunStatus::isOver);
      if (!watch || over || out.checkError()) return;
      Thread.sleep(INTERVAL);
      if (!json && !clear) {
        out.println();
      }
    }
  }

  private FleetStatus read(Database database) {
    if (run == null) return FleetStatus.ofOpenRuns(database);
    try {
      return FleetStatus.ofRun(database, run);
    } catch (MisuseException e) {
      throw new CommandException(ExitCode.USAGE, e.getMessage() + ": `midifleet status` shows those that are open", e);
    }
  }

  private static RabbitWorkQueue open(Settings settings) throws InterruptedException {
    var queue = new RabbitWorkQueue(settings, "midifleet status", (name, body, reason) -> {});
    try {
      queue.awaitConnected(QUEUE_PATIENCE);
    } catch (QueueException _) {
      // Each look says so.
    }
    return queue;
  }

  private static Queue depth(@Nullable RabbitWorkQueue queue, Settings settings) {
    if (queue == null) return new Queue(null, "none; the batches of `midifleet run` wait in its own process");
    Topology topology = Topology.of(settings);
    try {
      QueueDepth depth = queue.depth();
      return new Queue(depth, String.format(Locale.ROOT, "%s: %,d batches ready, %,d consumers; %s: %,d",
          topology.work(), depth.ready(), depth.consumers(), topology.dead(), depth.dead()));
    } catch (QueueException e) {
      return new Queue(null, "not reachable (" + e.getMessage() + ")");
    }
  }

  private static Map<String, @Nullable Object> object(FleetStatus status, Queue queue) {
    Map<String, @Nullable Object> object = StatusJson.of(status);
    QueueDepth depth = queue.depth();
    if (depth == null) {
      object.put("queue", null);
    } else {
      Map<String, Object> counts = new LinkedHashMap<>();
      counts.put("ready", depth.ready());
      counts.put("dead", depth.dead());
      counts.put("consumers", depth.consumers());
      object.put("queue", counts);
    }
    return object;
  }
}
