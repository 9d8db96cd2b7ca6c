package dev.midifleet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FileAnalyzer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/analysis}: what a file costs on one core, in memory, whole and by parts. */
@Command(name = "bench/analysis", mixinStandardHelpOptions = true, description = AnalysisCostCommand.DESCRIPTION)
final class AnalysisCostCommand implements Callable<Integer> {
  static final String DESCRIPTION = "CPU time a file of one thread, files in memory: parse, the whole analysis, each of "
      + "its parts, and javax.sound.midi's parse of the same files; medians of rounds in which they take turns.";

  private static final double NANOS_A_MICRO = 1e3;

  @Option(names = "--corpus", paramLabel = "DIR", description = "real files; a generated corpus if this is not given")
  private String corpus = LoadedCorpus.GENERATED;

  @Option(names = "--files", paramLabel = "N",
      description = "how many files, evenly from the folder (${DEFAULT-VALUE})")
  private int fileCount = 1500;

  @Option(names = "--rounds", paramLabel = "N",
      description = "rounds that count, after two that do not (${DEFAULT-VALUE})")
  private int rounds = 9;

  @Option(names = "--tempo-from-notes",
      description = "estimate the tempo of every file, not only where the map says nothing")
  private boolean tempoFromNotes;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the medians as JSON")
  private @Nullable Path json;

  private LoadedCorpus files = LoadedCorpus.none();
  private MemoryStages stages = new MemoryStages(files, AnalysisOptions.DEFAULT);
  private List<FileAnalyzer.Step> steps = List.of();

  @Override
  public Integer call() throws IOException {
    files = LoadedCorpus.load(corpus, fileCount);
    stages = new MemoryStages(files, new AnalysisOptions(tempoFromNotes));
    steps = stages.analyzer().steps();
    double[] javax = new double[rounds];
    double[] parse = new double[rounds];
    double[] whole = new double[rounds];
    double[][] parts = new double[steps.size()][rounds];
    for (int round = -2; round < rounds; round++) {
      double[] ofParts = new double[steps.size()];
      double ofJavax = stages.javax();
      double ofParse = stages.parse();
      double ofWhole = stages.whole();
      parts(ofParts);
      if (round < 0) continue;
      javax[round] = ofJavax;
      parse[round] = ofParse;
      whole[round] = ofWhole;
      for (int i = 0; i < ofParts.length; i++) {
        parts[i][round] = ofParts[i];
      }
    }
    report(median(javax), median(parse), median(whole), Arrays.stream(parts).mapToDouble(AnalysisCostCommand::median)
        .toArray());
    return 0;
  }

  private void report(double javax, double parse, double whole, double[] parts) throws IOException {
    Sums sums = stages.sums();
    System.out.printf("%d files, %d of them read: %d bytes and %d notes a file%n", files.files(), sums.files(),
        sums.bytes() / sums.files(), sums.notes() / sums.files());
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("javax.sound.midi", javax);
    values.put("parse", parse);
    values.put("whole", whole);
    for (int i = 0; i < parts.length; i++) {
      values.put(steps.get(i).name(), parts[i]);
    }
    System.out.printf("%n| part | us a file | to the parse |%n| --- | --- | --- |%n");
    values.forEach((name, micros) -> System.out.printf("| %s | %.1f | %.2f |%n", name, micros, micros / parse));
    if (json != null) {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), values);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  // By the clock on the wall, whose reading costs some 25 ns: the thread's own time takes a system call.
  private void parts(double[] micros) {
    long[] nanos = new long[micros.length];
    for (int i = 0; i < files.files(); i++) {
      try {
        stages.analyzer().parse(files.segment(), files.offset(i), files.length(i));
      } catch (FileFailure e) {
        continue;
      }
      long before = System.nanoTime();
      for (int step = 0; step < nanos.length; step++) {
        steps.get(step).work().accept(stages.analysis());
        long after = System.nanoTime();
        nanos[step] += after - before;
        before = after;
      }
    }
    for (int step = 0; step < nanos.length; step++) {
      micros[step] = nanos[step] / NANOS_A_MICRO / files.files();
    }
  }

  public static void main(String[] args) { System.exit(new CommandLine(new AnalysisCostCommand()).execute(args)); }
}
