package dev.midifleet.bench.enqueue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/**
 * The plan of a statement of the product. Its text is read from the class that runs it, so that there is no second text to
 * fall behind; the timing beside it calls the product itself.
 */
final class Explained {
  /** A text that is not there. */
  static final Object NULL = new Object();

  private static final int LINE_MAX = 160;

  private Explained() {}

  /** The constant that holds a statement. */
  static String sql(Class<?> owner, String constant) {
    try {
      var field = owner.getDeclaredField(constant);
      field.setAccessible(true);
      return String.valueOf(field.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(owner.getName() + "." + constant + ": has it another name now?", e);
    }
  }

  /** An array to be bound. Never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  record Elements(String type, Object[] values) {}

  private static String shortened(String line) {
    return line.length() <= LINE_MAX ? line : line.substring(0, LINE_MAX) + " ...";
  }

  /** Runs it, gives its plan, and takes back what it has changed. */
  static String plan(Connection connection, String sql, List<Object> parameters) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(
        "explain (analyze, buffers, costs off, timing off) " + sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        if (parameters.get(i) == NULL) {
          statement.setNull(i + 1, Types.VARCHAR);
        } else {
          statement.setObject(i + 1, parameters.get(i) instanceof Elements array
              ? connection.createArrayOf(array.type(), array.values())
              : parameters.get(i));
        }
      }
      var plan = new StringBuilder();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          plan.append("    ").append(shortened(rows.getString(1))).append('\n');
        }
      }
      return plan.toString();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
