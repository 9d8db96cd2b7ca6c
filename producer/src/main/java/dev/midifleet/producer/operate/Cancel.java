package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Ends a run before its time. What is committed stays; each batch that is still open ends as cancelled, in one transaction
 * with its files, which become again what they were: new, done (where all was analysed again) or dead
 * (where they were being retried). A worker that has one of them in its
 * hands finds it ended when it wants to store, and writes nothing of it.
 */
public final class Cancel {
  private static final int PAGE = 100;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final String CANCEL = "update runs set cancelled_at = now() where id = ? and cancelled_at is null";
  /** Never waits for a row while it holds others: who holds one is about to commit it. */
  private static final String END = """
      with open as (
        select id from batches where run_id = ? and committed_at is null order by id limit ? for update skip locked)
      update batches b set committed_at = now(), outcome = 'cancelled' from open where b.id = open.id
      returning b.id, b.file_ids""";
  private static final String RETURN = """
      update files f set batch_id = null, status = case
        when content_hash is not null then 'done'
        when exists (select from dead_files d where d.file_id = f.id) then 'dead' else 'new' end::file_status
      where f.id = any(?) and f.batch_id = any(?)""";
  private static final String OPEN = "select exists (select from batches where run_id = ? and committed_at is null)";

  private final Database database;

  public Cancel(Database database) { this.database = database; }

  /**
   * What was ended.
   *
   * @param batches
   *          that were open
   * @param files
   *          that no batch owns any more
   * @param wasCancelled
   *          whether the run had been cancelled before
   */
  public record Cancelled(long batches, long files, boolean wasCancelled) {
    private Cancelled plus(Cancelled other) {
      return new Cancelled(batches + other.batches, files + other.files, wasCancelled);
    }
  }

  /** Ends a run; can be called again if it was interrupted. */
  public Cancelled cancel(UUID run) throws InterruptedException {
    // First of all: from now on nothing of it is planned.
    boolean isFirst = database.transaction(connection -> update(connection, run)) == 1;
    var sum = new Cancelled(0, 0, !isFirst);
    while (true) {
      Cancelled page = database.transaction(connection -> endSome(connection, run));
      sum = sum.plus(page);
      if (page.batches() > 0) continue;
      if (!database.query(connection -> isOpen(connection, run))) return sum;
      Thread.sleep(PAUSE);
    }
  }

  private static int update(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CANCEL)) {
      statement.setObject(1, run);
      return statement.executeUpdate();
    }
  }

  private static Cancelled endSome(Connection connection, UUID run) throws SQLException {
    List<Long> batches = new ArrayList<>();
    List<Long> files = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(END)) {
      statement.setObject(1, run);
      statement.setInt(2, PAGE);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          batches.add(rows.getLong(1));
          Array ids = rows.getArray(2);
          files.addAll(Arrays.asList((Long[]) ids.getArray()));
        }
      }
    }
    if (batches.isEmpty()) return new Cancelled(0, 0, false);
    try (PreparedStatement statement = connection.prepareStatement(RETURN)) {
      statement.setArray(1, connection.createArrayOf("bigint", files.toArray()));
      statement.setArray(2, connection.createArrayOf("bigint", batches.toArray()));
      return new Cancelled(batches.size(), statement.executeUpdate(), false);
    }
  }

  private static boolean isOpen(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OPEN)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
