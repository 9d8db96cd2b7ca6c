package dev.midifleet.bench.store;

import com.sun.management.ThreadMXBean;
import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Lane;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.NewBatch;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.BatchResult.Done;
import dev.midifleet.worker.store.FactsTable;
import dev.midifleet.worker.store.ResultStore;
import java.lang.management.ManagementFactory;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/** Batches as a worker has them from the database's side: taken, looked up, stored; by the product's own code. */
final class ProductBatches implements AutoCloseable {
  private static final double NANOS_A_MICRO = 1e3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final String REGISTER = """
      insert into files (library_id, path, path_key, size_bytes, modified_at)
      select 1, 'Artist ' || i % 97 || '/Album ' || i % 1009 || '/A song of some length ' || i || '.mid', gen_random_uuid(),
        25000, now() from generate_series(1, ?) as i returning id""";

  private final Database database;
  private final BatchLedger ledger;
  private final FactsTable facts;
  private final ResultStore store;
  private final UUID worker = UUID.randomUUID();
  private final UUID run;
  private final Map<String, double[]> threadCosts = new TreeMap<>();

  ProductBatches(Settings settings) {
    this.database = Database.open(settings, "bench");
    this.ledger = new BatchLedger(database);
    this.facts = new FactsTable(database);
    this.store = new ResultStore(database, settings, worker);
    this.run = database.transaction(connection -> Runs.start(connection, new Library(1, "bench", "/nowhere"), "",
        Runs.Origin.ENQUEUE, false));
  }

  /** Plans a batch of so many files; gives its id. */
  long plan(int files) {
    return database.transaction(connection -> {
      List<Long> ids = new ArrayList<>();
      try (PreparedStatement statement = connection.prepareStatement(REGISTER)) {
        statement.setInt(1, files);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            ids.add(rows.getLong(1));
          }
        }
      }
      var batch = new NewBatch(run, Lane.BULK, 1, ids, 25_000L * files, Duration.ZERO);
      long id = BatchLedger.insert(connection, List.of(batch), AnalyzerVersion.CURRENT)[0];
      try (PreparedStatement statement = connection.prepareStatement(
          "update files set status = 'queued', batch_id = ? where id = any(?)")) {
        statement.setLong(1, id);
        statement.setArray(2, connection.createArrayOf("bigint", ids.toArray(Long[]::new)));
        statement.executeUpdate();
      }
      return id;
    });
  }

  /** All that the worker asks of the database for a batch of files with these contents. */
  void run(long id, List<Analysis> rows) throws SQLException {
    Batch batch = timed("take", rows.size(),
        () -> ((BatchLedger.Take.Taken) ledger.take(id, 0, worker, AnalyzerVersion.CURRENT, () -> true)).batch());
    List<UUID> contents = rows.stream().map(row -> Objects.requireNonNull(row.contentHash())).toList();
    Set<UUID> known = timed("look up", rows.size(),
        () -> facts.known(contents, AnalyzerVersion.CURRENT, () -> true));
    List<Done> done = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      done.add(new Done(batch.files().get(i), contents.get(i), known.contains(contents.get(i))));
    }
    var result = new BatchResult(done, List.of(), known.isEmpty() ? rows : List.of());
    boolean isCommitted = timed("store", rows.size(),
        () -> store.store(batch, result, AnalyzerVersion.CURRENT, () -> true).committed());
    if (!isCommitted) throw new IllegalStateException("batch " + id + " was committed before");
  }

  /** Forgets what the calls have cost this thread so far. */
  void forgetThreadCosts() { threadCosts.clear(); }

  /** Of each call: µs of this thread and bytes that it allocated, a row. */
  Map<String, double[]> threadCosts() {
    Map<String, double[]> shares = new TreeMap<>();
    threadCosts.forEach((call, sums) -> shares.put(call, new double[]{sums[0] / sums[2], sums[1] / sums[2]}));
    return shares;
  }

  private <T> T timed(String call, int rows, Supplier<T> work) {
    long micros = THREADS.getCurrentThreadCpuTime();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    T result = work.get();
    double[] sums = threadCosts.computeIfAbsent(call, _ -> new double[3]);
    sums[0] += (THREADS.getCurrentThreadCpuTime() - micros) / NANOS_A_MICRO;
    sums[1] += THREADS.getCurrentThreadAllocatedBytes() - bytes;
    sums[2] += rows;
    return result;
  }

  @Override
  public void close() { database.close(); }
}
