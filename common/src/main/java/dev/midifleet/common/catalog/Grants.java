package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What the role of workers may do: read and write rows, and delete dead letters. It owns nothing and changes no schema.
 */
public final class Grants {
  /** All tables of the schema; a test compares them with it. Others that stand beside them are no business of workers. */
  static final List<String> TABLES = List.of("library", "runs", "files", "batches", "dead_files", "workers",
      "unreadable_messages", "facts");
  /** All views of the schema. */
  static final List<String> VIEWS = List.of("musical_metadata");

  private Grants() {}

  /**
   * Grants it, in one transaction. Doing it again changes nothing.
   *
   * @param role
   *          an existing role
   * @throws DatabaseException
   *           when there is no such role
   */
  public static void toWorker(Database database, String role) {
    database.transaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        String name = quoted(connection, role);
        statement.execute("grant usage on schema " + quoted(connection, connection.getSchema()) + " to " + name);
        statement.execute("grant select, insert, update on " + present(statement, TABLES) + " to " + name);
        statement.execute("grant delete on dead_files to " + name);
        String views = present(statement, VIEWS);
        if (!views.isEmpty()) {
          statement.execute("grant select on " + views + " to " + name);
        }
        return name;
      }
    });
  }

  private static String quoted(Connection connection, String identifier) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select quote_ident(?)")) {
      statement.setString(1, identifier);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static String present(Statement statement, List<String> names) throws SQLException {
    List<String> present = new ArrayList<>();
    for (String name : names) {
      try (ResultSet row = statement.executeQuery("select to_regclass('" + name + "') is not null")) {
        if (row.next() && row.getBoolean(1)) {
          present.add(name);
        }
      }
    }
    return String.join(", ", present);
  }
}
