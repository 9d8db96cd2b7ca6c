package dev.midifleet.cli;

import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.operate.Cancel;
import dev.midifleet.producer.operate.Cancel.Cancelled;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.RunStatus;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
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

/** {@code midifleet cancel}: ends a run. */
@Command(name = "cancel", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Ends a run: what is done stays, and what is not becomes again what it was",
        "(new, done or dead); the next enqueue plans what is new.",
        "Workers need not be stopped: they write nothing more of it.", ""},
    footerHeading = "%nExamples:%n", footer = {"  midifleet cancel 4f6a1c2e", "  midifleet cancel 4f6a1c2e --json"})
final class CancelCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A run's id, or its first characters; `midifleet status` shows them.")
  private String run = "";

  @Option(names = "--json", description = "Print the result as a JSON object.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    return rows.withDatabase("midifleet cancel", (database, settings) -> {
      RunStatus status = find(() -> FleetStatus.ofRun(database, run));
      if (status.state() == RunStatus.State.COMPLETE) {
        throw new CommandException(ExitCode.USAGE, "run " + run + " is complete: there is nothing to cancel");
      }
      Cancelled cancelled = new Cancel(database).cancel(status.run());
      if (json) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("run", status.run().toString());
        object.put("batches", cancelled.batches());
        object.put("files", cancelled.files());
        out.println(Json.line(object));
      } else {
        out.println("run " + status.run() + (cancelled.wasCancelled() ? " had been cancelled: " : " is cancelled: ")
            + Amount.of(cancelled.files(), "file") + " given back; the next `midifleet enqueue` plans them");
      }
      return ExitCode.OK.code();
    });
  }

  private static RunStatus find(Callable<FleetStatus> look) throws Exception {
    try {
      return look.call().runs().getFirst();
    } catch (MisuseException e) {
      throw new CommandException(ExitCode.USAGE, e.getMessage() + ": `midifleet status` shows those that are open", e);
    }
  }
}
