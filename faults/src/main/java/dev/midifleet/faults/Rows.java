package dev.midifleet.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the tables say, for comparison: everything but ids and times. */
public final class Rows {
  private static final Set<String> LEFT_OUT = Set.of("file_id", "library", "analyzed_at", "modified_at");

  private Rows() {}

  /** Path to all facts, as text, by path. */
  public static Map<String, String> metadata(Connection connection) throws SQLException {
    var rows = new TreeMap<String, String>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from musical_metadata order by path")) {
      var columns = row.getMetaData();
      while (row.next()) {
        var text = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          if (!LEFT_OUT.contains(columns.getColumnName(i))) {
            text.append(columns.getColumnName(i)).append('=').append(row.getString(i)).append(' ');
          }
        }
        rows.put(row.getString("path"), text.toString());
      }
    }
    return rows;
  }

  /** Dead letters: path, kind, reason and offset. */
  public static List<String> dead(Connection connection) throws SQLException { return lines(connection, """
      select f.path || ' ' || d.kind || ' ' || coalesce(d.byte_offset::text, '-') || ' ' || d.reason
      from dead_files d join files f on f.id = d.file_id where f.status = 'dead' order by 1"""); }

  public static List<String> lines(Connection connection, String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
    }
    return lines;
  }

  public static long number(Connection connection, String sql) throws SQLException {
    return Long.parseLong(lines(connection, sql).getFirst());
  }

  public static Connection connect(String url, String user, String password) throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }
}
