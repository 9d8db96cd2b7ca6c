package dev.midifleet.bench.accuracy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.BenchLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench/accuracy}. */
@Command(name = "bench/accuracy", mixinStandardHelpOptions = true, description = AccuracyCommand.DESCRIPTION)
final class AccuracyCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Compares the analysis with the labels of a corpus (a folder with truth.tsv), by "
      + "five folds where a model was trained, and prints the tables of docs/accuracy.md.";

  @Parameters(paramLabel = "CORPUS", description = "a folder that holds truth.tsv")
  private Path corpus = Path.of(".");

  @Option(names = "--only", split = ",", paramLabel = "SECTION", completionCandidates = SectionNames.class,
      description = "these sections only, of ${COMPLETION-CANDIDATES}")
  private List<String> only = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "also write the tables as JSON")
  private @Nullable Path json;

  @Spec
  private @Nullable CommandSpec spec;

  /** For {@code --help}. */
  private static final class SectionNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() { return sections().stream().map(Section::name).iterator(); }
  }

  @Override
  public Integer call() throws IOException {
    List<String> names = sections().stream().map(Section::name).toList();
    for (String name : only) {
      // Otherwise a typing error would look like a corpus with nothing to say.
      if (!names.contains(name)) {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
            "--only " + name + ": there is no such section, only " + String.join(", ", names));
      }
    }
    Truth truth = Truth.read(corpus);
    Report report = new Report();
    for (Section section : sections()) {
      if (only.isEmpty() || only.contains(section.name())) {
        System.err.println("accuracy: " + section.name() + " ...");
        section.run(truth, report);
      }
    }
    System.out.print(report.toMarkdown());
    if (json != null) {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), report.toJson());
    }
    return 0;
  }

  private static List<Section> sections() {
    return List.of(new KeySection(), new TempoSection(), new ChordSection(), new MeterSection(),
        new MelodySection(), new QualitySection(), new DuplicateSection());
  }

  public static void main(String[] args) { BenchLine.start(new AccuracyCommand(), args); }
}
