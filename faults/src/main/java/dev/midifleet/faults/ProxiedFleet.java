package dev.midifleet.faults;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.queue.QueueDepth;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.producer.operate.Enqueue;
import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A fleet whose workers reach RabbitMQ and PostgreSQL through proxies that can break the network, while the commands of
 * the operator, and whoever counts, go the direct way.
 */
public final class ProxiedFleet implements AutoCloseable {
  private static final long DRAIN_SECONDS = 90;
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int NOTES = 20;
  private static final int BAD_OF_EACH_KIND = 8;
  private static final int TERMINATED = 143;
  /** A batch is held for a moment, so that there is still something to be done when the network breaks. */
  private static final String PACE = "pause@TAKEN=300";

  public final FleetUnderTest fleet;
  public final FaultProxy broker;
  public final FaultProxy database;
  public final Path library;
  private final Map<String, String> remote = new HashMap<>();
  private final Map<String, FailureKind> dead = new HashMap<>();
  private final List<Midifleet.Running> workers = new ArrayList<>();
  private final List<FaultProxy> others = new ArrayList<>();
  private int files;

  /**
   * Makes tables, queues and proxies.
   *
   * @param temp
   *          an empty folder
   * @param address
   *          of this host, where the proxies listen
   */
  public ProxiedFleet(TestBroker server, Path temp, InetAddress address) throws IOException {
    fleet = new FleetUnderTest(TestDatabase.shared(), server, temp).set("MIDIFLEET_BATCH_FILES", "5");
    library = Files.createDirectory(temp.resolve("midi"));
    broker = FaultProxy.to(FaultProxy.serverOf(fleet.vhostUri), address);
    database = FaultProxy.to(FaultProxy.serverOf(fleet.database.jdbcUrl()), address);
    // The network of a test is quick: what hangs for so long hangs for good.
    remote.put("MIDIFLEET_AMQP_URI", broker.through(fleet.vhostUri) + "?heartbeat=4");
    String url = database.through(fleet.database.jdbcUrl());
    remote.put("MIDIFLEET_DATABASE_URL", url + (url.contains("?") ? "&" : "?") + "socketTimeout=10");
  }

  /** Sets a variable for the workers that are started from now on. */
  public ProxiedFleet set(String name, String value) {
    remote.put(name, value);
    return this;
  }

  /** Writes files of different contents, some that are no music and some that are missing, and enqueues them. */
  public void enqueue(int sound) throws IOException {
    for (int i = 0; i < sound; i++) {
      int seed = i;
      Files.write(library.resolve("song " + i + ".mid"), SmfBuilder.smf().track(track -> {
        for (int note = 0; note < NOTES; note++) {
          track.note(0, 40 + (seed + note * 7) % 48, 1 + seed % 127, note * 120L + seed, 100);
        }
      }).bytes());
    }
    for (int i = 0; i < BAD_OF_EACH_KIND; i++) {
      Files.writeString(library.resolve("song " + i + " text.mid"), "no music");
      dead.put("song " + i + " text.mid", FailureKind.NOT_MIDI);
      Files.createSymbolicLink(library.resolve("song " + i + " gone.mid"), Path.of("nowhere.mid"));
      dead.put("song " + i + " gone.mid", FailureKind.MISSING);
    }
    files += sound + dead.size();
    // Within this process, for the sake of time; the workers' relays publish.
    try (Database rows = Database.open(fleet.settings(), "test")) {
      new Enqueue(rows, fleet.settings(), AnalyzerVersion.CURRENT).enqueue(library,
          new Enqueue.Options(Optional.empty(), false, false), new Enqueue.Listener() {});
    }
  }

  /** The command as a worker behind the proxies sees the world. */
  public Midifleet remote() {
    return fleet.midifleet(PACE).with(remote);
  }

  /** Starts a worker behind the proxies. */
  public Midifleet.Running worker() throws IOException {
    return watched(remote().start("worker", "--threads", "1"));
  }

  /** Counts a proxy among those that are closed in the end. */
  public ProxiedFleet alsoClose(FaultProxy proxy) {
    others.add(proxy);
    return this;
  }

  public List<Midifleet.Running> workers() { return List.copyOf(workers); }

  /** Counts a process among those that are stopped in the end. */
  public Midifleet.Running watched(Midifleet.Running worker) {
    workers.add(worker);
    return worker;
  }

  /** The first number that the query gives. */
  public long number(String sql) throws SQLException {
    try (Connection connection = fleet.connect()) {
      return Rows.number(connection, sql);
    }
  }

  public List<String> lines(String sql) throws SQLException {
    try (Connection connection = fleet.connect()) {
      return Rows.lines(connection, sql);
    }
  }

  public long committed() throws SQLException {
    return number("select count(*) from batches where committed_at is not null");
  }

  public long open() throws SQLException { return number("select count(*) from batches where committed_at is null"); }

  /** Waits until so many more batches are committed, and some are still open. */
  public void awaitMore(int batches) throws SQLException, InterruptedException {
    long wanted = committed() + batches;
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (committed() < wanted) {
      if (open() == 0) throw new AssertionError("nothing is left to be done; make more files");
      if (System.nanoTime() > limit) throw new AssertionError("not " + batches + " more batches within " + PATIENCE);
      Thread.sleep(LOOK);
    }
    if (open() == 0) throw new AssertionError("nothing is left to be done; make more files");
  }

  /** Waits until no batch is open, for as long as something moves. */
  public void awaitSettled() throws SQLException, InterruptedException {
    try (Connection connection = fleet.connect()) {
      new Ledger(connection, Ledger.Expected.of(files, dead)).awaitSettled(PATIENCE);
    }
  }

  /** The longest time in which no batch was committed, in seconds. */
  public double longestStall() throws SQLException { return Double.parseDouble(lines("""
      select coalesce(extract(epoch from max(gap)), 0) from (
        select committed_at - lag(committed_at) over (order by committed_at) as gap from batches) g""").getFirst()); }

  /** What the broker says of the work queue, by a connection of its own. */
  public QueueDepth depth() throws InterruptedException {
    try (var queue = new RabbitWorkQueue(fleet.settings(), "test", (name, body, reason) -> {})) {
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
      if (code != 0 && code != TERMINATED) {
        throw new AssertionError("a worker ended with " + code + ": " + worker.errors());
      }
    }
    workers.clear();
  }

  /** Heals the network, waits until all is done and the queues are empty, lets the workers go, and balances. */
  public Ledger.Counts balance() throws SQLException, InterruptedException {
    broker.heal();
    database.heal();
    Ledger.Counts counts = fleet.balance(Ledger.Expected.of(files, dead));
    drain();
    List<String> attempts = lines("select distinct kind || ' ' || attempts from dead_files order by 1");
    if (!attempts.equals(List.of("MISSING 3", "NOT_MIDI 1"))) throw new AssertionError("attempts: " + attempts);
    System.out.printf("longest stall %.1f s%n", longestStall());
    return counts;
  }

  /** Ends what is left, and shows what was said. */
  @Override
  public void close() throws IOException {
    for (var worker : workers) {
      worker.process().destroyForcibly();
      try {
        worker.process().waitFor(DRAIN_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    broker.close();
    database.close();
    others.forEach(FaultProxy::close);
    fleet.close();
    System.out.println(fleet.said());
  }
}
