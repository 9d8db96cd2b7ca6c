package dev.midifleet.bench.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The rows of files that become done, in a table that some statements have changed, in a database of its own. */
final class FilesSubject implements Subject {
  private static final int WARM_BATCHES = 6;
  private static final int WARM_ROWS = 100;
  /** As an enqueue leaves them: registered, then given to a batch. */
  private static final String REGISTER = """
      insert into files (library_id, path, path_key, size_bytes, modified_at)
      select 1, 'Artist ' || i % 97 || '/Album ' || i % 1009 || '/A song of some length ' || i || '.mid', gen_random_uuid(),
        25000, now() from generate_series(1, ?) as i returning id""";
  private static final String PLAN = "update files set status = 'queued', batch_id = 1 where id between ? and ?";
  private static final String DONE = """
      update files f set status = 'done', content_hash = u.content::uuid, analyzed_at = now()
      from unnest(?, ?) as u(id, content) where f.id = u.id and f.batch_id = ? returning f.id""";
  private static final String UPDATES = """
      select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'files'""";

  private final String name;
  private final int rows;
  private final int batchSize;
  private final Connection connection;
  private final Meter meter;
  private final List<String> contents = new ArrayList<>();
  private long updates;
  private long hotUpdates;

  FilesSubject(ScratchServer server, String name, int rows, int batchSize, List<String> changes) throws SQLException {
    this.name = name;
    this.rows = rows;
    this.batchSize = batchSize;
    this.connection = server.connect(server.newDatabase(changes));
    this.meter = new Meter(connection);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet hashes = statement.executeQuery("select content_hash from facts")) {
      while (hashes.next()) {
        contents.add(hashes.getString(1));
      }
    }
    for (int i = 0; i < WARM_BATCHES; i++) {
      long first = planned(WARM_ROWS);
      done(first, WARM_ROWS);
      connection.commit();
    }
  }

  @Override
  public String name() { return name; }

  @Override
  public Cost turn() throws SQLException {
    long first = planned(rows);
    long[] before = updates();
    Meter.Reading begin = meter.begin();
    for (int from = 0; from < rows; from += batchSize) {
      done(first + from, Math.min(batchSize, rows - from));
      connection.commit();
    }
    Cost cost = meter.end().minus(begin, rows);
    connection.commit();
    long[] after = updates();
    updates += after[0] - before[0];
    hotUpdates += after[1] - before[1];
    return cost;
  }

  @Override
  public String remark() { return "HOT %.0f %%".formatted(100.0 * hotUpdates / updates); }

  private long planned(int count) throws SQLException {
    long first;
    try (PreparedStatement statement = connection.prepareStatement(REGISTER)) {
      statement.setInt(1, count);
      try (ResultSet ids = statement.executeQuery()) {
        ids.next();
        first = ids.getLong(1);
      }
    }
    connection.commit();
    try (PreparedStatement statement = connection.prepareStatement(PLAN)) {
      statement.setLong(1, first);
      statement.setLong(2, first + count - 1);
      statement.executeUpdate();
    }
    connection.commit();
    return first;
  }

  private void done(long first, int count) throws SQLException {
    Long[] ids = LongStream.range(first, first + count).boxed().toArray(Long[]::new);
    Array hashes = connection.createArrayOf("text", contents.subList(0, count).toArray(String[]::new));
    try (PreparedStatement statement = connection.prepareStatement(DONE)) {
      statement.setArray(1, connection.createArrayOf("bigint", ids));
      statement.setArray(2, hashes);
      statement.setLong(3, 1);
      try (ResultSet own = statement.executeQuery()) {
        int found = 0;
        while (own.next()) {
          found++;
        }
        if (found != count) throw new IllegalStateException(found + " files of " + count);
      }
    }
  }

  private long[] updates() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_stat_force_next_flush()");
      connection.commit();
      try (ResultSet row = statement.executeQuery(UPDATES)) {
        row.next();
        long[] counts = {row.getLong(1), row.getLong(2)};
        connection.commit();
        return counts;
      }
    }
  }

  @Override
  public void close() throws SQLException { connection.close(); }
}
