package dev.midifleet.cli;

import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.operate.DeadFile;
import dev.midifleet.producer.operate.StatusJson;
import dev.midifleet.producer.operate.Why;
import dev.midifleet.producer.operate.WhyReport;
import dev.midifleet.producer.operate.WhyReport.Step;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code midifleet why}: what became of one file, and what will. */
@Command(name = "why", mixinStandardHelpOptions = true, sortOptions = false,
    description = {
        "Tells all that is known of a file: its state, its batches with their workers, its dead letter, and what will"
            + " happen to it next.",
        ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet why /srv/midi/pop/song.mid     by its place on this host",
        "  midifleet why pop/song.mid               by its path below a library",
        "  midifleet why 'main:caf\\xe9.mid'         as other commands print it, the library in front",
        "  midifleet why pop/song.mid --json | jq .batches"})
final class WhyCommand implements Callable<Integer> {
  private static final String LINE = "         %-8s %7s %-7s %7s %9s %5s %7s %-9s %-20s  %s%n";

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE",
      description = "A path on this host, a path below a library, or NAME:PATH with the library's name.")
  private String file = "";

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (file.isEmpty()) throw new CommandException(ExitCode.USAGE, "FILE is empty: name one");
    Path path = PathArguments.toPath(file);
    return rows.withDatabase("midifleet why", (database, settings) -> {
      WhyReport report;
      try {
        report = Why.of(database, file, path, settings);
      } catch (MisuseException e) {
        throw new CommandException(ExitCode.USAGE, Printable.of(path) + ": " + e.getMessage(), e);
      }
      out.print(json ? Json.line(StatusJson.of(report)) + System.lineSeparator() : text(report));
      out.flush();
      return ExitCode.OK.code();
    });
  }

  static String text(WhyReport report) {
    var text = new StringBuilder();
    text.append("file     ").append(Printable.of(report.library())).append(':').append(Printable.of(report.path()))
        .append('\n');
    text.append(
        String.format(Locale.ROOT, "         %,d bytes, modified %s, when it was found last%n", report.sizeBytes(),
            report.modifiedAt().truncatedTo(ChronoUnit.SECONDS)));
    text.append("status   ").append(report.status());
    if (report.contentHash() != null) {
      text.append(", content ").append(report.contentHash()).append(", analysed ")
          .append(Objects.requireNonNull(report.analyzedAt()).truncatedTo(ChronoUnit.SECONDS));
    }
    text.append('\n');
    appendBatches(text, report);
    for (WhyReport.Failure failure : report.failures()) {
      text.append("failed   in batch ").append(failure.batch())
          .append(failure.host() == null ? "" : " on " + Printable.of(failure.host())).append(", ")
          .append(failure.failedAt().truncatedTo(ChronoUnit.SECONDS)).append(": ").append(failure.kind())
          .append(failure.byteOffset() == null ? "" : " at byte " + failure.byteOffset()).append(": ")
          .append(Printable.of(failure.reason())).append('\n');
    }
    DeadFile dead = report.dead();
    if (dead != null) {
      text.append("dead     ").append(dead.kind())
          .append(dead.byteOffset() == null ? "" : " at byte " + dead.byteOffset()).append(": ")
          .append(Printable.of(dead.reason())).append('\n');
      text.append("         ").append(Amount.of(dead.attempts(), "attempt")).append(", the last ")
          .append(dead.lastFailedAt().truncatedTo(ChronoUnit.SECONDS)).append('\n');
    }
    return text.append("next     ").append(report.next()).append('\n').toString();
  }

  private static void appendBatches(StringBuilder text, WhyReport report) {
    if (report.batches().isEmpty()) {
      text.append("batches  none yet\n");
      return;
    }
    text.append("batches").append(LINE.formatted("run", "batch", "lane", "attempt", "published", "taken", "crashes",
        "outcome", "committed", "worker").substring(7));
    for (Step step : report.batches()) {
      String host = step.host();
      String worker = step.worker() == null
          ? "-"
          : host == null ? step.worker().toString() : step.pid() + " on " + Printable.of(host);
      text.append(String.format(Locale.ROOT, LINE, step.run().toString().substring(0, 8), step.batch(), step.lane(),
          step.attempt(), step.publications(), step.taken(), step.crashes(),
          step.outcome() == null ? "open" : step.outcome(),
          step.committedAt() == null ? "-" : step.committedAt().truncatedTo(ChronoUnit.SECONDS), worker));
    }
  }
}
