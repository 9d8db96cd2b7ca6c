package dev.midifleet.worker.store;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.BinaryArrays;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.NewBatch;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.common.lifecycle.Checkpoint;
import dev.midifleet.worker.store.BatchResult.Done;
import dev.midifleet.worker.store.BatchResult.Failed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch in one transaction: its own {@code committed_at} first, which decides between two workers, then facts,
 * files, dead letters and the follow-up batch of what is to be tried again.
 *
 * <p>Whatever goes wrong with single rows is dealt with in another try of the same transaction, so that the usual batch pays
 * nothing for it: a content that another worker stores in the same moment is met by an upsert, and a row that the database
 * refuses is found by halving with savepoints.
 */
public final class ResultStore {
  private static final Logger LOG = LoggerFactory.getLogger(ResultStore.class);

  /** Where nothing is handed over. */
  private static final int NO_VERSION = 0;
  private static final String UNIQUE_VIOLATION = "23505";

  /** How facts and files are written. */
  private enum Way {
    /** New contents by COPY, files by one statement. */
    COPY,
    /** The same without COPY. */
    UPSERT,
    /** By halves, and files one by one: what is refused costs only itself. */
    CAREFULLY
  }

  private static final String COMMIT_BATCH = """
      update batches set committed_at = now(), outcome = 'done', worker_id = ?,
        files_done = ?, files_copied = ?, files_dead = ?, files_retried = ?
      where id = ? and committed_at is null""";
  private static final String CORRECT_COUNTS = """
      update batches set files_done = ?, files_copied = ?, files_dead = ?, files_retried = ? where id = ?""";
  private static final String FILES_DONE = """
      update files f set status = 'done', content_hash = u.content, analyzed_at = now()
      from unnest(?, ?) as u(id, content) where f.id = u.id and f.batch_id = ?""";
  private static final String FILES_OWNED = "select id from files where id = any(?) and batch_id = ?";
  private static final String FILES_DEAD = """
      update files set status = 'dead', content_hash = null, analyzed_at = null where id = any(?) and batch_id = ? returning id""";
  private static final String FILES_HANDED_OVER = """
      update files set batch_id = ? where id = any(?) and batch_id = ? returning id""";
  private static final String DEAD_ROWS = """
      insert into dead_files (file_id, run_id, kind, reason, byte_offset, attempts, worker_id)
      select u.id, ?, u.kind, u.reason, nullif(u.byte_offset, -1), ?, ?
      from unnest(?, ?, ?, ?) as u(id, kind, reason, byte_offset)
      on conflict (file_id) do update set run_id = excluded.run_id, kind = excluded.kind, reason = excluded.reason,
        byte_offset = excluded.byte_offset, attempts = dead_files.attempts + excluded.attempts,
        worker_id = excluded.worker_id, last_failed_at = now()""";
  private static final String FAILED_TRIES = """
      insert into failed_tries (file_id, batch_id, kind, reason, byte_offset, worker_id)
      select u.id, ?, u.kind, u.reason, nullif(u.byte_offset, -1), ?
      from unnest(?, ?, ?, ?) as u(id, kind, reason, byte_offset)""";
  private static final String DEAD_NO_MORE = "delete from dead_files where file_id = any(?)";

  private final Database database;
  private final FactsTable facts;
  private final List<Duration> retryDelays;
  private final UUID worker;

  public ResultStore(Database database, Settings settings, UUID worker) {
    this.database = database;
    this.facts = new FactsTable(database);
    this.retryDelays = settings.durations(Setting.RETRY_DELAYS);
    this.worker = worker;
  }

  /**
   * Writes the batch; waits for a database that is away.
   *
   * @param stop
   *          asked between tries, see {@link Database#transactionWhenReachable}
   */
  public Stored store(Batch batch, BatchResult result, int analyzerVersion, BooleanSupplier stop) {
    Way way = Way.COPY;
    while (true) {
      Way chosen = way;
      try {
        return database.transactionWhenReachable(stop,
            connection -> write(connection, batch, result, analyzerVersion, chosen));
      } catch (DatabaseException e) {
        if (!e.isRefusal() || way == Way.CAREFULLY) throw e;
        if (way == Way.COPY && e.state().equals(UNIQUE_VIOLATION)) {
          LOG.debug("a content of batch {} was stored in the same moment", batch.id());
          way = Way.UPSERT;
        } else {
          LOG.warn("the database refuses a row of batch {}, looking for it: {}", batch.id(), e.getMessage());
          way = Way.CAREFULLY;
        }
      }
    }
  }

  private Stored write(Connection connection, Batch batch, BatchResult result, int analyzerVersion, Way way)
      throws SQLException {
    List<Failed> dead = new ArrayList<>();
    List<Failed> retried = new ArrayList<>();
    for (Failed failed : result.failed()) {
      (isTriedAgain(batch, failed) ? retried : dead).add(failed);
    }
    Stored planned = counts(result.done(), dead, retried.size());
    if (!commitBatch(connection, batch, planned)) return Stored.NOTHING;

    Stored written;
    if (way == Way.CAREFULLY) {
      Map<UUID, String> refused = facts.upsertHalving(connection, result.facts(), batch.analyzeKnown());
      List<Done> done = new ArrayList<>();
      for (Done file : result.done()) {
        String reason = refused.get(file.content());
        if (reason == null) {
          done.add(file);
        } else {
          dead.add(refused(file.file(), reason));
        }
      }
      written = writeOneByOne(connection, batch, done, dead, retried, analyzerVersion);
    } else {
      if (way == Way.COPY) {
        facts.write(connection, result.facts(), batch.analyzeKnown());
      } else {
        facts.upsert(connection, result.facts(), batch.analyzeKnown());
      }
      written = writeFiles(connection, batch, result.done(), dead, retried, analyzerVersion);
    }
    if (!written.equals(planned)) {
      correctCounts(connection, batch, written);
    }
    Checkpoint.STORING.reached(batch.id());
    return written;
  }

  /** Each file under a savepoint of its own, so that a row that is refused here too costs only its file. */
  private Stored writeOneByOne(Connection connection, Batch batch, List<Done> done, List<Failed> dead,
      List<Failed> retried, int analyzerVersion) throws SQLException {
    Stored sum = new Stored(true, 0, 0, 0, 0, 0);
    for (Done file : done) {
      sum = sum.plus(writeOne(connection, batch, file.file(),
          () -> writeFiles(connection, batch, List.of(file), List.of(), List.of(), analyzerVersion)));
    }
    for (Failed file : dead) {
      sum = sum.plus(writeOne(connection, batch, file.file(),
          () -> writeFiles(connection, batch, List.of(), List.of(file), List.of(), analyzerVersion)));
    }
    for (Failed file : retried) {
      sum = sum.plus(writeOne(connection, batch, file.file(),
          () -> writeFiles(connection, batch, List.of(), List.of(), List.of(file), analyzerVersion)));
    }
    return sum;
  }

  @FunctionalInterface
  private interface Part {
    Stored write() throws SQLException;
  }

  private Stored writeOne(Connection connection, Batch batch, FileEntry file, Part part) throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    try {
      Stored written = part.write();
      connection.releaseSavepoint(savepoint);
      return written;
    } catch (SQLException e) {
      if (!DatabaseException.isRefusal(e.getSQLState())) throw e;
      connection.rollback(savepoint);
      LOG.error("the database refuses what became of file {} ({}) of batch {}: {}", file.id(), file.path(), batch.id(),
          e.getMessage());
      // Its own reason may be what was refused: this one is plain letters.
      var failed = refused(file, "the row of this file was refused, with SQLSTATE " + e.getSQLState());
      return writeFiles(connection, batch, List.of(), List.of(failed), List.of(), NO_VERSION);
    }
  }

  private static Failed refused(FileEntry file, String reason) {
    return new Failed(file, new FileFailure(FailureKind.REFUSED_BY_DATABASE, FileFailure.NO_OFFSET, reason));
  }

  private Stored writeFiles(Connection connection, Batch batch, List<Done> done, List<Failed> dead,
      List<Failed> retried,
      int analyzerVersion) throws SQLException {
    Set<Long> doneIds = filesDone(connection, batch, done);
    if (!doneIds.isEmpty()) {
      deadNoMore(connection, doneIds);
    }
    Set<Long> deadIds = dead.isEmpty() ? Set.of() : idsOf(connection, FILES_DEAD, ids(dead), batch.id());
    List<Failed> ownedDead = dead.stream().filter(file -> deadIds.contains(file.file().id())).toList();
    deadRows(connection, batch, ownedDead);
    int handedOver = retried.isEmpty() ? 0 : handOver(connection, batch, retried, analyzerVersion);
    List<Done> owned = done.stream().filter(file -> doneIds.contains(file.file().id())).toList();
    return counts(owned, ownedDead, handedOver);
  }

  private boolean isTriedAgain(Batch batch, Failed failed) {
    return failed.failure().kind().isRetried() && batch.attempt() <= retryDelays.size();
  }

  private static Stored counts(List<Done> done, List<Failed> dead, int retried) {
    int copied = 0;
    for (Done file : done) {
      copied += file.copied() ? 1 : 0;
    }
    int refused = 0;
    for (Failed file : dead) {
      refused += file.failure().kind() == FailureKind.REFUSED_BY_DATABASE ? 1 : 0;
    }
    return new Stored(true, done.size(), copied, dead.size(), retried, refused);
  }

  private boolean commitBatch(Connection connection, Batch batch, Stored counts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COMMIT_BATCH)) {
      statement.setObject(1, worker);
      statement.setInt(2, counts.done());
      statement.setInt(3, counts.copied());
      statement.setInt(4, counts.dead());
      statement.setInt(5, counts.retried());
      statement.setLong(6, batch.id());
      return statement.executeUpdate() == 1;
    }
  }

  private static void correctCounts(Connection connection, Batch batch, Stored counts) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CORRECT_COUNTS)) {
      statement.setInt(1, counts.done());
      statement.setInt(2, counts.copied());
      statement.setInt(3, counts.dead());
      statement.setInt(4, counts.retried());
      statement.setLong(5, batch.id());
      statement.executeUpdate();
    }
  }

  /** The ids of those that the batch still owns. */
  private static Set<Long> filesDone(Connection connection, Batch batch, List<Done> done) throws SQLException {
    if (done.isEmpty()) return Set.of();
    List<Long> ids = done.stream().map(file -> file.file().id()).toList();
    try (PreparedStatement statement = connection.prepareStatement(FILES_DONE)) {
      statement.setArray(1, BinaryArrays.ofLongs(connection, ids));
      statement.setArray(2, BinaryArrays.ofUuids(connection, done.stream().map(Done::content).toList()));
      statement.setLong(3, batch.id());
      // Which ones is asked only where some are missing: that is rare, and to be told costs as much as a look-up.
      if (statement.executeUpdate() == ids.size()) return Set.copyOf(ids);
    }
    return idsOf(connection, FILES_OWNED, ids, batch.id());
  }

  private static void deadNoMore(Connection connection, Collection<Long> ids) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(DEAD_NO_MORE)) {
      statement.setArray(1, BinaryArrays.ofLongs(connection, ids));
      statement.executeUpdate();
    }
  }

  private void deadRows(Connection connection, Batch batch, List<Failed> rows) throws SQLException {
    if (rows.isEmpty()) return;
    try (PreparedStatement statement = connection.prepareStatement(DEAD_ROWS)) {
      statement.setObject(1, batch.run());
      statement.setInt(2, batch.attempt());
      statement.setObject(3, worker);
      setFailures(connection, statement, 4, rows);
      statement.executeUpdate();
    }
  }

  /** What becomes of them later is another batch's: this is kept for whoever asks why they wait. */
  private void failedTries(Connection connection, Batch batch, List<Failed> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FAILED_TRIES)) {
      statement.setLong(1, batch.id());
      statement.setObject(2, worker);
      setFailures(connection, statement, 3, rows);
      statement.executeUpdate();
    }
  }

  /** Sets four arrays: file, kind, reason and offset of each. */
  private static void setFailures(Connection connection, PreparedStatement statement, int first, List<Failed> rows)
      throws SQLException {
    statement.setArray(first, BinaryArrays.ofLongs(connection, ids(rows)));
    statement.setArray(first + 1,
        connection.createArrayOf("text", rows.stream().map(row -> row.failure().kind().name()).toArray()));
    statement.setArray(first + 2, connection.createArrayOf("text",
        rows.stream().map(row -> row.failure().reason().replace('\0', ' ')).toArray()));
    statement.setArray(first + 3,
        BinaryArrays.ofLongs(connection, rows.stream().map(row -> row.failure().byteOffset()).toList()));
  }

  private int handOver(Connection connection, Batch batch, List<Failed> retried, int analyzerVersion)
      throws SQLException {
    long bytes = retried.stream().map(Failed::file).mapToLong(FileEntry::sizeBytes).sum();
    Duration delay = retryDelays.get(batch.attempt() - 1);
    var next = new NewBatch(batch.run(), batch.lane(), batch.attempt() + 1, ids(retried), bytes, delay);
    long nextId = BatchLedger.insert(connection, List.of(next), analyzerVersion)[0];
    try (PreparedStatement statement = connection.prepareStatement(FILES_HANDED_OVER)) {
      statement.setLong(1, nextId);
      statement.setArray(2, BinaryArrays.ofLongs(connection, next.files()));
      statement.setLong(3, batch.id());
      Set<Long> handedOver = idsOf(statement);
      failedTries(connection, batch, retried.stream().filter(one -> handedOver.contains(one.file().id())).toList());
      return handedOver.size();
    }
  }

  private static Set<Long> idsOf(Connection connection, String sql, List<Long> ids, long batch)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, BinaryArrays.ofLongs(connection, ids));
      statement.setLong(2, batch);
      return idsOf(statement);
    }
  }

  private static Set<Long> idsOf(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      Set<Long> ids = new HashSet<>();
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
      return ids;
    }
  }

  private static List<Long> ids(List<Failed> failed) { return failed.stream().map(one -> one.file().id()).toList(); }
}
