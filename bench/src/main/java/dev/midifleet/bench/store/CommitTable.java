package dev.midifleet.bench.store;

import dev.midifleet.worker.analyze.Analysis;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sessions that commit at the same time: how often the log is flushed, with and without a delay that lets them share. */
final class CommitTable {
  private static final List<Integer> SIZES = List.of(50, 500);
  private static final List<Integer> SESSIONS = List.of(1, 2, 4);
  private static final List<Integer> DELAYS_MICROS = List.of(0, 1_000);

  private final ScratchServer server;
  private final AnalyzedRows rows;

  CommitTable(ScratchServer server, AnalyzedRows rows) {
    this.server = server;
    this.rows = rows;
  }

  /** Measures, prints, and gives the same for JSON. */
  List<Map<String, Object>> run(int rounds, PrintStream out) throws SQLException, InterruptedException {
    out.printf("%nGroup commit: COPY BINARY into facts%n%n| rows a transaction | sessions | commit_delay us | rows/s |"
        + " flushes a commit |%n| --- | --- | --- | --- | --- |%n");
    String database = server.newDatabase(List.of());
    Map<List<Integer>, List<double[]>> figures = new LinkedHashMap<>();
    for (int round = -1; round < rounds; round++) {
      for (int size : SIZES) {
        for (int sessions : SESSIONS) {
          for (int delay : DELAYS_MICROS) {
            double[] figure = measure(database, size, sessions, delay);
            if (round >= 0) {
              figures.computeIfAbsent(List.of(size, sessions, delay), _ -> new ArrayList<>()).add(figure);
            }
          }
        }
      }
    }
    List<Map<String, Object>> lines = new ArrayList<>();
    figures.forEach((what, values) -> {
      double rowsPerSecond = median(values, 0);
      double flushes = median(values, 1);
      out.printf("| %d | %d | %d | %.0f | %.2f |%n", what.get(0), what.get(1), what.get(2), rowsPerSecond, flushes);
      lines.add(Map.of("rows", what.get(0), "sessions", what.get(1), "commit_delay_us", what.get(2),
          "rows_per_second", rowsPerSecond, "flushes_a_commit", flushes));
    });
    return lines;
  }

  /** Rows a second, and flushes a commit. */
  private double[] measure(String database, int size, int sessions, int delay)
      throws SQLException, InterruptedException {
    List<List<Analysis>> batches = rows.renewed(size);
    try (ExecutorService threads = Executors.newFixedThreadPool(sessions);
        Connection watch = server.connect(database)) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (int session = 0; session < sessions; session++) {
        int first = session;
        Connection connection = server.connect(database);
        try (Statement statement = connection.createStatement()) {
          statement.execute("set commit_delay = " + delay);
          statement.execute("set commit_siblings = 1");
        }
        connection.setAutoCommit(false);
        var writer = new FactsWriter(connection, InsertForm.COPY, "json");
        work.add(() -> {
          try (connection) {
            for (int i = first; i < batches.size(); i += sessions) {
              writer.write(batches.get(i));
              connection.commit();
            }
            return first;
          }
        });
      }
      double before = flushes(watch);
      long start = System.nanoTime();
      for (Future<Integer> done : threads.invokeAll(work)) {
        done.get();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return new double[]{rows.count() / seconds, (flushes(watch) - before) / batches.size()};
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static double flushes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
            "select pg_stat_clear_snapshot(), sum(fsyncs) from pg_stat_io where object = 'wal'")) {
      row.next();
      return row.getDouble(2);
    }
  }

  private static double median(List<double[]> values, int index) {
    double[] sorted = values.stream().mapToDouble(value -> value[index]).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
