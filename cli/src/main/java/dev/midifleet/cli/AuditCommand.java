package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.operate.Audit;
import dev.midifleet.producer.operate.AuditReport;
import dev.midifleet.producer.operate.RunStatus;
import dev.midifleet.producer.operate.StatusJson;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code midifleet audit}: whether every file of a run is accounted for. */
@Command(name = "audit", mixinStandardHelpOptions = true, sortOptions = false,
    description = {
        "Balances the ledger of a run, from the rows alone: each file that it planned is done, dead, dropped, given"
            + " back, or was changed or planned again since; and what the batches count is what the files say.",
        ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet audit                          the latest run", "  midifleet audit 4f6a1c2e",
        "  midifleet audit --json | jq .wrong", "  midifleet audit --data ~/.local/share/midifleet", "",
        "Ends with 0 when the ledger balances, with 1 when it does not, or when the run is not over yet."})
final class AuditCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "RUN", arity = "0..1",
      description = "A run's id, or its first characters; default: the latest.")
  private @Nullable String run;

  @Option(names = "--json", description = "Print the ledger as a JSON object.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    return rows.withDatabase("midifleet audit", (database, settings) -> {
      int attemptsMax = settings.durations(Setting.RETRY_DELAYS).size() + 1;
      AuditReport report;
      try {
        report = Audit.of(database, Optional.ofNullable(run), attemptsMax);
      } catch (MisuseException e) {
        throw new CommandException(ExitCode.USAGE, e.getMessage() + ": `midifleet status` shows those that are open",
            e);
      }
      out.print(json ? Json.line(StatusJson.of(report)) + System.lineSeparator() : text(report));
      out.flush();
      return (report.isBalanced() ? ExitCode.OK : ExitCode.INCOMPLETE).code();
    });
  }

  static String text(AuditReport report) {
    var text = new StringBuilder();
    RunStatus run = report.run();
    text.append("run      ").append(run.run()).append(": ").append(run.state().name().toLowerCase(Locale.ROOT))
        .append(", library ").append(Printable.of(run.library()))
        .append(run.folder().isEmpty() ? "" : ", folder " + Printable.of(run.folder())).append('\n');
    text.append(
        String.format(Locale.ROOT, "planned  %,13d in %s%n", report.planned(), Amount.of(run.batches(), "batch")));
    String kinds = report.deadByKind().entrySet().stream()
        .map(kind -> String.format(Locale.ROOT, "%s %,d", kind.getKey(), kind.getValue()))
        .collect(Collectors.joining(", "));
    append(text, report.done(), "done");
    append(text, report.dead(), "dead" + (kinds.isEmpty() ? "" : ": " + kinds));
    appendSome(text, report.dropped(), "dropped");
    appendSome(text, report.givenBack(), "given back when it was cancelled");
    appendSome(text, report.changed(), "new again: changed since, or given back by a later run");
    appendSome(text, report.elsewhere(), "planned again by a later run");
    appendSome(text, report.open(), "in open batches");
    appendSome(text, report.lost(), "without any fate");
    for (AuditReport.Wrong wrong : report.wrong()) {
      text.append("wrong    ").append(Amount.of(wrong.count(), wrong.subject())).append(" against the rule: ")
          .append(wrong.rule()).append('\n');
      String example = wrong.example();
      if (example != null) {
        text.append("         the first: ").append(wrong.subject().equals("batch") ? "batch " : "")
            .append(Printable.of(example)).append('\n');
      }
      text.append("         ").append(wrong.advice()).append('\n');
    }
    String short_ = run.run().toString().substring(0, 8);
    if (report.isBalanced()) {
      text.append("balanced: ").append(report.checks()).append(" checks hold\n");
    } else if (report.wrong().isEmpty()) {
      text.append("not over yet: what is settled balances; `midifleet status ").append(short_)
          .append(" --watch` shows the rest\n");
    } else {
      text.append("not balanced: ").append(report.wrong().size()).append(" of ").append(report.checks())
          .append(" checks fail").append(report.isOver() ? "" : ", and the run is not over yet").append('\n');
    }
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String what) {
    text.append(String.format(Locale.ROOT, "         %,13d %s%n", count, what));
  }

  private static void appendSome(StringBuilder text, long count, String what) {
    if (count > 0) {
      append(text, count, what);
    }
  }
}
