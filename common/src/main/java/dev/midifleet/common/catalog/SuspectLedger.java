package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * The suspect lane, as statements. A bulk batch that was started three times and never finished holds, perhaps, a file
 * that kills whoever works on it: it is split into batches of one file, which nobody publishes. Child processes that do
 * nothing else claim them here, one by one.
 *
 * <p>Starts and crashes are counted in the rows, and not by the broker, whose count grows for many reasons. A claim is a
 * committed update that puts {@code due_at} off; no lock is held while a file is worked on.
 */
public final class SuspectLedger {
  /** A bulk batch that is taken so often is split. */
  public static final int BULK_STARTS = 3;
  /** So many crashes, each seen by a parent that lived, condemn a file. */
  public static final int CRASHES = 3;
  /** So many starts without an end condemn it too: somebody may have killed parent and child together. */
  public static final int STARTS = 9;

  private static final String SPLIT = """
      with ended as (
        update batches set committed_at = now(), outcome = 'split'
        where id = ? and committed_at is null and lane = 'bulk'
        returning id, run_id, attempt, analyzer_version, file_ids),
      owned as (
        select f.id, f.size_bytes from files f, ended where f.id = any(ended.file_ids) and f.batch_id = ended.id),
      suspects as (
        insert into batches (run_id, lane, attempt, analyzer_version, file_ids, byte_count)
        select run_id, 'suspect', attempt, analyzer_version, array[owned.id], owned.size_bytes from owned, ended
        order by owned.id returning id, file_ids[1] as file_id)
      update files f set batch_id = s.id from suspects s, ended where f.id = s.file_id and f.batch_id = ended.id""";
  private static final String CLAIM = """
      with next as (
        select b.id from batches b join runs r on r.id = b.run_id
        where b.committed_at is null and b.lane = 'suspect' and b.due_at <= now() and b.analyzer_version <= ?
          and r.cancelled_at is null and (? or r.library_id = ?)
        order by b.due_at limit 1 for update of b skip locked)
      update batches b set taken = taken + 1, worker_id = ?, due_at = now() + make_interval(secs => ?)
      from next, runs r, library l where b.id = next.id and r.id = b.run_id and l.id = r.library_id
      returning b.id, b.run_id, b.attempt, r.analyze_known, l.id, l.name, l.location, b.file_ids, b.taken, b.crashes""";
  private static final String DUE = """
      select exists (select from batches b join runs r on r.id = b.run_id
      where b.committed_at is null and b.lane = 'suspect' and b.due_at <= now() and b.analyzer_version <= ?
        and r.cancelled_at is null and (? or r.library_id = ?))""";

  private final Database database;

  public SuspectLedger(Database database) { this.database = database; }

  /**
   * A suspect that is this worker's until its lease ends.
   *
   * @param batch
   *          holds one file, or none if another batch owns it by now
   * @param starts
   *          in how many processes of its own it was begun, this one included
   * @param crashes
   *          how many of them ended while they worked on it
   */
  public record Claim(Batch batch, int starts, int crashes) {
    /** Whether it is to be given up, and not begun again. */
    public boolean isCondemned() {
      return crashes >= CRASHES || starts > STARTS;
    }
  }

  /**
   * Ends a bulk batch and hands each of its files to a suspect batch of its own. Nothing happens if it has ended, or is a
   * suspect.
   *
   * @return how many files became suspects
   */
  static int split(Connection connection, long batch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SPLIT)) {
      statement.setLong(1, batch);
      return statement.executeUpdate();
    }
  }

  /**
   * {@link #split(Connection, long)} in a transaction of its own.
   *
   * @param publication
   *          only while this is its publication; empty for any
   * @param stop
   *          asked between tries while the database is away
   */
  public int split(long batch, OptionalInt publication, BooleanSupplier stop) {
    return database.transactionWhenReachable(stop,
        connection -> publication.isEmpty() || isPublication(connection, batch, publication.getAsInt())
            ? split(connection, batch)
            : 0);
  }

  /** Whether a suspect may be claimed now, of one library or of all. */
  public boolean isAnyDue(int analyzerVersion, OptionalInt library) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(DUE)) {
        statement.setInt(1, analyzerVersion);
        statement.setBoolean(2, library.isEmpty());
        statement.setInt(3, library.orElse(0));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getBoolean(1);
        }
      }
    });
  }

  /**
   * Claims the suspect that is due longest, and counts the start.
   *
   * @param lease
   *          how long nobody else may claim it
   * @param stop
   *          asked between tries while the database is away
   */
  public Optional<Claim> claim(UUID worker, int analyzerVersion, OptionalInt library, Duration lease,
      BooleanSupplier stop) {
    return database.transactionWhenReachable(stop, connection -> {
      try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
        statement.setInt(1, analyzerVersion);
        statement.setBoolean(2, library.isEmpty());
        statement.setInt(3, library.orElse(0));
        statement.setObject(4, worker);
        statement.setDouble(5, lease.toMillis() / 1000.0);
        try (ResultSet row = statement.executeQuery()) {
          if (!row.next()) return Optional.empty();
          long id = row.getLong(1);
          var in = new Library(row.getInt(5), row.getString(6), row.getString(7));
          List<FileEntry> files = BatchLedger.files(connection, id, row.getArray(8));
          var batch = new Batch(id, row.getObject(2, UUID.class), row.getInt(3), row.getBoolean(4), Lane.SUSPECT, in,
              files);
          return Optional.of(new Claim(batch, row.getInt(9), row.getInt(10)));
        }
      }
    });
  }

  /**
   * Counts that the process which worked on a suspect has ended, and lets it be claimed again.
   *
   * @param stop
   *          asked between tries while the database is away
   */
  public void crashed(long batch, UUID worker, BooleanSupplier stop) {
    update(stop, "update batches set crashes = crashes + 1, due_at = now()"
        + " where id = ? and worker_id = ? and lane = 'suspect' and committed_at is null", batch, worker);
  }

  /** Puts the end of a worker's claim off: its child is still at work. */
  public void renew(long batch, UUID worker, Duration lease) {
    String sql = "update batches set due_at = now() + make_interval(secs => ?)"
        + " where id = ? and worker_id = ? and lane = 'suspect' and committed_at is null";
    database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setDouble(1, lease.toMillis() / 1000.0);
        statement.setLong(2, batch);
        statement.setObject(3, worker);
        return statement.executeUpdate();
      }
    });
  }

  /** Lets the suspects of a library be claimed at once, for a process that knows that nobody else works on them. */
  public void forgetClaims(int library) {
    String sql = """
        update batches b set due_at = now() from runs r
        where r.id = b.run_id and r.library_id = ? and b.committed_at is null and b.lane = 'suspect'""";
    database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setInt(1, library);
        return statement.executeUpdate();
      }
    });
  }

  private void update(BooleanSupplier stop, String sql, long batch, UUID worker) {
    database.transactionWhenReachable(stop, connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, batch);
        statement.setObject(2, worker);
        return statement.executeUpdate();
      }
    });
  }

  private static boolean isPublication(Connection connection, long batch, int publication) throws SQLException {
    String sql = "select from batches where id = ? and publications = ? for update";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, batch);
      statement.setInt(2, publication);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
