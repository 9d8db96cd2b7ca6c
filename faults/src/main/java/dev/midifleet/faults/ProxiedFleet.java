package dev.midifleet.faults;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.QueueDepth;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.common.queue.Topology;
import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fleet whose workers reach RabbitMQ and PostgreSQL through proxies that can break the network, while the commands of
 * the operator, and whoever counts, go the direct way.
 */
public final class ProxiedFleet implements AutoCloseable {
  private static final long DRAIN_SECONDS = 90;
  private static final int NOTES = 20;

  public final FaultProxy broker;
  public final FaultProxy database;
  /** The direct way. */
  public final Midifleet operator;
  /** Through the proxies. */
  public final Midifleet remote;
  public final Path folder;
  private final Path outputs;
  private final String amqpUri;
  private final Settings settings;
  private final TestDatabase.Credentials credentials;
  private final Map<String, String> remoteEnvironment;
  private final List<Midifleet.Running> workers = new ArrayList<>();

  /**
   * Makes tables, queues and proxies.
   *
   * @param temp
   *          an empty folder
   * @param amqpUri
   *          of a virtual host of its own
   * @param address
   *          of this host, where the proxies listen
   */
  public ProxiedFleet(Path temp, String amqpUri, InetAddress address) throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.amqpUri = amqpUri;
    outputs = Files.createDirectory(temp.resolve("outputs"));
    folder = Files.createDirectory(temp.resolve("midi"));
    credentials = TestDatabase.shared().newDatabase();
    Map<String, String> direct = new HashMap<>();
    direct.put("MIDIFLEET_DATABASE_URL", credentials.jdbcUrl());
    direct.put("MIDIFLEET_DATABASE_USER", credentials.user());
    direct.put("MIDIFLEET_DATABASE_PASSWORD", credentials.password());
    direct.put("MIDIFLEET_AMQP_URI", amqpUri);
    direct.put("MIDIFLEET_RETRY_DELAYS", "300ms,300ms");
    direct.put("MIDIFLEET_RELAY_INTERVAL", "100ms");
    direct.put("MIDIFLEET_HEARTBEAT_INTERVAL", "1s");
    direct.put("MIDIFLEET_BATCH_FILES", "5");
    direct.put("MIDIFLEET_THREADS", "1");
    settings = Settings.of(direct);
    operator = new Midifleet(direct, outputs);
    broker = FaultProxy.to(FaultProxy.serverOf(amqpUri), address);
    database = FaultProxy.to(FaultProxy.serverOf(credentials.jdbcUrl()), address);
    remoteEnvironment = new HashMap<>(direct);
    // The network of a test is quick: what hangs for so long hangs for good.
    remoteEnvironment.put("MIDIFLEET_AMQP_URI", broker.through(amqpUri) + "?heartbeat=4");
    String url = database.through(credentials.jdbcUrl());
    remoteEnvironment.put("MIDIFLEET_DATABASE_URL", url + (url.contains("?") ? "&" : "?") + "socketTimeout=10");
    remote = new Midifleet(remoteEnvironment, outputs);
    try (Database rows = Database.open(settings, "midifleet init")) {
      rows.migrate();
    }
    Topology.of(settings).declare(settings);
  }

  /** The variables of a worker behind the proxies. */
  public Map<String, String> remoteEnvironment() { return Map.copyOf(remoteEnvironment); }

  public Path outputs() { return outputs; }

  /** Of the broker itself. */
  public String amqpUri() { return amqpUri; }

  /** Writes files of different contents. */
  public void make(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int seed = i;
      Files.write(folder.resolve("song " + i + ".mid"), SmfBuilder.smf().track(track -> {
        for (int note = 0; note < NOTES; note++) {
          track.note(0, 40 + (seed + note * 7) % 48, 1 + seed % 127, note * 120L + seed, 100);
        }
      }).bytes());
    }
  }

  /** Starts a worker behind the proxies. */
  public Midifleet.Running worker(String... arguments) throws IOException {
    var words = new ArrayList<>(List.of("worker"));
    words.addAll(List.of(arguments));
    return watched(remote.start(words.toArray(String[]::new)));
  }

  /** Counts a process among those that are stopped in the end. */
  public Midifleet.Running watched(Midifleet.Running worker) {
    workers.add(worker);
    return worker;
  }

  public Connection connect() throws SQLException {
    return Rows.connect(credentials.jdbcUrl(), credentials.user(), credentials.password());
  }

  /** The first number that the query gives. */
  public long number(String sql) throws SQLException {
    try (Connection connection = connect()) {
      return Rows.number(connection, sql);
    }
  }

  public List<String> lines(String sql) throws SQLException {
    try (Connection connection = connect()) {
      return Rows.lines(connection, sql);
    }
  }

  public long committed() throws SQLException {
    return number("select count(*) from batches where committed_at is not null");
  }

  public long open() throws SQLException { return number("select count(*) from batches where committed_at is null"); }

  /** The longest time in which no batch was committed, in seconds. */
  public double longestStall() throws SQLException {
    return Double.parseDouble(lines("""
        select coalesce(extract(epoch from max(gap)), 0) from (
          select committed_at - lag(committed_at) over (order by committed_at) as gap from batches) g""").getFirst());
  }

  /** What the broker says of the work queue, by a connection of its own. */
  public QueueDepth depth() throws InterruptedException {
    try (var queue = new RabbitWorkQueue(settings, "test", (name, body, reason) -> {})) {
      queue.awaitConnected(Duration.ofSeconds(DRAIN_SECONDS));
      return queue.depth();
    }
  }

  /** Lets all workers drain, each of which must end well. */
  public void drain() throws InterruptedException {
    for (var worker : workers) {
      worker.process().destroy();
    }
    for (var worker : workers) {
      int code = worker.exitCode(DRAIN_SECONDS);
      if (code != 0 && code != 143) throw new AssertionError("a worker ended with " + code + ": " + worker.errors());
    }
    workers.clear();
  }

  /** Ends what is left, and shows what the workers said. */
  @Override
  public void close() throws IOException {
    for (var worker : workers) {
      worker.process().destroyForcibly();
      try {
        worker.process().waitFor(DRAIN_SECONDS, SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    broker.close();
    database.close();
    try (var files = Files.newDirectoryStream(outputs, "err*")) {
      for (Path file : files) {
        System.out.println(file.getFileName() + ": " + Files.readString(file));
      }
    }
  }
}
