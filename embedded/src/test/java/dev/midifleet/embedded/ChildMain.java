package dev.midifleet.embedded;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/** What {@link ChildJvm} runs: a midifleet in small, to be killed. */
final class ChildMain {
  static final int ROWS = 1000;

  private ChildMain() {}

  /**
   * @param args
   *          {@code hold FOLDER}: starts, commits {@link #ROWS} rows, says {@code ready SERVER-PID}, stays; when told
   *          to stop, counts the rows, says {@code drained COUNT}, and closes. {@code unpack FOLDER}: unpacks the
   *          programs.
   */
  public static void main(String[] args) throws Exception {
    var folder = Path.of(args[1]);
    switch (args[0]) {
      case "hold" -> hold(folder);
      case "unpack" -> say("unpacked " + PostgresBinaries.unpackInto(folder).folder());
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void hold(Path folder) throws Exception {
    try {
      var postgres = EmbeddedPostgres.start(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(postgres)));
      Rows.commit(postgres, ROWS);
      say("ready " + postgres.pid());
      Thread.sleep(60_000);
    } catch (EmbeddedPostgresException e) {
      say("refused " + e.getMessage());
    }
  }

  private static void drain(EmbeddedPostgres postgres) {
    try {
      // A server that has got the signal too would be gone by now.
      Thread.sleep(1000);
      say("drained " + Rows.count(postgres));
    } catch (InterruptedException | SQLException e) {
      say("drained nothing: " + e);
    }
    postgres.close();
    say("closed");
  }

  private static void say(String line) {
    System.out.println(line.replace('\n', ' '));
    System.out.flush();
  }

  /** A table that proves what was committed. */
  static final class Rows {
    private Rows() {}

    static void commit(EmbeddedPostgres postgres, int count) throws SQLException {
      try (
          var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
          var statement = connection.createStatement()) {
        statement.execute("create table if not exists kept(id bigint)");
        statement.execute("insert into kept select generate_series(1, " + count + ")");
      }
    }

    static long count(EmbeddedPostgres postgres) throws SQLException {
      return Long.parseLong(value(postgres, "select count(*) from kept"));
    }

    static String value(EmbeddedPostgres postgres, String query) throws SQLException {
      try (
          var connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
          var statement = connection.createStatement();
          var rows = statement.executeQuery(query)) {
        rows.next();
        return String.valueOf(rows.getString(1));
      }
    }
  }
}
