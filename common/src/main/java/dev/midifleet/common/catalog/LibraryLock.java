package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Whoever registers files of a library, or hands them over to batches, does so one transaction after another. The lock
 * belongs to the transaction, not to the session: two enqueues of one library take turns and share its files between
 * them, none waits for longer than one short transaction, and one that dies blocks nobody.
 */
public final class LibraryLock {
  /** Parts these advisory locks from any others in the same database. */
  private static final int LOCKS_OF_LIBRARIES = 0x6D696469;

  private LibraryLock() {}

  /** Waits for the library, and holds it until the transaction ends. */
  public static void acquire(Connection connection, int library) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select pg_advisory_xact_lock(?, ?)")) {
      statement.setInt(1, LOCKS_OF_LIBRARIES);
      statement.setInt(2, library);
      statement.execute();
    }
  }
}
