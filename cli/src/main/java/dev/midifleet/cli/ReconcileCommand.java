package dev.midifleet.cli;

import dev.midifleet.common.catalog.BatchLedger;
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
    return ConnectionOptions.withDatabase(connection.settings(), "midifleet reconcile", database -> {
      int batches = new BatchLedger(database).reconcile(OptionalInt.empty());
      out.println(json
          ? Json.line(Map.of("batches", batches))
          : Amount.of(batches, "batch") + " due again; `midifleet status --watch` shows how they are published");
      return ExitCode.OK.code();
    });
  }
}
