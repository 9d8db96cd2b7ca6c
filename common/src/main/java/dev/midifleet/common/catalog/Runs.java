package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;

/** The runs: one for each time that somebody enqueued a folder or retried dead letters. */
public final class Runs {

  /** Why a run was made. */
  public enum Origin {
    ENQUEUE,
    RETRY
  }

  private Runs() {}

  /**
   * Inserts a run that is not planned yet.
   *
   * @param folder
   *          below the library's location, empty for all of it
   */
  public static UUID start(Connection connection, Library library, String folder, Origin origin, boolean analyzeKnown)
      throws SQLException {
    UUID id = UUID.randomUUID();
    String sql = "insert into runs (id, library_id, folder, origin, analyze_known) values (?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, id);
      statement.setInt(2, library.id());
      statement.setString(3, folder);
      statement.setString(4, origin.name().toLowerCase(Locale.ROOT));
      statement.setBoolean(5, analyzeKnown);
      statement.executeUpdate();
    }
    return id;
  }

  /** Notes what the scan found, in a transaction of its own. */
  public static void scanned(Database database, UUID run, long found, long unchanged) {
    String sql = "update runs set files_found = ?, files_unchanged = ? where id = ?";
    database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, found);
        statement.setLong(2, unchanged);
        statement.setObject(3, run);
        return statement.executeUpdate();
      }
    });
  }

  /** Adds what was planned so far. */
  public static void planned(Connection connection, UUID run, long files, long bytes) throws SQLException {
    String sql = "update runs set file_count = file_count + ?, byte_count = byte_count + ? where id = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, files);
      statement.setLong(2, bytes);
      statement.setObject(3, run);
      statement.executeUpdate();
    }
  }

  /** Whether it was cancelled; if not, nobody can cancel it before the end of this transaction. */
  public static boolean isCancelled(Connection connection, UUID run) throws SQLException {
    String sql = "select cancelled_at is not null from runs where id = ? for no key update";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, run);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** Says that all its batches are planned: from now on it is complete when none of them is open. */
  public static void complete(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("update runs set planned_at = now() where id = ?")) {
      statement.setObject(1, run);
      statement.executeUpdate();
    }
  }

  /** Files in the open batches of a library, those that wait for a retry included. */
  public static long openFiles(Database database, int library) {
    String sql = """
        select coalesce(sum(b.file_count), 0) from batches b join runs r on r.id = b.run_id
        where b.committed_at is null and r.library_id = ?""";
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setInt(1, library);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getLong(1);
        }
      }
    });
  }
}
