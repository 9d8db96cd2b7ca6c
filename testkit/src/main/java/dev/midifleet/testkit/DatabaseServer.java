package dev.midifleet.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that takes connections, wherever it runs. */
final class DatabaseServer implements TestDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseServer.class);

  private final Credentials maintenance;
  private final List<String> names = new ArrayList<>();

  /**
   * @param maintenance
   *          a database of the server, from which others are created
   */
  DatabaseServer(Credentials maintenance) { this.maintenance = maintenance; }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(maintenance.jdbcUrl(), maintenance.user(), maintenance.password());
  }

  void requireAnswer() {
    try (var connection = connect()) {
      LOG.info("{} answers: PostgreSQL {}", maintenance.jdbcUrl(),
          connection.getMetaData().getDatabaseProductVersion());
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the database " + maintenance.jdbcUrl() + " of MIDIFLEET_TEST_DATABASE_URL does not answer: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public synchronized Credentials newDatabase() {
    // Several test runs may share one server.
    var name = "midifleet_test_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    execute("create database " + name + " template template0 encoding 'UTF8'");
    names.add(name);
    return maintenance.withDatabase(name);
  }

  /** Drops the databases that were made here. */
  synchronized void dropAll() {
    for (String name : names) {
      try {
        execute("drop database " + name + " with (force)");
      } catch (IllegalStateException e) {
        LOG.warn("the database {} stays behind: {}", name, e.getMessage());
      }
    }
    names.clear();
  }

  private void execute(String statement) {
    try (var connection = connect(); var jdbc = connection.createStatement()) {
      jdbc.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(statement + " on " + maintenance.jdbcUrl() + ": " + e.getMessage(), e);
    }
  }
}
