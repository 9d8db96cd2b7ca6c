package dev.midifleet.cli;

import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.producer.operate.DeadFile;
import dev.midifleet.producer.operate.DeadFiles;
import dev.midifleet.producer.operate.DeadFiles.Affected;
import dev.midifleet.producer.operate.DeadFilter;
import dev.midifleet.producer.operate.RetryPace;
import dev.midifleet.producer.operate.StatusJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
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
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,8})(?:/s)?");

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

    /** Does it, and shows how far it is once that takes longer than people wait without asking. */
    static Affected withProgress(String what, Function<LongConsumer, Affected> change) {
      try (Progress progress = Progress.start(what, System.err, Terminal.isError()).quietFor(QUIET)) {
        return change.apply(files -> progress.update(files, Progress.UNKNOWN, 0));
      }
    }

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
          "  midifleet dead list --sample 20         what there is, at a glance",
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
          "The workers take them as any other batch; a letter stays until its file succeeds.", "",
          "With --rate the batches are planned at once and become due one after another: no more than N files in any"
              + " second. The rows wait, not the command: `midifleet status` shows them as waiting for their time, and"
              + " `midifleet cancel` calls off the rest.",
          ""},
      footerHeading = "%nExamples:%n",
      footer = {"  midifleet dead retry --kind MISSING --dry-run", "  midifleet dead retry --older-than 2h",
          "  midifleet dead retry --sample 100       try some first",
          "  midifleet dead retry --rate 50/s        beside other work, or for a slow disk"})
  static final class RetryCommand extends Part {
    @Option(names = "--rate", paramLabel = "N/s", description = "No more than N files become due in any second.")
    private @Nullable String rate;

    @Option(names = "--dry-run", description = "Only count them.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the result as a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      RetryPace pace = pace(rate);
      DeadFilter filter = filter();
      return rows().withDatabase("midifleet dead", (database, settings) -> {
        var dead = new DeadFiles(database);
        Affected affected = dryRun
            ? dead.count(filter)
            : withProgress("planning",
                progress -> dead.retry(filter, pace, settings, AnalyzerVersion.CURRENT, progress));
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

  static RetryPace pace(@Nullable String rate) {
    if (rate == null) return RetryPace.atOnce();
    var matcher = RATE.matcher(rate.strip());
    if (!matcher.matches()) {
      throw new CommandException(ExitCode.USAGE, "--rate is " + rate + ": files a second are wanted, such as 50/s");
    }
    return RetryPace.of(Long.parseLong(matcher.group(1)));
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
            "dead drop wants --kind, --path, --older-than or --sample: or --all, to give up all of them");
      }
      return rows().withDatabase("midifleet dead", (database, settings) -> {
        var dead = new DeadFiles(database);
        report(dryRun ? dead.count(filter) : withProgress("dropping", progress -> dead.drop(filter, progress)),
            dryRun, json, "dropped", "would be dropped");
        return ExitCode.OK.code();
      });
    }
  }
}
