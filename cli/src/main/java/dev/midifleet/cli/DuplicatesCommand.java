package dev.midifleet.cli;

import dev.midifleet.producer.query.DuplicateKind;
import dev.midifleet.producer.query.DuplicateListener;
import dev.midifleet.producer.query.Duplicates;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code midifleet duplicates}: files that are copies of each other. */
@Command(name = "duplicates", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Lists files that are copies of each other, in groups, those first that would free most.",
        "Of each group one file is to keep: of the best quality, then the largest, then the first found.",
        "Symbolic and hard links within a library count as one file, of which nothing can be freed, and are",
        "marked as links; a symbolic link is only kept where all are.", "",
        "  exact       the same bytes",
        "  notes       other bytes, the same notes (onset, pitch, length, drum or not), whatever the",
        "              tempo, channels, tracks, velocities, programs and text",
        "  transposed  the same notes in another key",
        "  near        much of melody and bass in common: dropped notes, another arrangement, a cut;",
        "              joined in chains, so that two of a large group may have little in common.",
        "              Before a file stands its similarity to the one to keep, 0 to 1: the share of the",
        "              64 values of their sketches (minhash) that are equal, about the share of melody and",
        "              bass in common; by a chain it may be below --min-similarity. No number: the same",
        "              bytes as the one to keep.", "",
        "A kind leaves out what the kind before it finds whole. The files of a group differ, unless it is",
        "exact: look and listen first. Nothing is deleted here; whatever deletes must compare bytes first,",
        "for a file may have changed since it was analysed, and links from another library are not known.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet duplicates", "  midifleet duplicates --kind notes --limit 100",
        "  midifleet duplicates --kind near --min-similarity 0.6 --data ~/.local/share/midifleet",
        "  midifleet duplicates --kind exact --json | jq -r '.members[1:][]? | select(.link | not).path'"})
final class DuplicatesCommand implements Callable<Integer> {
  private static final long GROUPS_IN_TABLE = 20;
  private static final double SIMILARITY_MIN = 0.1;
  private static final double SIMILARITY_DEFAULT = 0.4;

  /** What the command line may ask for. */
  enum Kind {
    EXACT,
    NOTES,
    TRANSPOSED,
    NEAR,
    ALL;

    Set<DuplicateKind> kinds() {
      return this == ALL ? EnumSet.allOf(DuplicateKind.class) : Set.of(DuplicateKind.valueOf(name()));
    }

    @Override
    public String toString() { return name().toLowerCase(Locale.ROOT); }
  }

  /** Names the kinds as {@code --help} does; picocli's own message has the names of the constants. */
  private static final class KindConverter implements ITypeConverter<Kind> {
    @Override
    public Kind convert(String text) {
      return Arrays.stream(Kind.values()).filter(kind -> kind.toString().equalsIgnoreCase(text)).findFirst()
          .orElseThrow(() -> new TypeConversionException(
              "expected one of " + Arrays.toString(Kind.values()) + " but was '" + text + "'"));
    }
  }

  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--kind", paramLabel = "KIND",
      converter = KindConverter.class, description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Kind kind = Kind.EXACT;

  @Option(names = "--min-similarity", paramLabel = "X",
      description = "For near: from which share of common values on, 0.1 to 1; below 0.3 few are found. "
          + "Default: " + SIMILARITY_DEFAULT + ".")
  private @Nullable Double similarityMin;

  @Option(names = "--limit", paramLabel = "N",
      description = "At most so many groups of each kind; default: 20, and all of them with --json.")
  private @Nullable Long limit;

  @Option(names = "--json", description = "Print a JSON object a line: one for each kind, one for each group.")
  private boolean json;

  @Mixin
  private RowsOptions rows = new RowsOptions();

  @Override
  public Integer call() throws Exception {
    double similarity = similarityMin();
    if (limit != null && limit < 0) {
      throw new CommandException(ExitCode.USAGE, "--limit is " + limit + ": it must be 0 or more");
    }
    long groupsMax = limit != null ? limit : json ? Long.MAX_VALUE : GROUPS_IN_TABLE;
    return rows.withDatabase("midifleet duplicates", (database, settings) -> {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      DuplicateListener listener = json ? new DuplicatesJson(out) : new DuplicatesText(out, groupsMax);
      var duplicates = new Duplicates(database, similarity);
      kind.kinds().forEach(each -> duplicates.find(each, groupsMax, listener));
      out.flush();
      return ExitCode.OK.code();
    });
  }

  private double similarityMin() {
    if (similarityMin == null) return SIMILARITY_DEFAULT;
    if (!(similarityMin >= SIMILARITY_MIN && similarityMin <= 1)) {
      throw new CommandException(ExitCode.USAGE, "--min-similarity is " + similarityMin + ": it must be from 0.1 to 1");
    }
    if (kind != Kind.NEAR && kind != Kind.ALL) {
      throw new CommandException(ExitCode.USAGE, "--min-similarity says nothing of --kind " + kind
          + ": it goes with --kind near or --kind all");
    }
    return similarityMin;
  }
}
