package dev.midifleet.bench.endtoend;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.embedded.FolderTree;
import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.FaultProxy.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/scaling}. */
@Command(name = "bench/scaling", mixinStandardHelpOptions = true, description = ScalingCommand.DESCRIPTION)
final class ScalingCommand implements Callable<Integer> {
  static final String DESCRIPTION = "What a fleet of several hosts would be held back by: the bytes that a file makes a worker "
      + "send and receive, and files/s of one worker whose PostgreSQL answers late, beside what the model of "
      + "docs/scaling.md says. For CPU and for 1, 2 and 4 workers: bench/run --workers 1,2,4.";

  private static final long WARM_SEED = 99;
  private static final long FIRST_SEED = 1000;

  @Option(names = "--files", paramLabel = "N", description = "how many files for each figure (${DEFAULT-VALUE})")
  private int files = 6000;

  @Option(names = "--warm-files", paramLabel = "N",
      description = "others that the worker sees before (${DEFAULT-VALUE})")
  private int warmFiles = 8000;

  @Option(names = "--delays", split = ",", paramLabel = "MS",
      description = "by which each answer of PostgreSQL comes later (${DEFAULT-VALUE})")
  private List<Integer> delays = List.of(0, 5, 20, 50, 100);

  @Option(names = "--connections", paramLabel = "N",
      description = "MIDIFLEET_DATABASE_CONNECTIONS of the worker (${DEFAULT-VALUE}); one is kept for what must not wait")
  private int connections = 2;

  @Option(names = "--store-us", paramLabel = "US",
      description = "that storing a row takes PostgreSQL and the worker (${DEFAULT-VALUE}: bench/store --only batch)")
  private double storeMicros = 61;

  @Option(names = "--round-trips", paramLabel = "N",
      description = "of a batch, one after the other (${DEFAULT-VALUE}: StatementsTest)")
  private int roundTrips = 12;

  /** Files/s: as fast as without a delay, or as fast as the connections carry batches one after the other. */
  private double model(double bare, long batches, int delay) {
    double filesABatch = (double) files / batches;
    double secondsABatch = roundTrips * delay / 1e3 + filesABatch * storeMicros / 1e6;
    return Math.min(bare, Math.max(1, connections - 1) * filesABatch / secondsABatch);
  }

  /** Bytes to and from a server. */
  private record Traffic(long sent, long received) {
    static Traffic of(FaultProxy proxy) { return new Traffic(proxy.bytes(Way.TO_SERVER), proxy.bytes(Way.TO_CLIENT)); }

    String since(Traffic earlier, int files) {
      return "%.0f | %.0f".formatted((double) (sent - earlier.sent) / files,
          (double) (received - earlier.received) / files);
    }
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Path work = Files.createTempDirectory("midifleet-scaling-");
    try (var fleets = new BenchFleet(work);
        var proxies = fleets.proxies();
        var fleet = fleets.startBehind(1, Map.of("MIDIFLEET_DATABASE_CONNECTIONS", Integer.toString(connections)),
            proxies)) {
      Path warm = work.resolve("warm");
      new CorpusGenerator(WARM_SEED, 0).write(warmFiles, warm);
      fleet.enqueueAndSettle(warm);
      traffic(fleet, proxies, work);
      delays(fleet, proxies, work);
    } finally {
      FolderTree.delete(work);
    }
    return 0;
  }

  private void traffic(BenchFleet.Fleet fleet, BenchFleet.Proxies proxies, Path work)
      throws IOException, SQLException, InterruptedException {
    Path library = work.resolve("distinct");
    System.out.println("generated: " + new CorpusGenerator(1, 0).write(files, library));
    System.out.printf("%n| bytes a file | to PostgreSQL | from it | to RabbitMQ | from it |%n"
        + "| --- | --- | --- | --- | --- |%n");
    measureTraffic("new contents", fleet, proxies, library);
    measureTraffic("copies", fleet, proxies, Files.move(library, work.resolve("copies")));
  }

  private void measureTraffic(String name, BenchFleet.Fleet fleet, BenchFleet.Proxies proxies, Path library)
      throws IOException, SQLException, InterruptedException {
    Traffic database = Traffic.of(proxies.database());
    Traffic broker = Traffic.of(proxies.broker());
    fleet.enqueueAndSettle(library);
    System.out.printf("| %s | %s | %s |%n", name, Traffic.of(proxies.database()).since(database, files),
        Traffic.of(proxies.broker()).since(broker, files));
  }

  private void delays(BenchFleet.Fleet fleet, BenchFleet.Proxies proxies, Path work)
      throws IOException, SQLException, InterruptedException {
    System.out.printf("%n| PostgreSQL answers later by, ms | batches | files/s | the model's |%n"
        + "| --- | --- | --- | --- |%n");
    long seed = FIRST_SEED;
    double bare = 0;
    for (int delay : delays) {
      Path library = work.resolve("delay-" + delay);
      new CorpusGenerator(seed++, 0).write(files, library);
      proxies.database().delay(Way.TO_CLIENT, Duration.ofMillis(delay));
      fleet.enqueueAndSettle(library);
      double seconds = fleet.secondsOfRun();
      proxies.database().delay(Way.TO_CLIENT, Duration.ZERO);
      long batches = fleet.batchesOfRun();
      bare = bare == 0 ? files / seconds : bare;
      System.out.printf("| %d | %d | %.0f | %.0f |%n", delay, batches, files / seconds, model(bare, batches, delay));
      FolderTree.delete(library);
    }
  }

  public static void main(String[] args) { System.exit(new CommandLine(new ScalingCommand()).execute(args)); }
}
