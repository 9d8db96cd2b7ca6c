package dev.midifleet.bench.enqueue;

import dev.midifleet.bench.enqueue.Explained.Elements;
import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.BatchLedger.Take.Taken;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DueBatch;
import dev.midifleet.common.catalog.PathKey;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.catalog.WorkerEntry;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.producer.operate.DeadFiles;
import dev.midifleet.producer.operate.DeadFilter;
import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.Why;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.FactsTable;
import dev.midifleet.worker.store.ResultStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;

/** What each query that a running fleet does often takes over so many rows, by calls of the product. */
final class RowsBench {
  private static final int WARM = 5;
  private static final int TIMES = 20;
  private static final int CLAIM = 25;
  private static final int SOME = 30;
  private static final UUID WORKER = UUID.fromString("00000000-0000-0000-0000-0000000000aa");
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final Database database;
  private final Settings settings;
  private final Connection connection;
  private final boolean explain;
  private final long rows;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  private RowsBench(Database database, Settings settings, Connection connection, long rows, boolean explain) {
    this.database = database;
    this.settings = settings;
    this.connection = connection;
    this.rows = rows;
    this.explain = explain;
  }

  /**
   * Makes the rows in a database in this folder, unless they are there, and times the queries.
   *
   * @param rows
   *          files
   * @param explain
   *          whether plans are printed too
   * @return ms by query, median and maximum
   */
  static Map<String, Object> measure(Path folder, long rows, boolean explain) throws SQLException {
    try (var postgres = EmbeddedPostgres.start(folder)) {
      Settings settings = Settings.of(Map.of("MIDIFLEET_DATABASE_URL", postgres.jdbcUrl(), "MIDIFLEET_DATABASE_USER",
          postgres.user(), "MIDIFLEET_DATABASE_PASSWORD", postgres.password()));
      try (Database database = Database.open(settings, "bench");
          Connection connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(),
              postgres.password())) {
        database.migrate();
        var bench = new RowsBench(database, settings, connection, rows, explain);
        bench.makeOnce();
        bench.forget();
        bench.run();
        return bench.figures;
      }
    }
  }

  private void makeOnce() throws SQLException {
    try (var statement = connection.createStatement(); var row = statement.executeQuery("select from workers")) {
      if (row.next()) return;
    }
    ManyRows.make(connection, rows, System.err);
  }

  /** An earlier bench over the same rows has claimed and published; what it has stored stays stored. */
  private void forget() throws SQLException {
    dueAgain();
    try (var statement = connection.createStatement()) {
      statement.execute("vacuum (analyze) dead_files");
      statement.execute("checkpoint");
    }
  }

  /** All open batches as they were planned. */
  private void dueAgain() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("update batches set published_at = null, publications = 0, taken = 0, worker_id = null,"
          + " due_at = now() - interval '1 h' + make_interval(secs => id / 1000.0) where committed_at is null");
      statement.execute("vacuum (analyze) batches");
    }
  }

  private boolean isAnyDue(int count) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement
            .executeQuery("select count(*) from batches where committed_at is null and published_at is null"
                + " and lane = 'bulk' and due_at <= now()")) {
      row.next();
      return row.getInt(1) >= count;
    }
  }

  @FunctionalInterface
  private interface Call {
    Object run() throws SQLException;
  }

  private void run() throws SQLException {
    System.out.printf("| over %d files | median ms | p95 ms | max ms |%n| --- | --- | --- | --- |%n", rows);
    ask();
    deadLetters();
    work();
    suspects();
  }

  private void time(String name, Call call) throws SQLException { time(name, () -> name, call); }

  private void time(String name, Call before, Call call) throws SQLException {
    double[] millis = new double[TIMES];
    for (int i = -WARM; i < TIMES; i++) {
      before.run();
      long start = System.nanoTime();
      call.run();
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(millis);
    double p95 = millis[TIMES * 95 / 100 - 1];
    System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %.2f |%n", name, millis[TIMES / 2], p95, millis[TIMES - 1]);
    figures.put(name, Map.of("median_ms", millis[TIMES / 2], "p95_ms", p95, "max_ms", millis[TIMES - 1]));
  }

  private void explain(String name, Class<?> owner, String constant, Object... parameters) throws SQLException {
    explain(name, Explained.sql(owner, constant), parameters);
  }

  private void explain(String name, String sql, Object... parameters) throws SQLException {
    if (explain) {
      System.out.println("\n    " + name + "\n" + Explained.plan(connection, sql, List.of(parameters)));
    }
  }

  private void ask() throws SQLException {
    time("status", () -> FleetStatus.ofOpenRuns(database));
    time("status RUN", () -> FleetStatus.ofRun(database, ManyRows.RUN));
    explain("status", FleetStatus.class, "OPEN");
    explain("status, dead letters", FleetStatus.class, "DEAD");
    long file = rows / 2 / 1000 * 1000;
    String path = "collection-" + file / 1000 + "/song-" + file + ".mid";
    try (var statement = connection.prepareStatement("update files set path_key = ? where id = ?")) {
      statement.setObject(1, PathKey.of(1, path));
      statement.setLong(2, file);
      statement.executeUpdate();
    }
    time("why FILE", () -> Why.of(database, "main:" + path, Path.of("main:" + path), settings));
    explain("why, batches", Why.class, "BATCHES", 1, file, file);
    time("heartbeat", () -> {
      entry().writeTo(database);
      return WORKER;
    });
  }

  private static WorkerEntry entry() {
    return new WorkerEntry(WORKER, "host", 1, "1", 1, "running", null, 4, 2, 1, 1, 1, 1);
  }

  private void deadLetters() throws SQLException {
    var letters = new DeadFiles(database);
    Optional<FailureKind> rare = Optional.of(FailureKind.TOO_LARGE);
    Optional<String> none = Optional.empty();
    Optional<Duration> ever = Optional.empty();
    Map<String, DeadFilter> filters = new LinkedHashMap<>();
    filters.put("dead list", DeadFilter.ALL);
    filters.put("dead list --kind MALFORMED", new DeadFilter(Optional.of(FailureKind.MALFORMED), none, ever));
    filters.put("dead list --kind TOO_LARGE (one of a thousand)", new DeadFilter(rare, none, ever));
    filters.put("dead list --kind INTERNAL_ERROR (none)",
        new DeadFilter(Optional.of(FailureKind.INTERNAL_ERROR), none, ever));
    filters.put("dead list --older-than 1h", new DeadFilter(Optional.empty(), none, Optional.of(Duration.ofHours(1))));
    filters.put("dead list --older-than 365d (none)",
        new DeadFilter(Optional.empty(), none, Optional.of(Duration.ofDays(365))));
    filters.put("dead list --path 'collection-1*/**'", new DeadFilter(Optional.empty(), Optional.of("collection-1*/**"),
        ever));
    DeadFilter all = DeadFilter.ALL;
    String list = Explained.sql(DeadFiles.class, "LIST");
    explain("dead list", list.replace("{filter}", all.condition()), 0L, true, longs(List.of()), Explained.NULL, "", 0.0,
        100);
    explain("dead list --kind", list.replace("{filter}", new DeadFilter(rare, none, ever).condition()), 0L, true,
        longs(List.of()),
        FailureKind.TOO_LARGE.name(), "", 0.0, 100);
    for (var filter : filters.entrySet()) {
      time(filter.getKey() + " --limit 100", () -> letters.list(filter.getValue(), 100, _ -> {}));
    }
    time("dead list --limit 1000", () -> letters.list(DeadFilter.ALL, 1000, _ -> {}));
    for (String glob : List.of("nowhere/*", "collection-77/*", "*.xyz", "song-4700.mid", "**/song-4700.mid")) {
      time("dead list --path '" + glob + "'",
          () -> letters.list(new DeadFilter(Optional.empty(), Optional.of(glob), ever), 100, _ -> {}));
    }
    String rareOnes = Explained.sql(DeadFiles.class, "FIND_RARE").replace("{filter}",
        new DeadFilter(Optional.empty(), Optional.of("*"), ever).ofLetter());
    explain("dead list --path 'collection-77/*'", rareOnes, Explained.NULL, "^collection\\-77\\/[^/]*$", 0.0);
    explain("dead list --path '*.xyz'", rareOnes, Explained.NULL, "(?:^|/)[^/]*\\.xyz$", 0.0);
    explain("dead list --older-than 365d", Explained.sql(DeadFiles.class, "FIND_RARE").replace("{filter}",
        DeadFilter.ALL.ofLetter()), Explained.NULL, "", 365 * 86_400.0);
  }

  private void work() throws SQLException {
    var ledger = new BatchLedger(database);
    explain("relay, claim", BatchLedger.class, "CLAIM_DUE_OF_ALL", CLAIM, 60.0);
    Deque<List<DueBatch>> claimed = new ArrayDeque<>();
    time("relay: claim of " + CLAIM + ", the next each time", () -> {
      // As in a relay: what was claimed is published when it claims again.
      for (List<DueBatch> before = claimed.poll(); before != null; before = claimed.poll()) {
        ledger.published(before, List.of());
      }
      if (!isAnyDue(CLAIM)) {
        dueAgain();
      }
      return claimed;
    }, () -> claimed.add(ledger.claimDue(CLAIM, OptionalInt.empty())));
    claimed.clear();
    dueAgain();
    for (int i = 0; i < WARM + TIMES; i++) {
      claimed.add(ledger.claimDue(SOME, OptionalInt.empty()));
    }
    List<DueBatch> ready = new ArrayList<>();
    time("relay: " + SOME + " are confirmed", () -> {
      List<DueBatch> some = claimed.remove();
      ready.addAll(some);
      ledger.published(some, List.of());
      return some;
    });
    time("relay: nothing is due", () -> ledger.claimDue(500, OptionalInt.of(2)));
    Deque<DueBatch> messages = new ArrayDeque<>(ready);
    Deque<Batch> batches = new ArrayDeque<>();
    explain("take", BatchLedger.class, "TAKE", WORKER, ready.getFirst().id(), 1, 1);
    explain("take, files", BatchLedger.class, "FILES", longs(ready.getFirst().files()), ready.getFirst().id());
    time("worker: take of a batch of 500", () -> {
      DueBatch message = messages.remove();
      var take = ledger.take(message.id(), message.publication(), WORKER, 1, () -> true);
      return batches.add(((Taken) take).batch());
    });
    List<UUID> contents = IntStream.range(0, ManyRows.BATCH).mapToObj(i -> content(i * (rows / 4 / 250))).toList();
    var facts = new FactsTable(database);
    explain("known contents", FactsTable.class, "KNOWN",
        new Elements("uuid", contents.toArray()), 1);
    time("worker: which of 500 contents are known", () -> facts.known(contents, 1, () -> true));
    store(batches);
  }

  private void store(Deque<Batch> batches) throws SQLException {
    Batch first = batches.getFirst();
    explain("store, files", ResultStore.class, "FILES_DONE",
        longs(first.files().stream().map(file -> file.id()).toList()),
        new Elements("uuid", first.files().stream().map(file -> content(file.id())).toArray()), first.id());
    var store = new ResultStore(database, settings, WORKER);
    time("worker: store 500 copies, with the commit", () -> {
      Batch batch = batches.remove();
      List<BatchResult.Done> done = batch.files().stream()
          .map(file -> new BatchResult.Done(file, content(file.id()), true)).toList();
      return store.store(batch, new BatchResult(done, List.of(), List.of()), 1, () -> true);
    });
  }

  private void suspects() throws SQLException {
    var suspects = new SuspectLedger(database);
    time("suspects: is any due", () -> suspects.isAnyDue(1, OptionalInt.empty()));
    explain("suspects, claim", SuspectLedger.class, "CLAIM", 1, true, 0, WORKER, 60.0);
    time("suspects: claim", () -> suspects.claim(WORKER, 1, OptionalInt.empty(), LEASE, () -> true));
  }

  private static Elements longs(List<Long> values) { return new Elements("bigint", values.toArray()); }

  /** As {@link ManyRows} names it; from a quarter of the rows on, none that is there. */
  private static UUID content(long number) {
    try {
      String hex = HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(("c" + number).getBytes(StandardCharsets.US_ASCII)));
      return UUID.fromString(hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
