package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What the roles may do that own nothing and change no schema: workers, and whoever enqueues, read and write rows and delete
 * dead letters; readers read. Both may see which version the schema has.
 */
public final class Grants {
  /** All tables but {@link #SUMS}; a test compares them with the schema. Others beside them are no business of workers. */
  static final List<String> TABLES = List.of("library", "runs", "files", "batches", "dead_files", "workers",
      "unreadable_messages", "facts", "failed_tries");
  /** What triggers alone write, with the rights of the owner. */
  static final List<String> SUMS = List.of("settled_sums", "letter_sums");
  /** All views of the schema. */
  static final List<String> VIEWS = List.of("musical_metadata");

  /** A dead letter goes when its file succeeds, or is given up. */
  private static final String DELETED_FROM = "dead_files";

  /** What the migrations note about themselves. */
  static final String HISTORY = "flyway_schema_history";

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
        toRead(connection, statement, name);
        statement.execute("grant insert, update on " + present(statement, TABLES) + " to " + name);
        return statement.execute("grant delete on " + DELETED_FROM + " to " + name);
      }
    });
  }

  /**
   * Grants reading alone, in one transaction. Doing it again changes nothing.
   *
   * @param role
   *          an existing role
   * @throws DatabaseException
   *           when there is no such role
   */
  public static void toReader(Database database, String role) {
    database.transaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        toRead(connection, statement, quoted(connection, role));
        return role;
      }
    });
  }

  /**
   * Whether the role of these connections may do what {@link #toWorker} lets a role do.
   *
   * @throws DatabaseException
   *           also when a table is not there
   */
  public static boolean mayWork(Database database) {
    return may(database, TABLES, List.of("select", "insert", "update"))
        && may(database, List.of(DELETED_FROM), List.of("delete"));
  }

  /**
   * Whether the role of these connections may read all rows.
   *
   * @throws DatabaseException
   *           also when a table is not there
   */
  public static boolean mayRead(Database database) {
    return may(database, TABLES, List.of("select")) && may(database, SUMS, List.of("select"))
        && may(database, VIEWS, List.of("select"));
  }

  /** All of these privileges on all of these relations: of a list in one string PostgreSQL only asks for any. */
  private static boolean may(Database database, List<String> relations, List<String> privileges) {
    String sql = "select bool_and(has_table_privilege(r, p)) from unnest(array['" + String.join("','", relations)
        + "']) r, unnest(array['" + String.join("','", privileges) + "']) p";
    return database.query(connection -> {
      try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
        return row.next() && row.getBoolean(1);
      }
    });
  }

  private static void toRead(Connection connection, Statement statement, String name) throws SQLException {
    List<String> all = new ArrayList<>(TABLES);
    all.addAll(SUMS);
    all.addAll(VIEWS);
    all.add(HISTORY);
    statement.execute("grant usage on schema " + quoted(connection, connection.getSchema()) + " to " + name);
    statement.execute("grant select on " + present(statement, all) + " to " + name);
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
