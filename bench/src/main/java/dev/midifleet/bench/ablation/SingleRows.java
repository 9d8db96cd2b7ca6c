package dev.midifleet.bench.ablation;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.store.BatchResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes what the product's store writes, one row a statement. */
final class SingleRows {
  private static final List<FactColumn> COLUMNS = FactColumns.all();
  private static final String UPSERT = upsert();
  private static final String FILE_DONE = """
      update files set status = 'done', content_hash = ?, analyzed_at = now() where id = ? and batch_id = ?""";
  private static final String DEAD_NO_MORE = "delete from dead_files where file_id = ?";
  private static final String COMMIT_BATCH = """
      update batches set committed_at = now(), outcome = 'done', files_done = ? where id = ? and committed_at is null""";

  private SingleRows() {}

  private static String upsert() {
    String names = COLUMNS.stream().map(FactColumn::name).collect(Collectors.joining(", "));
    String values = COLUMNS.stream().map(column -> "?::" + column.sqlType()).collect(Collectors.joining(", "));
    String updates = COLUMNS.stream().map(FactColumn::name).filter(name -> !name.equals("content_hash"))
        .map(name -> name + " = excluded." + name).collect(Collectors.joining(", "));
    return "insert into facts (" + names + ") values (" + values + ") on conflict (content_hash) do update set "
        + updates + " where facts.analyzer_version < excluded.analyzer_version";
  }

  /**
   * Writes the facts and the files of a batch.
   *
   * @param connection
   *          without automatic commits
   * @param isCommittedByFile
   *          whether each file is a transaction of its own
   */
  static void write(Connection connection, Batch batch, BatchResult result, boolean isCommittedByFile)
      throws SQLException {
    Map<UUID, Analysis> facts = new HashMap<>();
    for (Analysis analysis : result.facts()) {
      facts.put(analysis.contentHash(), analysis);
    }
    for (BatchResult.Done done : result.done()) {
      Analysis analysis = facts.remove(done.content());
      if (analysis != null) {
        upsert(connection, analysis);
      }
      update(connection, FILE_DONE, done.content(), done.file().id(), batch.id());
      update(connection, DEAD_NO_MORE, done.file().id());
      if (isCommittedByFile) {
        connection.commit();
      }
    }
    update(connection, COMMIT_BATCH, result.done().size(), batch.id());
    connection.commit();
  }

  private static void upsert(Connection connection, Analysis analysis) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
      for (int i = 0; i < COLUMNS.size(); i++) {
        statement.setObject(i + 1, COLUMNS.get(i).boxed(analysis));
      }
      statement.executeUpdate();
    }
  }

  private static void update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }
}
