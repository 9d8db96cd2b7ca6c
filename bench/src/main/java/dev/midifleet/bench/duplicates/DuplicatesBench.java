package dev.midifleet.bench.duplicates;

import dev.midifleet.cli.local.LocalRun;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.producer.query.DuplicateKind;
import dev.midifleet.producer.query.Duplicates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/duplicates}. */
@Command(name = "bench/duplicates", mixinStandardHelpOptions = true, description = DuplicatesBench.DESCRIPTION)
public final class DuplicatesBench implements Callable<Integer> {
  static final String DESCRIPTION = "Times `midifleet duplicates` on made rows, with the memory that it takes, and counts "
      + "which planted pairs it finds.";
  private static final double SIMILARITY_MIN = 0.4;
  private static final List<String> PLANS = List.of("session_preload_libraries = auto_explain",
      "auto_explain.log_min_duration = 100", "auto_explain.log_analyze = on", "auto_explain.log_buffers = on");
  private static final int GROUPS_OF_THE_TABLE = 20;
  /** In {@code /proc/PID/stat}, counted from the state on: the user time of the children that have ended. */
  private static final int CHILDREN_USER = 13;
  private static final double TICKS_A_SECOND = 100;
  private static final double MIB = 1 << 20;

  @Option(names = "--files", paramLabel = "N", description = "rows (default: ${DEFAULT-VALUE})")
  private long files = 1_200_000;

  @Option(names = "--data", paramLabel = "DIR",
      description = "keep the database there; rows of an earlier run are used")
  private @Nullable Path data;

  @Option(names = "--explain", description = "write the plan of each statement above 0.1 s into the server's log")
  private boolean explain;

  @Option(names = "--kind", paramLabel = "KIND", description = "these kinds only", split = ",")
  private List<DuplicateKind> kinds = List.of(DuplicateKind.values());

  @Override
  public Integer call() throws IOException {
    Path kept = data;
    if (kept != null) return measure(kept);
    Path folder = Files.createTempDirectory("midifleet-bench-duplicates-");
    // As root the server runs as another user, who must get in.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      return measure(folder);
    } finally {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private int measure(Path folder) throws IOException {
    try (var postgres = EmbeddedPostgres.start(folder)) {
      Settings settings = LocalRun.localSettings(Settings.fromEnvironment(), postgres).with(
          Setting.DATABASE_CONNECTIONS,
          "2");
      try (var database = Database.open(settings, "bench")) {
        database.migrate();
        if (number(database, "select count(*) from files") == 0) {
          new MadeRows(database).make(files);
        }
      }
      explain(settings, postgres);
      try (var database = Database.open(settings, "midifleet duplicates")) {
        System.out.printf(Locale.ROOT, "%,d files of %,d contents%n%n", number(database, "select count(*) from files"),
            number(database, "select count(*) from facts"));
        System.out.println("| kind | groups | files in them | seconds, 20 groups | the server's CPU seconds | seconds,"
            + " all groups | the server's CPU seconds | MiB of heap at most |\n| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (DuplicateKind kind : kinds) {
          time(database, postgres, kind);
        }
        if (kinds.contains(DuplicateKind.NEAR)) {
          planted(database);
        }
      }
      System.out.printf(Locale.ROOT, "%nThis process had %,.0f MiB resident at most.%n", residentMib());
      return 0;
    }
  }

  private static void time(Database database, EmbeddedPostgres postgres, DuplicateKind kind) throws IOException {
    var duplicates = new Duplicates(database, SIMILARITY_MIN);
    HeapPeak.reset();
    double before = cpuSeconds(postgres);
    long begin = System.nanoTime();
    duplicates.find(kind, GROUPS_OF_THE_TABLE, new Told());
    double few = (System.nanoTime() - begin) / 1e9;
    double between = cpuSeconds(postgres);
    begin = System.nanoTime();
    var told = new Told();
    duplicates.find(kind, Long.MAX_VALUE, told);
    double all = (System.nanoTime() - begin) / 1e9;
    System.out.printf(Locale.ROOT, "| %s | %,d | %,d | %.1f | %.1f | %.1f | %.1f | %.0f |%n",
        kind.name().toLowerCase(Locale.ROOT), told.groups(), told.files(), few, between - before, all,
        cpuSeconds(postgres) - between, HeapPeak.bytes() / MIB);
  }

  /** Of all the server's processes, those that have ended included; it says more than the clock where others work too. */
  private static double cpuSeconds(EmbeddedPostgres postgres) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(postgres.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double ended = (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_USER + 1])) / TICKS_A_SECOND;
    return ended + ProcessHandle.of(postgres.pid()).stream().flatMap(ProcessHandle::children)
        .flatMap(child -> child.info().totalCpuDuration().stream()).mapToDouble(time -> time.toNanos() / 1e9).sum();
  }

  /** Of the pairs that were planted, by their similarity, how many are in one group. */
  private static void planted(Database database) {
    var members = new Members(database);
    new Duplicates(database, SIMILARITY_MIN).find(DuplicateKind.NEAR, Long.MAX_VALUE, members);
    System.out.println("\n| similarity | planted pairs | found | by (1 - (1 - s³)^21) | in a hub | found |\n"
        + "| --- | --- | --- | --- | --- | --- |");
    members.report(System.out);
  }

  /** For the sessions to come; without it, none of an earlier run's wish for plans is left, which would cost time. */
  private void explain(Settings settings, EmbeddedPostgres postgres) {
    List<String> plans = explain ? PLANS : List.of();
    try (var database = Database.open(settings, "bench")) {
      database.query(connection -> {
        try (Statement statement = connection.createStatement()) {
          statement.execute("alter role " + postgres.user() + " reset all");
          for (String setting : plans) {
            statement.execute("alter role " + postgres.user() + " set " + setting);
          }
        }
        return plans;
      });
    }
    if (explain) {
      System.out.println("The plans go into " + postgres.dataFolder().resolve("postgres.log") + ".");
    }
  }

  private static long number(Database database, String sql) {
    return database.query(connection -> number(connection, sql));
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static double residentMib() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines.filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(Double.NaN);
    }
  }

  public static void main(String[] args) {
    System.exit(new CommandLine(new DuplicatesBench()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }
}
