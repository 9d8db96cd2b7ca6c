package dev.midifleet.bench.endtoend;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.Topology;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.faults.Midifleet;
import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.PrivateBroker;
import dev.midifleet.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ and a PostgreSQL of this benchmark's own, durable as in production, and fleets between them: each with a new
 * database, a new virtual host, and worker processes with the flags of the launcher.
 */
public final class BenchFleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final long POLL_MILLIS = 50;
  /** As the launcher starts what is not a worker. */
  private static final List<String> SHORT = List.of("-XX:TieredStopAtLevel=1");
  private static final String OPEN = """
      select (select count(*) from batches where committed_at is null)
        + (select count(*) from runs where planned_at is null)""";

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private final PrivateBroker broker;
  private final List<Long> brokerProcesses;
  private int databases;

  /** Starts both servers; {@code folder} holds their data. */
  public BenchFleet(Path folder) throws IOException {
    this.folder = folder;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.postgres = EmbeddedPostgres.start(folder.resolve("data"));
    Set<Long> before = children();
    this.broker = TestBroker.startPrivate();
    Set<Long> now = children();
    now.removeAll(before);
    this.brokerProcesses = List.copyOf(now);
  }

  private static Set<Long> children() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
  }

  /**
   * Processor time since a fleet's start, in µs.
   *
   * @param compilers
   *          of the workers' time, that of their JVMs' compilers
   * @param rabbitmq
   *          0 where the broker's processes cannot be seen, as those of a container
   */
  public record Cpu(double workers, double compilers, double postgresql, double rabbitmq, double enqueue) {
    /** What was used since then. */
    public Cpu minus(Cpu earlier) {
      return new Cpu(workers - earlier.workers, compilers - earlier.compilers, postgresql - earlier.postgresql,
          rabbitmq - earlier.rabbitmq, enqueue - earlier.enqueue);
    }

    /** What the gate counts: all that runs while the files are worked on. */
    public double total() {
      return workers + postgresql + rabbitmq;
    }
  }

  /** What is settled: sums over the rows. */
  public record Counts(long files, long dead, long contents, long bytes, long notes) {
    /** What was settled since then. */
    public Counts minus(Counts earlier) {
      return new Counts(files - earlier.files, dead - earlier.dead, contents - earlier.contents, bytes - earlier.bytes,
          notes - earlier.notes);
    }
  }

  /** Workers on a new database and a new virtual host. */
  public Fleet start(int workers, Map<String, String> settings) throws IOException, SQLException {
    return new Fleet(workers, settings, List.of(), List.of(), null);
  }

  /** Workers that reach both servers through proxies. */
  Fleet startBehind(int workers, Map<String, String> settings, Proxies proxies) throws IOException, SQLException {
    return new Fleet(workers, settings, List.of(), List.of(), proxies);
  }

  /** In front of both servers. */
  record Proxies(FaultProxy database, FaultProxy broker) implements AutoCloseable {
    @Override
    public void close() {
      database.close();
      broker.close();
    }
  }

  /** Proxies that only count bytes, until they are told otherwise. */
  Proxies proxies() {
    return new Proxies(FaultProxy.to(FaultProxy.serverOf(postgres.jdbcUrl())),
        FaultProxy.to(FaultProxy.serverOf(broker.newVhostUri())));
  }

  /** One worker whose JVM has these flags besides those of the launcher. */
  Fleet startWithFlags(List<String> flags) throws IOException, SQLException {
    return new Fleet(1, Map.of(), flags, List.of(), null);
  }

  /** One worker, recorded into a file that is whole when the fleet is closed. */
  Fleet startRecorded(Path recording) throws IOException, SQLException {
    return new Fleet(1, Map.of(), List.of(), List.of("--jfr", recording.toString()), null);
  }

  /** What PostgreSQL says of all its databases. */
  public Path postgresLog() {
    return folder.resolve("data").resolve("postgres.log");
  }

  @Override
  public void close() {
    broker.close();
    postgres.close();
  }

  /** Worker processes of one turn. */
  public final class Fleet implements AutoCloseable {
    private final Connection connection;
    private final Midifleet commands;
    private final Map<String, String> environment;
    private final List<Midifleet.Running> workers = new ArrayList<>();
    private final Settings settings;

    private Fleet(int count, Map<String, String> settings, List<String> flags, List<String> options,
        @Nullable Proxies proxies) throws IOException, SQLException {
      String name = "bench_" + databases++;
      try (Connection maintenance = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(),
          postgres.password()); Statement statement = maintenance.createStatement()) {
        statement.execute("create database " + name + " template template0 encoding 'UTF8'");
      }
      String url = postgres.jdbcUrl().substring(0, postgres.jdbcUrl().lastIndexOf('/') + 1) + name;
      Map<String, String> environment = new HashMap<>(settings);
      environment.put("MIDIFLEET_DATABASE_URL", url);
      environment.put("MIDIFLEET_DATABASE_USER", postgres.user());
      environment.put("MIDIFLEET_DATABASE_PASSWORD", postgres.password());
      environment.put("MIDIFLEET_AMQP_URI", broker.newVhostUri());
      Settings read = Settings.of(environment);
      try (Database database = Database.open(read, "bench")) {
        database.migrate();
      }
      Topology.of(read).declare(read);
      this.settings = read;
      this.connection = DriverManager.getConnection(url, postgres.user(), postgres.password());
      Path outputs = Files.createTempDirectory(folder, "outputs");
      var midifleet = new Midifleet(environment, outputs, flags);
      if (proxies != null) {
        midifleet = midifleet.with(Map.of("MIDIFLEET_DATABASE_URL", proxies.database().through(url),
            "MIDIFLEET_AMQP_URI", proxies.broker().through(environment.get("MIDIFLEET_AMQP_URI"))));
      }
      this.commands = new Midifleet(environment, outputs, SHORT);
      this.environment = Map.copyOf(environment);
      for (int i = 0; i < count; i++) {
        workers.add(midifleet.start(Stream.concat(Stream.of("worker"), options.stream()).toArray(String[]::new)));
      }
    }

    /** Where its services are, for processes that others start. */
    public Map<String, String> environment() {
      return environment;
    }

    /** Enqueues a folder and waits for nobody. */
    public void enqueue(Path library) throws IOException, InterruptedException {
      commands.succeed("enqueue", library.toString());
    }

    /** Enqueues a folder and waits until all of it is settled; returns seconds from the first to the last. */
    public double enqueueAndSettle(Path library, String... options)
        throws IOException, InterruptedException, SQLException {
      long start = System.nanoTime();
      commands.succeed(
          Stream.concat(Stream.of("enqueue", library.toString()), Stream.of(options)).toArray(String[]::new));
      while (number(OPEN) > 0) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException("not settled within " + PATIENCE + "; the workers say:\n"
              + workers.stream().map(Midifleet.Running::errors).collect(Collectors.joining("\n")));
        }
        Thread.sleep(POLL_MILLIS);
      }
      return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds from the first publication of the run before to its last commit. */
    double secondsOfRun() throws SQLException { return number("""
        select (1e6 * extract(epoch from max(committed_at) - min(published_at)))::bigint from batches
        where run_id = (select id from runs order by started_at desc limit 1)""") / 1e6; }

    /** How many the run before had. */
    long batchesOfRun() throws SQLException {
      return number(
          "select count(*) from batches where run_id = (select id from runs order by started_at desc limit 1)");
    }

    /** How its processes find the database and the broker. */
    public Settings settings() { return settings; }

    /** Starts a command as the launcher does. */
    public Midifleet.Running command(String... arguments) throws IOException {
      return commands.start(arguments);
    }

    /** A statement that gives no rows. */
    void execute(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    /** The number in the only row. */
    public long number(String sql) throws SQLException {
      try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return row.getLong(1);
      }
    }

    /** All that is settled. */
    public Counts counts() throws SQLException {
      return new Counts(number("select count(*) from files where status = 'done'"),
          number("select count(*) from files where status = 'dead'"), number("select count(*) from facts"),
          number("select coalesce(sum(size_bytes), 0) from files where status = 'done'"),
          number("select coalesce(sum(total_notes), 0) from facts"));
    }

    /** The same facts have the same one, in whatever order they came. */
    public String checksum() throws SQLException {
      return Long.toHexString(number("select bit_xor(hashtextextended(f::text, 0)) from facts f"));
    }

    /** To its database. */
    public Connection connection() { return connection; }

    /** So far. */
    public Cpu cpu() {
      List<Long> processes = workers.stream().map(worker -> worker.process().pid()).toList();
      return new Cpu(ProcessCpu.micros(processes),
          processes.stream().mapToDouble(ProcessCpu::microsOfCompilers).sum(),
          ProcessCpu.micros(List.of(postgres.pid())), ProcessCpu.micros(brokerProcesses),
          ProcessCpu.microsOfEndedChildren());
    }

    /** The most memory that each worker has had in use at once, in bytes. */
    List<Long> peakMemory() {
      return workers.stream().map(worker -> ProcessMemory.peakBytes(worker.process().pid())).toList();
    }

    @Override
    public void close() throws SQLException {
      workers.forEach(worker -> worker.process().destroy());
      connection.close();
      for (Midifleet.Running worker : workers) {
        try {
          worker.exitCode(60);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
