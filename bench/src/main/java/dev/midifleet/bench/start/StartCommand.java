package dev.midifleet.bench.start;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.bench.endtoend.BenchFleet;
import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/start}. */
@Command(name = "bench/start", mixinStandardHelpOptions = true, description = StartCommand.DESCRIPTION)
final class StartCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Seconds until `midifleet --version` has ended, until a worker has committed its first "
      + "batch, and until it has reached 90 %% of its peak speed: bare, with the launcher's shared archive, and with an "
      + "AOT cache of `analyze` (as the image has it) or of `run`, by turns.";

  private static final double NANOS = 1e9;
  private static final double PART_OF_PEAK = .9;
  private static final long TRAINING_SEED = 7;
  private static final long MINUTES_MAX = 5;

  @Option(names = "--jar", required = true, paramLabel = "FILE", description = "midifleet.jar")
  private Path jar = Path.of("midifleet.jar");

  @Option(names = "--files", paramLabel = "N", description = "how many files a worker finds (${DEFAULT-VALUE})")
  private int files = 6000;

  @Option(names = "--training-files", paramLabel = "N", description = "of the training run (${DEFAULT-VALUE})")
  private int trainingFiles = 400;

  @Option(names = "--rounds", paramLabel = "N", description = "rounds (${DEFAULT-VALUE})")
  private int rounds = 3;

  private final Map<String, List<Figures>> measured = new LinkedHashMap<>();

  /** Seconds; and files/s. */
  private record Figures(double version, double firstBatch, double fast, double peak, double all) {}

  /** What a JVM is started with besides the flags of .mvn/jvm.flags. */
  private record Way(String name, List<String> shortFlags, List<String> workerFlags) {}

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Path work = Files.createTempDirectory("midifleet-start-");
    try {
      Path library = work.resolve("library");
      new CorpusGenerator(1, 0).write(files, library);
      Path training = work.resolve("training");
      new CorpusGenerator(TRAINING_SEED, 0).write(trainingFiles, training);
      try (var fleets = new BenchFleet(work)) {
        List<Way> ways = ways(work, training);
        for (int round = 0; round < rounds; round++) {
          for (Way way : ways) {
            Figures one = measure(fleets, way, library);
            System.out.println("round " + (round + 1) + ", " + way.name() + ": " + one);
            measured.computeIfAbsent(way.name(), _ -> new ArrayList<>()).add(one);
          }
        }
      }
    } finally {
      FolderTree.delete(work);
    }
    System.out.printf("%n| | --version, s | first batch, s | 90 %% of peak, s | peak, files/s | all files, s |%n"
        + "| --- | --- | --- | --- | --- | --- |%n");
    measured.forEach((name, all) -> System.out.printf("| %s | %.2f | %.1f | %.1f | %.0f | %.1f |%n", name,
        median(all, Figures::version), median(all, Figures::firstBatch), median(all, Figures::fast),
        median(all, Figures::peak), median(all, Figures::all)));
    return 0;
  }

  private static double median(List<Figures> all, ToDoubleFunction<Figures> of) {
    double[] sorted = all.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Makes the archives by runs on the training files, as the launcher and the image do. */
  private List<Way> ways(Path work, Path training) throws IOException, InterruptedException {
    List<String> quick = List.of("-XX:TieredStopAtLevel=1");
    var shortArchive = List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + work.resolve("short.jsa"));
    var archive = List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + work.resolve("work.jsa"));
    Path cache = work.resolve("analyze.aot");
    Path runCache = work.resolve("run.aot");
    time(join(quick, shortArchive), "--version");
    time(archive, "run", training.toString(), "--data", work.resolve("data1").toString());
    time(List.of("-XX:AOTCacheOutput=" + cache), "analyze", training.toString());
    time(List.of("-XX:AOTCacheOutput=" + runCache), "run", training.toString(), "--data",
        work.resolve("data2").toString());
    System.out.printf("archive of short commands %d MB, of workers %d MB, AOT cache of analyze %d MB, of run %d MB%n",
        Files.size(work.resolve("short.jsa")) >> 20, Files.size(work.resolve("work.jsa")) >> 20,
        Files.size(cache) >> 20, Files.size(runCache) >> 20);
    var cached = List.of("-XX:AOTCache=" + cache);
    var runCached = List.of("-XX:AOTCache=" + runCache);
    return List.of(new Way("bare", quick, List.of()), new Way("shared archive", join(quick, shortArchive), archive),
        new Way("AOT cache of `analyze`", cached, cached), new Way("AOT cache of `run`", runCached, runCached));
  }

  private static List<String> join(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private Process start(List<String> flags, Map<String, String> environment, String... arguments) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(Files.readAllLines(Path.of(System.getProperty("midifleet.home"), ".mvn/jvm.flags")));
    words.addAll(flags);
    words.addAll(List.of("-jar", jar.toString()));
    words.addAll(Arrays.asList(arguments));
    var builder = new ProcessBuilder(words).redirectErrorStream(true)
        .redirectOutput(Files.createTempFile("start", ".txt").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Seconds until it has ended. */
  private double time(List<String> flags, String... arguments) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    int code = start(flags, Map.of(), arguments).waitFor();
    if (code != 0) throw new IllegalStateException(String.join(" ", arguments) + " ended with " + code);
    return (System.nanoTime() - begin) / NANOS;
  }

  private Figures measure(BenchFleet fleets, Way way, Path library)
      throws IOException, SQLException, InterruptedException {
    double version = time(way.shortFlags(), "--version");
    try (var fleet = fleets.start(0, Map.of())) {
      fleet.enqueue(library);
      double begin = System.currentTimeMillis() / 1e3;
      Process worker = start(way.workerFlags(), fleet.environment(), "worker");
      try {
        List<double[]> batches = settled(fleet.connection(), begin);
        return new Figures(version, batches.getFirst()[0], Peak.reached(batches, PART_OF_PEAK), Peak.of(batches),
            batches.getLast()[0]);
      } finally {
        worker.destroy();
        worker.waitFor();
      }
    }
  }

  /** Waits until all is committed: seconds since {@code begin} and files of each batch, in order. */
  private List<double[]> settled(Connection connection, double begin) throws SQLException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES_MAX);
    try (Statement statement = connection.createStatement()) {
      while (true) {
        List<double[]> batches = new ArrayList<>();
        double done = 0;
        try (ResultSet rows = statement.executeQuery("select extract(epoch from committed_at), files_done from batches"
            + " where committed_at is not null order by committed_at")) {
          while (rows.next()) {
            batches.add(new double[]{rows.getDouble(1) - begin, rows.getInt(2)});
            done += rows.getInt(2);
          }
        }
        if (done >= files) return batches;
        if (System.nanoTime() > end) throw new IllegalStateException("not settled within " + MINUTES_MAX + " minutes");
        Thread.sleep(500);
      }
    }
  }

  public static void main(String[] args) { System.exit(new CommandLine(new StartCommand()).execute(args)); }
}
