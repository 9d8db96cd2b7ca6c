package dev.midifleet.producer;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestDatabase;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A database of a test's own, with midifleet's schema, and questions to its rows. */
public final class Rows implements AutoCloseable {
  private final Settings settings;
  private final Database database;

  public Rows() {
    var credentials = TestDatabase.shared().newDatabase();
    settings = Settings.of(Map.of(Setting.DATABASE_URL.variable(), credentials.jdbcUrl(),
        Setting.DATABASE_USER.variable(), credentials.user(), Setting.DATABASE_PASSWORD.variable(),
        credentials.password(), Setting.DATABASE_CONNECTIONS.variable(), "8"));
    database = Database.open(settings, "test");
    database.migrate();
  }

  public Settings settings() { return settings; }

  public Database database() { return database; }

  /** The first column of all rows, as text, in the statement's order. */
  public List<String> texts(String sql) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
        List<String> texts = new ArrayList<>();
        while (rows.next()) {
          texts.add(String.valueOf(rows.getString(1)));
        }
        return texts;
      }
    });
  }

  /** The number in the only row. */
  public long number(String sql) { return Long.parseLong(texts(sql).getFirst()); }

  /** Runs a statement that changes rows, and says how many. */
  public int change(String sql) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        return statement.executeUpdate();
      }
    });
  }

  @Override
  public void close() { database.close(); }
}
