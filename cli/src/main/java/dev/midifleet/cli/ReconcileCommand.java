package dev.midifleet.cli;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.BrokerReport;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.WorkerStatus;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code midifleet reconcile}: after the broker has lost its data. */
@Command(name = "reconcile", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Publishes again what is not done, after RabbitMQ has lost its queue or its data.",
        "The rows in PostgreSQL say what is not done; the relay of any worker or enqueue then publishes it. Safe while "
            + "workers run: what was not lost after all is done once.",
        ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet reconcile", "  midifleet init && midifleet reconcile     where the queues are gone, too"})
final class ReconcileCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print the result as a JSON object.")
  private boolean json;

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Settings settings = connection.settings();
    return ConnectionOptions.withDatabase(settings, "midifleet reconcile", database -> {
      int batches = new BatchLedger(database).reconcile(OptionalInt.empty());
      out.println(json
          ? Json.line(Map.of("batches", batches))
          : Amount.of(batches, "batch") + " due again; `midifleet status --watch` shows how they are published");
      hint(database, settings);
      return ExitCode.OK.code();
    });
  }

  /** Says what keeps the batches from being published. */
  private static void hint(Database database, Settings settings) {
    BrokerReport broker = BrokerReport.of(settings);
    BrokerReport.Queue queue = broker.work();
    if (broker.problem() != null) {
      System.err.println("midifleet: RabbitMQ at " + broker.where() + ": " + broker.problem());
    } else if (queue != null && queue.problem() != null) {
      System.err.println("midifleet: the queue " + queue.name() + ": " + queue.problem() + "; run `midifleet init`");
    } else if (FleetStatus.ofOpenRuns(database).workers().stream().noneMatch(WorkerStatus::isAlive)) {
      System.err.println("midifleet: no worker is alive to publish them: start `midifleet worker`");
    }
  }
}
