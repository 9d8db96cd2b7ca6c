package dev.midifleet.common.catalog;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL did not do what it was asked. Unchecked, because few callers can do better than to say so; those who can ask
 * {@link #isTransient()} or {@link #isRefusal()}.
 */
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String state;
  private final boolean noConnection;
  private final boolean busy;

  public DatabaseException(SQLException cause) {
    super(reason(cause), cause);
    this.state = cause.getSQLState() == null ? "" : cause.getSQLState();
    // The pool waited in vain: with the server's reason when it could not connect, without one when all its connections
    // were in use, which says nothing about the server.
    this.busy = cause instanceof SQLTransientConnectionException && !(cause.getCause() instanceof SQLException);
    this.noConnection = (cause instanceof SQLTransientConnectionException && !busy)
        || cause instanceof SQLNonTransientConnectionException;
  }

  private DatabaseException(String message, boolean busy, @Nullable Throwable cause) {
    super(message, cause);
    this.state = "";
    this.busy = busy;
    this.noConnection = false;
  }

  /** No connection became free before the work was called off. */
  static DatabaseException busy() {
    return new DatabaseException("all connections of this process are in use", true, null);
  }

  /** What made a migration fail: the server's own word where there is one. */
  static DatabaseException ofMigration(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) return new DatabaseException(sql);
    }
    return new DatabaseException("the tables cannot be brought to this version: " + failure.getMessage(), false,
        failure);
  }

  /** SQLSTATE, five characters, or empty. */
  public String state() { return state; }

  /** Whether the same work may succeed later: no connection, none free, server stopping or starting, a lost conflict. */
  public boolean isTransient() {
    return isAway() || busy || state.equals("40001") || state.equals("40P01") || state.equals("55P03");
  }

  /**
   * Whether the server cannot be reached, is closing its sessions, only reads, or lacks what it needs, such as room on its
   * disk (SQLSTATE 08, 57P, 53, 58, 25006, 25P03): all that waiting, or somebody there, may mend.
   */
  public boolean isAway() {
    return noConnection || state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")
        || state.startsWith("58") || state.equals("25006") || state.equals("25P03");
  }

  /** Whether all connections of this process were in use for as long as it could wait; the server may well be there. */
  public boolean isBusy() {
    return busy;
  }

  /** Whether the server refuses the values themselves (SQLSTATE 22, 23, 54): the same row fails again. */
  public boolean isRefusal() {
    return isRefusal(state);
  }

  /**
   * Whether midifleet's tables are not there, or are those of an older version (SQLSTATE 42P01, 3F000, 42703, 42704):
   * somebody has to run {@code midifleet init}.
   */
  public boolean isWithoutSchema() {
    return state.equals("42P01") || state.equals("3F000") || state.equals("42703") || state.equals("42704");
  }

  /** Whether the server does not let this role in, or the database is not there (SQLSTATE 28, 3D000). */
  public boolean isRefusedAtTheDoor() {
    return state.startsWith("28") || state.equals("3D000");
  }

  /** Whether the role may not do this (SQLSTATE 42501). */
  public boolean isForbidden() {
    return state.equals("42501");
  }

  /** {@link #isRefusal()} for a SQLSTATE, for use within a transaction; null is none. */
  public static boolean isRefusal(@Nullable String state) {
    return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
  }

  /** What the server or the network said; the pool's own message only says that it has waited. */
  private static String reason(SQLException cause) {
    for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
      if (deeper instanceof UnknownHostException unknown) return "the host " + unknown.getMessage() + " is not known";
    }
    if (!(cause instanceof SQLTransientConnectionException)) return String.valueOf(cause.getMessage());
    return cause.getCause() instanceof SQLException real
        ? String.valueOf(real.getMessage())
        : "it gave no connection in time";
  }
}
