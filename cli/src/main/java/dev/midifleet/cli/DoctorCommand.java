package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import dev.midifleet.producer.operate.Doctor;
import dev.midifleet.producer.operate.Finding;
import dev.midifleet.producer.operate.StatusJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code midifleet doctor}: what is wrong with a fleet, and what to do about it. */
@Command(name = "doctor", mixinStandardHelpOptions = true, sortOptions = false,
    description = {
        "Looks at settings, PostgreSQL, RabbitMQ, queues, batches, workers and libraries, and says of each thing that"
            + " is wrong what to do. Changes nothing; passwords are not shown.",
        ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet doctor", "  midifleet doctor --json | jq '.findings[] | select(.wrong)'",
        "  midifleet doctor --data ~/.local/share/midifleet", "",
        "Ends with 0 when nothing is wrong, with 1 when something is."})
final class DoctorCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  @Override
  public Integer call() throws Exception {
    Logging.level("ERROR");
    return rows.withDatabase("midifleet doctor", this::examine);
  }

  private int examine(Database database, Settings settings) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<Finding> findings = new Doctor(settings, database, Main.version(), AnalyzerVersion.CURRENT)
        .examine(!rows.isLocal());
    out.print(json ? Json.line(StatusJson.of(findings)) + System.lineSeparator() : text(findings));
    out.flush();
    return (findings.stream().anyMatch(Finding::isWrong) ? ExitCode.INCOMPLETE : ExitCode.OK).code();
  }

  static String text(List<Finding> findings) {
    var text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(String.format(Locale.ROOT, "%-5s  %-11s  %s%n", finding.isWrong() ? "WRONG" : "ok", finding.check(),
          Printable.of(finding.text())));
      if (finding.advice() != null) {
        text.append(" ".repeat(20)).append("-> ").append(finding.advice()).append('\n');
      }
    }
    long wrong = findings.stream().filter(Finding::isWrong).count();
    return text.append(wrong == 0 ? "nothing is wrong\n" : Amount.of(wrong, "thing") + " to do something about\n")
        .toString();
  }
}
