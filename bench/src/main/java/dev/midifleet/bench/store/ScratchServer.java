package dev.midifleet.bench.store;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL of this benchmark's own, durable as in production, with a database that has the product's schema and from which
 * others are made. Its buffers hold all of them, and nothing cleans up behind the rows while they are measured.
 */
final class ScratchServer implements AutoCloseable {
  private static final String BASE = "base";
  private static final List<String> SERVER = List.of("shared_buffers = '1GB'", "max_wal_size = '8GB'",
      "autovacuum = off", "checkpoint_timeout = '1h'");

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private int databases;

  ScratchServer(Path folder) throws IOException, SQLException {
    this.folder = folder;
    // As root the server runs as another user, who must get in.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var first = EmbeddedPostgres.start(folder.resolve("data"));
        Connection connection = connect(first, "postgres");
        Statement statement = connection.createStatement()) {
      for (String setting : SERVER) {
        statement.execute("alter system set " + setting);
      }
    }
    this.postgres = EmbeddedPostgres.start(folder.resolve("data"));
    run("postgres", "create database " + BASE + " template template0 encoding 'UTF8'");
    try (Database database = Database.open(settings(BASE), "bench")) {
      database.migrate();
    }
    run(BASE, "insert into library (name, location) values ('bench', '/nowhere')");
  }

  /** Changes what all later databases begin with. */
  void prepare(String... statements) throws SQLException {
    run(BASE, statements);
  }

  Connection connectToBase() throws SQLException { return connect(postgres, BASE); }

  /** A new database with the schema, changed by these statements. */
  String newDatabase(List<String> changes) throws SQLException {
    String name = "scratch" + databases++;
    run("postgres", "create database " + name + " template " + BASE + " strategy file_copy");
    run(name, changes.toArray(String[]::new));
    return name;
  }

  Connection connect(String database) throws SQLException { return connect(postgres, database); }

  /** As the product is told where a database is. */
  Settings settings(String database) {
    return Settings.of(Map.of("MIDIFLEET_DATABASE_URL", url(postgres, database), "MIDIFLEET_DATABASE_USER",
        postgres.user(), "MIDIFLEET_DATABASE_PASSWORD", postgres.password(), "MIDIFLEET_DATABASE_CONNECTIONS", "2"));
  }

  /** What the server has said. */
  Path log() { return folder.resolve("data").resolve("postgres.log"); }

  void checkpoint() throws SQLException { run("postgres", "checkpoint"); }

  void run(String database, String... statements) throws SQLException {
    try (Connection connection = connect(postgres, database); Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static Connection connect(EmbeddedPostgres postgres, String database) throws SQLException {
    return DriverManager.getConnection(url(postgres, database) + "?prepareThreshold=1", postgres.user(),
        postgres.password());
  }

  private static String url(EmbeddedPostgres postgres, String database) {
    return postgres.jdbcUrl().substring(0, postgres.jdbcUrl().lastIndexOf('/') + 1) + database;
  }

  @Override
  public void close() { postgres.close(); }
}
