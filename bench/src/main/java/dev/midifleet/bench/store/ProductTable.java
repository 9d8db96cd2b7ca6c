package dev.midifleet.bench.store;

import dev.midifleet.worker.analyze.Analysis;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The product's statements one by one, as the server itself accounts for them ({@code log_statement_stats}: what it took to
 * parse, bind and run each), for batches of new contents and for batches of known ones.
 */
final class ProductTable {
  private static final int BATCH = 500;
  private static final int UNCOUNTED_ROUNDS = 2;

  private final ScratchServer server;
  private final AnalyzedRows rows;

  ProductTable(ScratchServer server, AnalyzedRows rows) {
    this.server = server;
    this.rows = rows;
  }

  /** Measures, prints, and gives the same for JSON. */
  Map<String, Object> run(int rounds, boolean explain, PrintStream out) throws SQLException, IOException {
    String database = server.newDatabase(List.of());
    server.run("postgres", "alter database " + database + " set log_statement_stats = on");
    var contents = new Figures();
    var copies = new Figures();
    var log = new ServerLog(server.log());
    try (var product = new ProductBatches(server.settings(database))) {
      for (int round = -UNCOUNTED_ROUNDS; round < rounds; round++) {
        server.checkpoint();
        List<List<Analysis>> batches = rows.renewed(BATCH);
        for (Figures figures : List.of(contents, copies)) {
          List<Long> ids = planned(product, batches);
          log.begin();
          product.forgetThreadCosts();
          for (int i = 0; i < ids.size(); i++) {
            product.run(ids.get(i), batches.get(i));
          }
          if (round >= 0) {
            figures.add(log.accounts(), product.threadCosts(), rows.count(), ids.size());
          }
        }
      }
    }
    print(contents, copies, out);
    if (explain) {
      explain(out);
    }
    return Map.of("contents", contents.values(), "copies", copies.values());
  }

  private static List<Long> planned(ProductBatches product, List<List<Analysis>> batches) {
    List<Long> ids = new ArrayList<>();
    for (List<Analysis> batch : batches) {
      ids.add(product.plan(batch.size()));
    }
    return ids;
  }

  private void explain(PrintStream out) throws SQLException, IOException {
    String database = server.newDatabase(List.of());
    for (String setting : List.of("session_preload_libraries = auto_explain", "auto_explain.log_min_duration = 0",
        "auto_explain.log_analyze = on", "auto_explain.log_buffers = on", "auto_explain.log_wal = on")) {
      server.run("postgres", "alter database " + database + " set " + setting);
    }
    var log = new ServerLog(server.log());
    try (var product = new ProductBatches(server.settings(database))) {
      for (int i = 0; i < 2; i++) {
        List<Analysis> batch = rows.renewed(BATCH).getFirst();
        long id = product.plan(batch.size());
        log.begin();
        product.run(id, batch);
      }
    }
    for (String plan : log.plans()) {
      out.printf("%n%s", plan);
    }
  }

  /** Of each round what each statement and each call has cost, a row. */
  private static final class Figures {
    private final Map<String, List<Double>> statements = new LinkedHashMap<>();
    private final Map<String, Double> calls = new LinkedHashMap<>();
    private final Map<String, List<Double>> threadMicros = new LinkedHashMap<>();
    private final Map<String, List<Double>> threadBytes = new LinkedHashMap<>();

    void add(Map<String, ServerLog.Account> accounts, Map<String, double[]> threadCosts, int rows, int batches) {
      accounts.forEach((sql, account) -> {
        statements.computeIfAbsent(sql, _ -> new ArrayList<>()).add(account.micros() / rows);
        calls.put(sql, (double) account.calls() / batches);
      });
      threadCosts.forEach((call, cost) -> {
        threadMicros.computeIfAbsent(call, _ -> new ArrayList<>()).add(cost[0]);
        threadBytes.computeIfAbsent(call, _ -> new ArrayList<>()).add(cost[1]);
      });
    }

    Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      statements.forEach((sql, micros) -> values.put(sql,
          Map.of("us_a_row", median(micros), "calls_a_batch", calls.getOrDefault(sql, 0.0))));
      threadMicros.forEach((call, micros) -> values.put("worker: " + call, Map.of("us_a_row", median(micros),
          "bytes_a_row", median(threadBytes.getOrDefault(call, List.of())))));
      return values;
    }

    double micros(String sql) { return median(statements.getOrDefault(sql, List.of())); }

    double sum() { return statements.keySet().stream().mapToDouble(this::micros).sum(); }
  }

  private static void print(Figures contents, Figures copies, PrintStream out) {
    out.printf("%nThe product's statements: batches of %d files, by the server's own account%n%n"
        + "| statement | calls a batch | us a row, new contents | share | us a row, copies |%n"
        + "| --- | --- | --- | --- | --- |%n", BATCH);
    double sum = contents.sum();
    for (String sql : contents.statements.keySet()) {
      out.printf("| `%s` | %.1f | %.2f | %.2f | %.2f |%n", sql, contents.calls.get(sql), contents.micros(sql),
          contents.micros(sql) / sum, copies.micros(sql));
    }
    out.printf("| all | | %.2f | 1.00 | %.2f |%n%n", sum, copies.sum());
    out.printf("| the worker's thread | us a row, new contents | bytes a row | us a row, copies | bytes a row |%n"
        + "| --- | --- | --- | --- | --- |%n");
    for (String call : contents.threadMicros.keySet()) {
      out.printf("| %s | %.2f | %.0f | %.2f | %.0f |%n", call, median(contents.threadMicros.get(call)),
          median(contents.threadBytes.get(call)), median(copies.threadMicros.get(call)),
          median(copies.threadBytes.get(call)));
    }
  }

  private static double median(@Nullable List<Double> values) {
    if (values == null || values.isEmpty()) return 0;
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
