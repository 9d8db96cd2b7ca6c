package dev.midifleet.bench.store;

import dev.midifleet.worker.analyze.Analysis;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Rows of facts, written in one form to a table that some statements have changed, in a database of its own. */
final class FactsSubject implements Subject {
  /** After so many a back end keeps the plan of a prepared statement. */
  private static final int WARM_BATCHES = 6;
  private static final int WARM_ROWS = 100;

  /**
   * What is measured.
   *
   * @param jsonType
   *          of the columns that hold JSON: jsonb, json, text or bytea
   * @param isRewrite
   *          whether the rows are there already, and are replaced
   */
  record Plan(String name, InsertForm form, int batchSize, String jsonType, boolean isRewrite, List<String> changes) {
    Plan(String name, InsertForm form, int batchSize) { this(name, form, batchSize, "json", false, List.of()); }
  }

  private final Plan plan;
  private final AnalyzedRows rows;
  private final Connection connection;
  private final FactsWriter writer;
  private final FactsWriter before;
  private final Meter meter;

  FactsSubject(ScratchServer server, Plan plan, AnalyzedRows rows) throws SQLException {
    this.plan = plan;
    this.rows = rows;
    this.connection = server.connect(server.newDatabase(plan.changes));
    this.meter = new Meter(connection);
    this.writer = new FactsWriter(connection, plan.form, plan.jsonType);
    this.before = new FactsWriter(connection, InsertForm.COPY, plan.jsonType);
    connection.setAutoCommit(false);
    List<List<Analysis>> batches = rows.renewed(WARM_ROWS);
    for (int i = 0; i < WARM_BATCHES; i++) {
      writer.write(batches.get(i % batches.size()));
      connection.commit();
      batches = rows.renewed(WARM_ROWS);
    }
  }

  @Override
  public String name() { return plan.name; }

  @Override
  public Cost turn() throws SQLException {
    List<List<Analysis>> batches = rows.renewed(plan.batchSize);
    if (plan.isRewrite) {
      for (List<Analysis> batch : batches) {
        before.write(batch);
      }
      connection.commit();
    }
    Meter.Reading begin = meter.begin();
    for (List<Analysis> batch : batches) {
      writer.write(batch);
      connection.commit();
    }
    Cost cost = meter.end().minus(begin, rows.count());
    connection.commit();
    return cost;
  }

  /** What the rows take, and how many updates stayed within their page. */
  @Override
  public String remark() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_stat_force_next_flush()");
      connection.commit();
      try (ResultSet row = statement.executeQuery("""
          select round(pg_table_size('facts') / (select count(*) from facts)) || ' bytes a row on disk'
            || coalesce(', HOT ' || round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0)) || ' %', '')
          from pg_stat_user_tables where relname = 'facts'""")) {
        row.next();
        String remark = row.getString(1);
        connection.commit();
        return remark;
      }
    }
  }

  @Override
  public void close() throws SQLException { connection.close(); }
}
