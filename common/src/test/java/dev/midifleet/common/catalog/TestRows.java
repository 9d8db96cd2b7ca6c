package dev.midifleet.common.catalog;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestDatabase;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A database of a test's own, with the schema, one library and one run; and questions to its rows. */
public final class TestRows implements AutoCloseable {
  public final Settings settings;
  public final Database database;
  public final BatchLedger ledger;
  public final UUID run = UUID.randomUUID();

  public TestRows() {
    this(emptyDatabase().with(Setting.DATABASE_CONNECTIONS, "8"));
    database.migrate();
  }

  /** In a database that may have the schema of an earlier version. */
  TestRows(Settings settings) {
    this.settings = settings;
    database = Database.open(settings, "test");
    ledger = new BatchLedger(database);
  }

  /** Settings that lead to a new database without a schema. */
  static Settings emptyDatabase() {
    var credentials = TestDatabase.shared().newDatabase();
    return Settings.of(Map.of(Setting.DATABASE_URL.variable(), credentials.jdbcUrl(), Setting.DATABASE_USER.variable(),
        credentials.user(), Setting.DATABASE_PASSWORD.variable(), credentials.password()));
  }

  /** Takes all rows away but one library {@code main} at {@code /music} and {@link #run}. */
  public void reset() {
    change("truncate library, runs, files, batches, dead_files restart identity cascade");
    change("insert into library (name, location) values ('main', '/music')");
    change("insert into runs (id, library_id, origin) values ('" + run + "', 1, 'enqueue')");
  }

  /** A batch that owns so many new files. */
  public long batch(int files) {
    return batch(files, Duration.ZERO, Lane.BULK, 1);
  }

  long batch(int files, Duration delay, Lane lane, int analyzerVersion) {
    List<Long> ids = texts("""
        insert into files (library_id, path, path_key, size_bytes, modified_at)
        select 1, gen_random_uuid() || '.mid', gen_random_uuid(), 10, now() from generate_series(1, %d) returning id"""
        .formatted(files)).stream().map(Long::valueOf).toList();
    var batch = new NewBatch(run, lane, 1, ids, 10L * files, delay);
    long id = database.transaction(
        connection -> BatchLedger.insert(connection, List.of(batch), analyzerVersion)[0]);
    change("update files set status = 'queued', batch_id = %d where id = any(array%s)".formatted(id, ids));
    return id;
  }

  /** The first column of all rows, as text. */
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

  public long number(String sql) { return Long.parseLong(texts(sql).getFirst()); }

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
