package dev.midifleet.bench.endtoend;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.bench.MemoryStages;
import dev.midifleet.embedded.FolderTree;
import dev.midifleet.worker.analyze.AnalysisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run}. */
@Command(name = "bench/run", mixinStandardHelpOptions = true, description = RunCommand.DESCRIPTION)
final class RunCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Floors, stages and the whole fleet in one run, in CPU time beside wall time: reading, "
      + "storing, javax.sound.midi's parse, ours, the analysis, and files through a real RabbitMQ and a real PostgreSQL, "
      + "durable, all columns. All take turns in each round; medians and ratios are printed.";

  private static final long WARM_SEED = 99;
  /** Of the files before those that are measured, so many are different; they come again until all workers are warm. */
  private static final int WARM_DISTINCT = 12_000;

  @Option(names = "--corpus", paramLabel = "DIR", description = "real files; a generated corpus if this is not given")
  private @Nullable Path corpus;

  @Option(names = "--files", paramLabel = "N", description = "how many files are generated (${DEFAULT-VALUE})")
  private int files = 12_000;

  @Option(names = "--warm-files", paramLabel = "N",
      description = "so many others are analysed before for each worker process, the same ones again above "
          + WARM_DISTINCT + " (${DEFAULT-VALUE})")
  private int warmFiles = 24_000;

  @Option(names = "--workers", split = ",", paramLabel = "N",
      description = "worker processes, several numbers for a line each (1)")
  private List<Integer> workers = List.of(1);

  @Option(names = "--rounds", paramLabel = "N", description = "rounds (${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(names = "--no-copies", negatable = true, description = "leave out the same files once more, as copies")
  private boolean copies = true;

  @Option(names = "--set", paramLabel = "NAME=VALUE", description = "a setting of the workers, as MIDIFLEET_SLOTS=2")
  private Map<String, String> settings = Map.of();

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures as JSON")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Path work = Files.createTempDirectory("midifleet-bench-");
    try {
      return measure(work);
    } finally {
      FolderTree.delete(work);
    }
  }

  private int measure(Path work) throws IOException, SQLException, InterruptedException {
    Path library = corpus == null ? work.resolve("corpus") : corpus.toAbsolutePath();
    if (corpus == null) {
      System.out.println("generated: " + new CorpusGenerator(1, 0).write(files, library));
    }
    Path warm = work.resolve("warm");
    new CorpusGenerator(WARM_SEED, 0).write(Math.min(warmFiles, WARM_DISTINCT), warm);
    List<Path> paths = LoadedCorpus.paths(library);
    Path copied = work.resolve("copies");
    if (copies) {
      copy(paths, copied);
    }
    var report = new Report();
    var stages = new MemoryStages(LoadedCorpus.load(library.toString(), paths.size()), AnalysisOptions.DEFAULT);
    var floors = new Floors();
    try (var fleets = new BenchFleet(work)) {
      for (int round = -1; round < rounds; round++) {
        double read = floors.read(paths);
        double javax = stages.javax();
        double parse = stages.parse();
        double whole = stages.whole();
        // The first only warms this JVM up.
        if (round < 0) continue;
        report.addStages(read, javax, parse, whole);
        for (int count : workers) {
          measure(fleets, count, warm, library, copied, floors, report);
        }
      }
    }
    report.print(System.out, stages.sums());
    if (json != null) {
      report.write(json, stages.sums());
    }
    return 0;
  }

  private void measure(BenchFleet fleets, int count, Path warm, Path library, Path copied, Floors floors,
      Report report) throws IOException, SQLException, InterruptedException {
    try (var fleet = fleets.start(count, settings)) {
      warmUp(fleet, warm, count);
      BenchFleet.Counts before = fleet.counts();
      BenchFleet.Cpu start = fleet.cpu();
      fleet.enqueueAndSettle(library);
      double seconds = fleet.secondsOfRun();
      BenchFleet.Cpu end = fleet.cpu();
      BenchFleet.Counts counts = fleet.counts().minus(before);
      double copiesSeconds = 0;
      if (copies) {
        fleet.enqueueAndSettle(copied);
        copiesSeconds = fleet.secondsOfRun();
      }
      var round = new Round(count, seconds, counts, end.minus(start), copiesSeconds, fleet.cpu().minus(end),
          fleet.checksum());
      report.add(round);
      report.addStoreFloor(floors.store(fleet.connection(), () -> fleet.cpu().postgresql()));
      System.out.println(round);
    }
  }

  // Each process has compilers of its own: four that share what warms one are not warm.
  private void warmUp(BenchFleet.Fleet fleet, Path warm, int count)
      throws IOException, SQLException, InterruptedException {
    if (warmFiles == 0) return;
    long files = (long) warmFiles * count;
    int passes = Math.toIntExact(Math.ceilDiv(files, Math.min(warmFiles, WARM_DISTINCT)));
    fleet.enqueueAndSettle(warm);
    for (int pass = 1; pass < passes; pass++) {
      fleet.enqueueAndSettle(warm, "--all");
    }
    if (passes > 1) {
      // Rows that were written again are no part of what is measured.
      fleet.execute("vacuum analyze");
    }
  }

  private static void copy(List<Path> files, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < files.size(); i++) {
      String name = files.get(i).getFileName().toString();
      Files.copy(files.get(i), folder.resolve(i + name.substring(name.lastIndexOf('.'))));
    }
  }

  public static void main(String[] args) { System.exit(new CommandLine(new RunCommand()).execute(args)); }
}
