package dev.midifleet.common.catalog;

import java.sql.PreparedStatement;

/** Messages that nobody could read, kept with their reason so that they are not lost from sight. */
public final class UnreadableMessageLog {
  private static final String INSERT = "insert into unreadable_messages (queue, reason, body) values (?, ?, ?)";

  private final Database database;

  public UnreadableMessageLog(Database database) { this.database = database; }

  /**
   * @throws DatabaseException
   *           when it could not be recorded; the message must then not be acked
   */
  public void record(String queue, byte[] body, String reason) {
    database.transaction(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
        statement.setString(1, queue);
        statement.setString(2, reason.replace('\0', ' '));
        statement.setBytes(3, body);
        return statement.executeUpdate();
      }
    });
  }
}
