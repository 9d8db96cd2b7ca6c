package dev.midifleet.bench.store;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What one session has cost so far: its back end's processor time, the log that the server wrote, and this thread. */
final class Meter {
  private static final double NANOS_A_MICRO = 1e3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final PreparedStatement position;
  private final Path account;

  Meter(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      this.account = Path.of("/proc", row.getString(1), "schedstat");
    }
    this.position = connection.prepareStatement("select pg_current_wal_insert_lsn() - '0/0'");
  }

  /** A state of the accounts; only differences mean something. */
  record Reading(double serverMicros, double walBytes, double threadMicros, double allocatedBytes) {
    Cost minus(Reading earlier, int rows) {
      return new Cost((serverMicros - earlier.serverMicros) / rows, (walBytes - earlier.walBytes) / rows,
          (threadMicros - earlier.threadMicros) / rows, (allocatedBytes - earlier.allocatedBytes) / rows);
    }
  }

  Reading begin() throws SQLException {
    double wal = wal();
    return new Reading(serverMicros(), wal, THREADS.getCurrentThreadCpuTime() / NANOS_A_MICRO,
        THREADS.getCurrentThreadAllocatedBytes());
  }

  Reading end() throws SQLException {
    double thread = THREADS.getCurrentThreadCpuTime() / NANOS_A_MICRO;
    double allocated = THREADS.getCurrentThreadAllocatedBytes();
    double server = serverMicros();
    return new Reading(server, wal(), thread, allocated);
  }

  /** Time on a processor, which Linux counts in ns (proc(5)); a back end has one thread. */
  private double serverMicros() {
    try {
      String line = Files.readString(account);
      return Long.parseLong(line.substring(0, line.indexOf(' '))) / NANOS_A_MICRO;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double wal() throws SQLException {
    try (ResultSet row = position.executeQuery()) {
      row.next();
      return row.getDouble(1);
    }
  }
}
