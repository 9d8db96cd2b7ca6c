package dev.midifleet.bench.endtoend;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What nobody can do without: reading the bytes of each file, and giving its row to PostgreSQL, in CPU time. */
final class Floors {
  private static final double NANOS_A_MICRO = 1e3;
  private static final int ROWS_A_TRANSACTION = 500;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Opens, reads into one buffer and closes each file, by one thread; µs a file. */
  double read(List<Path> files) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    long start = threads.getCurrentThreadCpuTime();
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        do {
          buffer.clear();
        } while (channel.read(buffer) == buffer.capacity());
      }
    }
    return (threads.getCurrentThreadCpuTime() - start) / NANOS_A_MICRO / files.size();
  }

  /**
   * Copies all rows of facts into an empty table with the same columns and index, by COPY BINARY, 500 rows a transaction:
   * the cheapest form of a durable insert that PostgreSQL has.
   *
   * @param serverMicros
   *          the server's processor time so far, in µs
   * @return µs of it a row
   */
  double store(Connection connection, DoubleSupplier serverMicros) throws SQLException, IOException {
    List<byte[]> parts = new ArrayList<>();
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    long rows = 0;
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists floor");
      statement.execute("create table floor (like facts including all)");
      long copied;
      do {
        var bytes = new ByteArrayOutputStream();
        copied = copies.copyOut("copy (select * from facts order by content_hash offset " + rows + " limit "
            + ROWS_A_TRANSACTION + ") to stdout (format binary)", bytes);
        parts.add(bytes.toByteArray());
        rows += copied;
      } while (copied == ROWS_A_TRANSACTION);
      double before = serverMicros.getAsDouble();
      for (byte[] part : parts) {
        try (var in = new ByteArrayInputStream(part)) {
          copies.copyIn("copy floor from stdin (format binary)", in);
        }
      }
      double after = serverMicros.getAsDouble();
      statement.execute("drop table floor");
      return (after - before) / rows;
    }
  }
}
