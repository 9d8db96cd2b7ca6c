package dev.midifleet.bench.endtoend;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/pipeline}. */
@Command(name = "bench/pipeline", mixinStandardHelpOptions = true, description = PipelineCommand.DESCRIPTION)
final class PipelineCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Where a worker's time goes, over a real RabbitMQ and a real PostgreSQL. Without more "
      + "words: what its flight recording says, and what recording costs. With --vary or --flags: files/s and CPU a file for "
      + "each value, by turns. With --recording: what a recording that is there says.";

  private static final long WARM_SEED = 99;
  private static final double MEGABYTE = 1 << 20;

  @Option(names = "--files", paramLabel = "N", description = "how many files are measured (${DEFAULT-VALUE})")
  private int files = 3000;

  @Option(names = "--warm-files", paramLabel = "N",
      description = "others that each worker sees before (${DEFAULT-VALUE})")
  private int warmFiles = 2000;

  @Option(names = "--rounds", paramLabel = "N", description = "rounds (${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(names = "--vary", paramLabel = "NAME=A/B/…",
      description = "a setting and its values, as MIDIFLEET_SLOTS=1/2/4")
  private @Nullable String vary;

  @Option(names = "--flags", paramLabel = "A/B/…",
      description = "flags of the worker's JVM, as -Xmn32m/-XX:-UseSerialGC,-XX:+UseParallelGC")
  private @Nullable String flags;

  @Option(names = "--cold",
      description = "as root: let the system forget all files before they are enqueued (drop_caches)")
  private boolean isCold;

  @Option(names = "--recording", paramLabel = "FILE", description = "made by `midifleet worker --jfr` or `run --jfr`")
  private @Nullable Path recording;

  private final Map<String, List<Turn>> turns = new LinkedHashMap<>();

  private record Turn(double filesPerSecond, BenchFleet.Cpu cpu, int files, long peakBytes) {}

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    if (recording != null) {
      RecordingReport.of(recording).print(System.out);
      return 0;
    }
    Path work = Files.createTempDirectory("midifleet-pipeline-");
    try {
      new CorpusGenerator(WARM_SEED, 0).write(warmFiles, work.resolve("warm"));
      System.out.println("generated: " + new CorpusGenerator(1, 0).write(files, work.resolve("corpus")));
      try (var fleets = new BenchFleet(work)) {
        for (int round = 0; round < rounds; round++) {
          round(fleets, work, round);
        }
      }
    } finally {
      FolderTree.delete(work);
    }
    print();
    return 0;
  }

  private void round(BenchFleet fleets, Path work, int round) throws IOException, SQLException, InterruptedException {
    if (flags != null) {
      for (String value : flags.split("/", -1)) {
        try (var fleet = fleets.startWithFlags(List.of(value.split(",", -1)))) {
          measure(value, fleet, work);
        }
      }
      return;
    }
    if (vary == null) {
      try (var fleet = fleets.start(1, Map.of())) {
        measure("not recorded", fleet, work);
      }
      Path file = work.resolve("worker-" + round + ".jfr");
      try (var fleet = fleets.startRecorded(file)) {
        measure("recorded", fleet, work);
      }
      RecordingReport.of(file).print(System.out);
      return;
    }
    String name = vary.substring(0, vary.indexOf('='));
    for (String value : vary.substring(name.length() + 1).split("/", -1)) {
      try (var fleet = fleets.start(1, Map.of(name, value))) {
        measure(name + "=" + value, fleet, work);
      }
    }
  }

  private void measure(String name, BenchFleet.Fleet fleet, Path work)
      throws IOException, SQLException, InterruptedException {
    fleet.enqueueAndSettle(work.resolve("warm"));
    if (isCold) {
      ColdCache.drop();
    }
    BenchFleet.Cpu start = fleet.cpu();
    fleet.enqueueAndSettle(work.resolve("corpus"));
    double seconds = fleet.secondsOfRun();
    turns.computeIfAbsent(name, _ -> new ArrayList<>()).add(
        new Turn(files / seconds, fleet.cpu().minus(start), files, fleet.peakMemory().getFirst()));
  }

  private void print() {
    System.out.printf("%n| | files/s | worker: CPU us a file | PostgreSQL | RabbitMQ | all | resident, MB |%n"
        + "| --- | --- | --- | --- | --- | --- | --- |%n");
    turns.forEach((name, all) -> System.out.printf("| %s | %.0f | %.0f | %.0f | %.1f | %.0f | %.0f |%n", name,
        median(all, Turn::filesPerSecond), median(all, turn -> turn.cpu().workers() / turn.files()),
        median(all, turn -> turn.cpu().postgresql() / turn.files()),
        median(all, turn -> turn.cpu().rabbitmq() / turn.files()),
        median(all, turn -> turn.cpu().total() / turn.files()), median(all, turn -> turn.peakBytes() / MEGABYTE)));
  }

  private static double median(List<Turn> all, ToDoubleFunction<Turn> of) {
    double[] sorted = all.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  public static void main(String[] args) { System.exit(new CommandLine(new PipelineCommand()).execute(args)); }
}
