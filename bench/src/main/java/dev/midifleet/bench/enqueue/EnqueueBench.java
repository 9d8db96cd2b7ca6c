package dev.midifleet.bench.enqueue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.endtoend.BenchFleet;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/enqueue}. */
@Command(name = "bench/enqueue", mixinStandardHelpOptions = true, sortOptions = false,
    description = {EnqueueBench.DESCRIPTION, ""}, footerHeading = "%nExamples:%n",
    footer = {"  bench/enqueue                            a million files, made and removed again",
        "  bench/enqueue --files 100000 --rounds 3  fewer, and three databases in turn",
        "  bench/enqueue /srv/midi --json FILE      files that are there; they are only looked at",
        "  bench/enqueue --rows 10000000 --explain  the queries of a running fleet, with their plans"})
final class EnqueueBench implements Callable<Integer> {
  static final String DESCRIPTION = "Runs `midifleet enqueue` over a folder into an empty database and again over the same "
      + "rows, with a RabbitMQ and a PostgreSQL of its own, both durable. Prints files a second, processor time a file, "
      + "what memory the producer held, and where the time went.";

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "a folder; sparse files are made if none is given")
  private @Nullable Path directory;

  @Option(names = "--files", paramLabel = "N", description = "how many files are made (${DEFAULT-VALUE})")
  private int files = 1_000_000;

  @Option(names = "--rounds", paramLabel = "N", description = "new databases, each with both runs (${DEFAULT-VALUE})")
  private int rounds = 1;

  @Option(names = "--rows", paramLabel = "N",
      description = "instead: make so many rows in the database and time a fleet's queries over them")
  private long rows;

  @Option(names = "--data", paramLabel = "DIR",
      description = "with --rows: where the database is, which stays and is used again; else it is removed")
  private @Nullable Path data;

  @Option(names = "--explain", description = "with --rows: print the plan of each query too")
  private boolean explain;

  @Option(names = "--work", paramLabel = "DIR", description = "where files and data go meanwhile (the system's folder)")
  private @Nullable Path parent;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures as JSON")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Path work = parent == null
        ? Files.createTempDirectory("midifleet-bench-")
        : Files.createTempDirectory(parent, "midifleet-bench-");
    Map<String, Object> figures;
    try {
      figures = rows > 0 ? RowsBench.measure(data == null ? work : data, rows, explain) : enqueue(work);
    } finally {
      System.err.println("bench: removing what was made");
      deleteTree(work);
    }
    if (json != null) {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), figures);
    }
    return 0;
  }

  private Map<String, Object> enqueue(Path work) throws IOException, SQLException, InterruptedException {
    Path folder = directory == null ? work.resolve("library") : directory.toAbsolutePath();
    if (directory == null) {
      SparseFiles.make(folder, files, System.err);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    System.out.println(EnqueueRun.HEADER);
    try (var fleets = new BenchFleet(work)) {
      for (int round = 1; round <= rounds; round++) {
        try (var fleet = fleets.start(0, Map.of())) {
          for (String name : new String[]{"first", "second"}) {
            EnqueueRun run = EnqueueRun.of(fleets, fleet, folder);
            System.out.println(run.line(name + " " + round));
            figures.put(name + "_" + round, run.values());
          }
        }
      }
    }
    figures.put("scan_alone_us_per_file", EnqueueRun.scanAlone(folder));
    System.out.printf("the walk alone, in this JVM: %s us a file%n", figures.get("scan_alone_us_per_file"));
    return figures;
  }

  private static void deleteTree(Path folder) throws IOException {
    Files.walkFileTree(folder, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.delete(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
        Files.delete(visited);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  public static void main(String[] args) { System.exit(new CommandLine(new EnqueueBench()).execute(args)); }
}
