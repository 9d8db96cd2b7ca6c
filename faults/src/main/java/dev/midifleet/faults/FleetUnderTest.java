package dev.midifleet.faults;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Grants;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.Topology;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

/**
 * A database, a virtual host and any number of processes of midifleet between them; with short waits, and small batches,
 * so that little is much. What it started it ends.
 */
public final class FleetUnderTest implements AutoCloseable {
  /**
   * One compiler and one thread for garbage: the processes are many, short, and share few cores. Before the second compiler
   * has seen them, vectors take three times as long as plain loops.
   */
  static final List<String> JVM_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx300m",
      "-Xshare:auto", "-Dmidifleet.kernels=scalar");
  private static final Duration RESTART_DELAY = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ENQUEUE_TRIES = 6;
  private static final int UNAVAILABLE = 69;

  public final Path folder;
  public final Path marks;
  public final TestBroker broker;
  public final String vhostUri;
  public final TestDatabase.Credentials database;
  private final Map<String, String> environment = new HashMap<>();
  private final Path outputs;
  private final List<Supervised> workers = new ArrayList<>();

  /**
   * A fleet without processes yet, on a new database with the schema and a role for workers, and a new virtual host with the
   * queues.
   *
   * @param folder
   *          for what the processes say, and for marks
   */
  public FleetUnderTest(TestDatabase server, TestBroker broker, Path folder) throws IOException {
    this.folder = folder;
    this.broker = broker;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.outputs = Files.createDirectories(folder.resolve("outputs"));
    this.marks = Files.createDirectories(folder.resolve("marks"));
    this.database = server.newDatabase();
    this.vhostUri = broker.newVhostUri();
    environment.put("MIDIFLEET_DATABASE_URL", database.jdbcUrl());
    environment.put("MIDIFLEET_AMQP_URI", vhostUri);
    environment.put("MIDIFLEET_RETRY_DELAYS", "300ms,300ms");
    environment.put("MIDIFLEET_RELAY_INTERVAL", "100ms");
    environment.put("MIDIFLEET_HEARTBEAT_INTERVAL", "1s");
    environment.put("MIDIFLEET_CONFIRM_TIMEOUT", "5s");
    environment.put("MIDIFLEET_BATCH_FILES", "8");
    init();
  }

  /** Sets a variable for the processes that are started from now on. */
  public FleetUnderTest set(String name, String value) {
    environment.put(name, value);
    return this;
  }

  public Settings settings() { return Settings.of(environment); }

  /** The variables of the owner, who may change tables; all others work with a role that may not. */
  public Map<String, String> owner() {
    return Map.of("MIDIFLEET_DATABASE_USER", database.user(), "MIDIFLEET_DATABASE_PASSWORD", database.password());
  }

  /** What {@code midifleet init} does, without the wait for a process. */
  private void init() {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(owner());
    Settings settings = Settings.of(all);
    String role = "worker_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    String password = UUID.randomUUID().toString();
    try (Database opened = Database.open(settings, "test");
        Connection connection = connect();
        Statement statement = connection.createStatement()) {
      opened.migrate();
      statement.execute("create role " + role + " login password '" + password + "'");
      Grants.toWorker(opened, role);
    } catch (SQLException e) {
      throw new IllegalStateException("the role of the workers cannot be made: " + e.getMessage(), e);
    }
    environment.put("MIDIFLEET_DATABASE_USER", role);
    environment.put("MIDIFLEET_DATABASE_PASSWORD", password);
    Topology.of(settings).declare(settings);
  }

  /** The command, with {@link FaultListener}'s rules; {@code ""} for none. */
  public Midifleet midifleet(String faults) {
    return new Midifleet(environment, outputs, JVM_OPTIONS).with(Map.of(FaultListener.VARIABLE, faults));
  }

  /** A worker that is started again whenever it ends; all its processes have the same rules. */
  public Supervised worker(String faults, String... options) {
    return worker(_ -> faults, options);
  }

  /** The same with rules for each of its processes, by their number from 0 on. */
  public Supervised worker(IntFunction<String> faults, String... options) {
    List<String> words = new ArrayList<>(List.of("worker", "--threads", "2"));
    words.addAll(List.of(options));
    var worker = new Supervised("worker-" + workers.size(), start -> {
      try {
        return midifleet(faults.apply(start)).start(words.toArray(String[]::new));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }, RESTART_DELAY);
    workers.add(worker);
    return worker;
  }

  public List<Supervised> workers() { return List.copyOf(workers); }

  /** Runs {@code enqueue} of a folder to its good end; again where a service did not answer in time. */
  public void enqueue(Path library) throws IOException, InterruptedException {
    for (int tries = 1;; tries++) {
      var enqueue = midifleet("").start("enqueue", library.toString());
      int code = enqueue.exitCode(PATIENCE.toSeconds() * 3);
      if (code == 0) return;
      if (code != UNAVAILABLE || tries == ENQUEUE_TRIES) {
        throw new AssertionError("enqueue ended with " + code + ": " + enqueue.errors());
      }
    }
  }

  public Path mark(String name) { return marks.resolve(name); }

  public Connection connect() throws SQLException {
    return Rows.connect(database.jdbcUrl(), database.user(), database.password());
  }

  /** Waits until a query gives a number of at least this. */
  public void await(String sql, long atLeast) throws SQLException, InterruptedException {
    try (Connection connection = connect()) {
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (Rows.number(connection, sql) < atLeast) {
        if (System.nanoTime() > limit) throw new AssertionError("not in " + PATIENCE + ": " + sql + " >= " + atLeast);
        Thread.sleep(20);
      }
    }
  }

  /** Waits until a process has made its mark. */
  public void awaitMark(String name) throws InterruptedException {
    awaitFile(mark(name), PATIENCE);
  }

  static void awaitFile(Path file, Duration patience) throws InterruptedException {
    long limit = System.nanoTime() + patience.toNanos();
    while (!Files.exists(file)) {
      if (System.nanoTime() > limit) throw new AssertionError("nobody came to make " + file);
      Thread.sleep(10);
    }
  }

  /** Lets a process go on that holds at a mark. */
  public void release(String name) throws IOException {
    Files.delete(mark(name));
  }

  /** Waits until all is settled and quiet, and balances. */
  public Ledger.Counts balance(Ledger.Expected expected) throws SQLException, InterruptedException {
    try (Connection connection = connect()) {
      var ledger = new Ledger(connection, expected).awaitSettled(PATIENCE.plusSeconds(30));
      ledger.awaitQuiet(broker, vhostUri, PATIENCE);
      Ledger.Counts counts = ledger.balance();
      System.out.println(counts);
      return counts;
    }
  }

  /** What the processes said on standard error, the last part of each. */
  public String said() throws IOException {
    var text = new StringBuilder();
    try (var files = Files.newDirectoryStream(outputs, "err*")) {
      for (Path file : files) {
        String all = Files.readString(file);
        text.append(file.getFileName()).append(":\n").append(all.substring(Math.max(0, all.length() - 4_000)));
      }
    }
    return text.toString();
  }

  /** Ends all processes. */
  @Override
  public void close() {
    workers.forEach(Supervised::stop);
    workers.forEach(Supervised::close);
  }
}
