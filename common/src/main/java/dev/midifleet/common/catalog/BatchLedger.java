package dev.midifleet.common.catalog;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The protocol of a batch, as statements: claim, publish, take, release, hand over. A batch is inbox, outbox, retry
 * schedule and progress in one row, and every step is one committed update, so that no lock is held while anybody waits
 * for a broker or reads a file.
 */
public final class BatchLedger {
  /** How long a claimed batch may take until its confirm, before another relay publishes it again. */
  public static final Duration CLAIM = Duration.ofSeconds(60);

  private static final String CLAIM_DUE = """
      with due as (
        select id from batches
        where committed_at is null and published_at is null and due_at <= now() and lane = 'bulk'%s
        order by due_at limit ? for update skip locked)
      update batches b set publications = publications + 1, due_at = now() + make_interval(secs => ?)
      from due, runs r, library l
      where b.id = due.id and r.id = b.run_id and l.id = r.library_id
      returning b.id, b.publications, b.run_id, b.attempt, l.name, b.file_ids""";
  private static final String CLAIM_DUE_OF_ALL = CLAIM_DUE.formatted("");
  private static final String CLAIM_DUE_OF_LIBRARY = CLAIM_DUE.formatted("""

      and exists (select from runs where runs.id = batches.run_id and library_id = ?)""");
  private static final String MARK_PUBLISHED = """
      update batches b set published_at = now() from unnest(?, ?) as p(id, publication)
      where b.id = p.id and b.publications = p.publication and b.published_at is null""";
  private static final String UNCLAIM = """
      update batches b set due_at = now() from unnest(?, ?) as p(id, publication)
      where b.id = p.id and b.publications = p.publication and b.published_at is null and b.committed_at is null""";
  private static final String TAKE = """
      update batches b set taken = taken + case when worker_id = t.worker then 0 else 1 end, worker_id = t.worker
      from runs r, library l, (select ?::uuid as worker) t
      where b.id = ? and b.committed_at is null and b.publications = ? and b.analyzer_version <= ?
        and b.lane = 'bulk' and r.cancelled_at is null and r.id = b.run_id and l.id = r.library_id
      returning b.run_id, b.attempt, r.analyze_known, l.id, l.name, l.location, b.file_ids, b.taken""";
  private static final String FILES = """
      select id, path, size_bytes from files where id = any(?) and batch_id = ? order by id""";

  private final Database database;

  public BatchLedger(Database database) { this.database = database; }

  /** What a take found. */
  public sealed interface Take {
    /** It is this worker's now. */
    record Taken(Batch batch) implements Take {}

    /** It was started too often without an end: its files are suspects now, and the message may go. */
    record Split(int files) implements Take {}

    /** Committed, of a cancelled run, or published again since: nothing is to be done, the message may go. */
    record Settled() implements Take {}

    /** It needs a newer analyzer than this worker's. */
    record Newer(int analyzerVersion) implements Take {}
  }

  /**
   * Claims up to {@code limit} due batches; whoever claims one publishes it within {@link #CLAIM}.
   *
   * @param library
   *          whose batches, by {@code library.id}; empty for all
   */
  public List<DueBatch> claimDue(int limit, OptionalInt library) {
    return database.transaction(connection -> claimDue(connection, limit, library));
  }

  /**
   * Notes how publishing went: which publications the queue has confirmed, and which claims are due again at once because
   * it did not accept them.
   */
  public void published(Collection<DueBatch> confirmed, Collection<DueBatch> refused) {
    database.transaction(connection -> {
      if (!confirmed.isEmpty()) {
        markPublished(connection, confirmed);
      }
      if (!refused.isEmpty()) {
        unclaim(connection, refused);
      }
      return confirmed.size();
    });
  }

  private static List<DueBatch> claimDue(Connection connection, int limit, OptionalInt library) throws SQLException {
    String sql = library.isPresent() ? CLAIM_DUE_OF_LIBRARY : CLAIM_DUE_OF_ALL;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = 1;
      if (library.isPresent()) {
        statement.setInt(next++, library.getAsInt());
      }
      statement.setInt(next++, limit);
      statement.setDouble(next, (double) CLAIM.toSeconds());
      try (ResultSet rows = statement.executeQuery()) {
        List<DueBatch> due = new ArrayList<>();
        while (rows.next()) {
          due.add(new DueBatch(rows.getLong(1), rows.getInt(2), rows.getObject(3, UUID.class), rows.getInt(4),
              rows.getString(5), Arrays.asList(longs(rows.getArray(6)))));
        }
        return due;
      }
    }
  }

  private static void markPublished(Connection connection, Collection<DueBatch> confirmed) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MARK_PUBLISHED)) {
      setPublications(connection, statement, confirmed);
      statement.executeUpdate();
    }
  }

  private static void unclaim(Connection connection, Collection<DueBatch> refused) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UNCLAIM)) {
      setPublications(connection, statement, refused);
      statement.executeUpdate();
    }
  }

  /**
   * Takes a batch that a message points to, and counts the start. At its {@link SuspectLedger#BULK_STARTS third} it is
   * split instead. To take a batch again that is this worker's already, after a connection or an answer was lost, is no
   * start: whoever asks is alive.
   *
   * @param publication
   *          as the message says
   * @param stop
   *          asked between tries while the database is away
   */
  public Take take(long batch, int publication, UUID worker, int analyzerVersion, BooleanSupplier stop) {
    return database.transactionWhenReachable(stop,
        connection -> take(connection, batch, publication, worker, analyzerVersion));
  }

  private static Take take(Connection connection, long batch, int publication, UUID worker, int analyzerVersion)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
      statement.setObject(1, worker);
      statement.setLong(2, batch);
      statement.setInt(3, publication);
      statement.setInt(4, analyzerVersion);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          if (row.getInt(8) >= SuspectLedger.BULK_STARTS) {
            return new Take.Split(SuspectLedger.split(connection, batch));
          }
          var library = new Library(row.getInt(4), row.getString(5), row.getString(6));
          var files = files(connection, batch, row.getArray(7));
          return new Take.Taken(
              new Batch(batch, row.getObject(1, UUID.class), row.getInt(2), row.getBoolean(3), Lane.BULK, library,
                  files));
        }
      }
    }
    return settledOrNewer(connection, batch, analyzerVersion);
  }

  /**
   * Undoes a worker's take, as a draining worker does, and one that could not finish for a reason outside the files: the
   * start does not count against them. A suspect may be claimed again after some seconds. Does nothing when another has
   * taken the batch since.
   */
  public void release(long batch, UUID worker) {
    String sql = """
        update batches set taken = taken - 1, worker_id = null,
          due_at = case when lane = 'suspect' then now() + interval '3 seconds' else due_at end
        where id = ? and worker_id = ? and committed_at is null and taken > 0""";
    database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, batch);
        statement.setObject(2, worker);
        return statement.executeUpdate();
      }
    });
  }

  /**
   * Inserts batches. Who calls it hands the files over in the same transaction.
   *
   * @return their ids, in the order of the argument
   */
  public static long[] insert(Connection connection, List<NewBatch> batches, int analyzerVersion) throws SQLException {
    String sql = """
        insert into batches (run_id, lane, attempt, analyzer_version, file_ids, byte_count, due_at)
        values (?, ?::lane, ?, ?, ?, ?, now() + make_interval(secs => ?))""";
    try (PreparedStatement statement = connection.prepareStatement(sql, new String[]{"id"})) {
      for (NewBatch batch : batches) {
        statement.setObject(1, batch.run());
        statement.setString(2, batch.lane().name().toLowerCase(Locale.ROOT));
        statement.setInt(3, batch.attempt());
        statement.setInt(4, analyzerVersion);
        statement.setArray(5, connection.createArrayOf("bigint", batch.files().toArray()));
        statement.setLong(6, batch.bytes());
        statement.setDouble(7, batch.delay().toMillis() / 1000.0);
        statement.addBatch();
      }
      statement.executeBatch();
      long[] ids = new long[batches.size()];
      try (ResultSet keys = statement.getGeneratedKeys()) {
        for (int i = 0; keys.next(); i++) {
          ids[i] = keys.getLong(1);
        }
      }
      return ids;
    }
  }

  /**
   * Makes every open batch due again that was published: the queue has lost them. Retries that wait for their time still
   * wait. Safe at any time: of a batch that is in the queue after all the older message finds that there is a newer one.
   *
   * @param library
   *          whose batches, by {@code library.id}; empty for all
   * @return how many are due again
   */
  public int reconcile(OptionalInt library) {
    String sql = """
        update batches b set published_at = null, due_at = now() from runs r
        where r.id = b.run_id and b.committed_at is null and b.published_at is not null and (? or r.library_id = ?)""";
    return database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setBoolean(1, library.isEmpty());
        statement.setInt(2, library.orElse(0));
        return statement.executeUpdate();
      }
    });
  }

  private static void setPublications(Connection connection, PreparedStatement statement, Collection<DueBatch> batches)
      throws SQLException {
    statement.setArray(1, connection.createArrayOf("bigint", batches.stream().map(DueBatch::id).toArray()));
    statement.setArray(2, connection.createArrayOf("integer", batches.stream().map(DueBatch::publication).toArray()));
  }

  private static Take settledOrNewer(Connection connection, long batch, int analyzerVersion) throws SQLException {
    String sql = "select analyzer_version from batches where id = ? and committed_at is null and analyzer_version > ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, batch);
      statement.setInt(2, analyzerVersion);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? new Take.Newer(row.getInt(1)) : new Take.Settled();
      }
    }
  }

  static List<FileEntry> files(Connection connection, long batch, Array ids) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FILES)) {
      statement.setArray(1, ids);
      statement.setLong(2, batch);
      try (ResultSet rows = statement.executeQuery()) {
        List<FileEntry> files = new ArrayList<>();
        while (rows.next()) {
          files.add(new FileEntry(rows.getLong(1), rows.getString(2), rows.getLong(3)));
        }
        return files;
      }
    }
  }

  private static Long[] longs(Array array) throws SQLException { return (Long[]) array.getArray(); }
}
