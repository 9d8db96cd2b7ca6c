package dev.midifleet.bench.ablation;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.Lane;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.NewBatch;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A migrated database with planned batches, and ways to write their results into it. */
final class StoreTables implements AutoCloseable {
  /** Files in a batch, as the product has them. */
  static final int BATCH = 500;

  private static final long BYTES = 100;

  private final Settings settings;
  private final Database database;
  private final Library library;

  StoreTables(Settings settings) throws SQLException {
    this.settings = settings;
    this.database = Database.open(settings, "ablation");
    database.migrate();
    execute("insert into library (name, location) values ('made', '/nowhere')");
    this.library = new Library(1, "made", "/nowhere");
  }

  Settings settings() { return settings; }

  Database database() { return database; }

  /** Empties the tables and plans so many files. */
  List<Batch> plan(int files) throws SQLException {
    execute("truncate facts, files, dead_files, failed_tries, batches, runs cascade");
    UUID run = database.transaction(connection -> Runs.start(connection, library, "", Runs.Origin.ENQUEUE, false));
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < files; from += BATCH) {
      batches.add(plan(run, from, Math.min(BATCH, files - from)));
    }
    // What the writing before has left to do would be done at the cost of whoever is measured next.
    execute("checkpoint");
    return batches;
  }

  private Batch plan(UUID run, int from, int size) {
    return database.transaction(connection -> {
      List<FileEntry> entries = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(
              "insert into files (library_id, path, path_key, size_bytes, modified_at, status) select " + library.id()
                  + ", i || '.mid', gen_random_uuid(), " + BYTES + ", now(), 'queued' from generate_series(" + from
                  + ", "
                  + (from + size - 1) + ") i returning id, path")) {
        while (rows.next()) {
          entries.add(new FileEntry(rows.getLong(1), rows.getString(2), BYTES));
        }
      }
      List<Long> ids = entries.stream().map(FileEntry::id).toList();
      var planned = new NewBatch(run, Lane.BULK, 1, ids, BYTES * size, Duration.ZERO);
      long id = BatchLedger.insert(connection, List.of(planned), AnalyzerVersion.CURRENT)[0];
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("update files set batch_id = " + id + " where id between " + ids.getFirst() + " and "
            + ids.getLast());
      }
      return new Batch(id, run, 1, false, Lane.BULK, library, entries);
    });
  }

  /** Of all facts in whatever order, and of how many files are done. */
  long sum() throws SQLException {
    return database.query(connection -> number(connection,
        """
            select bit_xor(hashtextextended(f::text, 0)) # (select count(*) from files where status = 'done'
              and content_hash is not null) # (select count(*) from batches where committed_at is not null) from facts f"""));
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    database.query(connection -> {
      try (Statement statement = connection.createStatement()) {
        return statement.execute(sql);
      }
    });
  }

  @Override
  public void close() { database.close(); }
}
