package dev.midifleet.cli;

import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.producer.operate.DeadFile;
import dev.midifleet.producer.operate.DeadFiles;
import dev.midifleet.producer.operate.DeadFiles.Affected;
import dev.midifleet.producer.operate.DeadFilter;
import dev.midifleet.producer.operate.StatusJson;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code midifleet dead}: the files that could not be used. */
@Command(name = "dead", mixinStandardHelpOptions = true,
    subcommands = {DeadCommand.ListCommand.class, DeadCommand.RetryCommand.class, DeadCommand.DropCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, retries or drops dead letters: files that could not be used, with kind and reason.",
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet dead list", "  midifleet dead retry --kind MISSING", "  midifleet dead drop --path '*.txt'"})
final class DeadCommand {

  /** What the three have in common. */
  abstract static class Part implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private DeadFilterOptions filterOptions = new DeadFilterOptions();

    @Mixin
    private RowsOptions rows = new RowsOptions();

    PrintWriter out() { return Objects.requireNonNull(spec).commandLine().getOut(); }

    RowsOptions rows() { return rows; }

    DeadFilter filter() { return filterOptions.filter(); }

    void report(Affected affected, boolean isDryRun, boolean json, String done, String wouldBe) {
      if (json) {
        out().println(Json.line(StatusJson.of(affected, isDryRun)));
        return;
      }
      String kinds = affected.byKind().entrySet().stream()
          .map(kind -> String.format(Locale.ROOT, "%s %,d", kind.getKey(), kind.getValue()))
          .collect(Collectors.joining(", "));
      out().println((isDryRun ? wouldBe : done) + ": " + Amount.of(affected.files(), "dead letter")
          + (kinds.isEmpty() ? "" : ": " + kinds));
    }
  }

  /** {@code midifleet dead list}. */
  @Command(name = "list", mixinStandardHelpOptions = true, sortOptions = false,
      description = {"Lists dead letters, in the order in which the files were found: kind, library and path, reason.",
          "Those that are being tried again are not listed.", ""},
      footerHeading = "%nExamples:%n",
      footer = {"  midifleet dead list --kind MALFORMED --limit 20",
          "  midifleet dead list --path 'incoming/**' --json"})
  static final class ListCommand extends Part {
    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "Print a JSON object a line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      if (limit < 1) {
        throw new CommandException(ExitCode.USAGE, "--limit is " + limit + ": it must be 1 or more");
      }
      return rows().withDatabase("midifleet dead", (database, settings) -> {
        long given = new DeadFiles(database).list(filter(), limit, this::print);
        out().flush();
        if (!json && given == 0) {
          out().println("no dead letters");
        }
        return ExitCode.OK.code();
      });
    }

    private void print(DeadFile file) {
      if (json) {
        out().println(Json.line(StatusJson.of(file)));
        return;
      }
      String place = file.byteOffset() == null ? "" : "byte " + file.byteOffset() + ": ";
      out().println(file.kind() + "  " + Printable.of(file.library()) + ":" + Printable.of(file.path()) + "  " + place
          + Printable.of(file.reason()));
    }
  }

  /** {@code midifleet dead retry}. */
  @Command(name = "retry", mixinStandardHelpOptions = true, sortOptions = false,
      description = {"Plans dead letters again, all of them or those that the flags name.",
          "The workers take them as any other batch; a letter stays until its file succeeds.", ""},
      footerHeading = "%nExamples:%n",
      footer = {"  midifleet dead retry --kind MISSING --dry-run", "  midifleet dead retry --older-than 2h"})
  static final class RetryCommand extends Part {
    @Option(names = "--dry-run", description = "Only count them.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      return rows().withDatabase("midifleet dead", (database, settings) -> {
        var dead = new DeadFiles(database);
        Affected affected = dryRun ? dead.count(filter()) : dead.retry(filter(), settings, AnalyzerVersion.CURRENT);
        report(affected, dryRun, json, "planned again", "would be planned again");
        if (!json && rows().isLocal() && !affected.runs().isEmpty()) {
          out().println("the next `midifleet run` on this data folder tries them");
        } else if (!json) {
          affected.runs().forEach(run -> out().println("run " + run + ": follow it with `midifleet status "
              + run.toString().substring(0, 8) + " --watch`"));
        }
        return ExitCode.OK.code();
      });
    }
  }

  /** {@code midifleet dead drop}. */
  @Command(name = "drop", mixinStandardHelpOptions = true, sortOptions = false,
      description = {"Gives dead letters up: their files are planned again only if their size or time changes.", ""},
      footerHeading = "%nExamples:%n",
      footer = {"  midifleet dead drop --kind NOT_MIDI --dry-run", "  midifleet dead drop --path '*.txt'",
          "  midifleet dead drop --all"})
  static final class DropCommand extends Part {
    @Option(names = "--all", description = "All of them; without it, a filter is wanted.")
    private boolean all;

    @Option(names = "--dry-run", description = "Only count them.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      DeadFilter filter = filter();
      if (filter.isAll() && !all) {
        throw new CommandException(ExitCode.USAGE,
            "dead drop wants --kind, --path or --older-than: or --all, to give up all of them");
      }
      return rows().withDatabase("midifleet dead", (database, settings) -> {
        var dead = new DeadFiles(database);
        report(dryRun ? dead.count(filter) : dead.drop(filter), dryRun, json, "dropped", "would be dropped");
        return ExitCode.OK.code();
      });
    }
  }
}
