package dev.midifleet.bench.accuracy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/accuracy}. */
@Command(name = "bench/accuracy", mixinStandardHelpOptions = true, description = AccuracyCommand.DESCRIPTION)
final class AccuracyCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Compares the analysis with the labels of a corpus (a folder with truth.tsv), by "
      + "five folds where a model was trained, and prints the tables of docs/accuracy.md.";

  @Parameters(paramLabel = "CORPUS", description = "a folder that holds truth.tsv")
  private Path corpus = Path.of(".");

  @Option(names = "--only", split = ",", paramLabel = "SECTION", description = "these sections only")
  private List<String> only = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "also write the tables as JSON")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException {
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

  public static void main(String[] args) { System.exit(new CommandLine(new AccuracyCommand()).execute(args)); }
}
