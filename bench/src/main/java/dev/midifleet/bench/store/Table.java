package dev.midifleet.bench.store;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Subjects that take turns; the first is what the others are compared with. */
final class Table {
  private static final int UNCOUNTED_ROUNDS = 2;
  private static final String NOT_SUPPORTED = "0A000";

  /** Makes a subject, with its database. */
  @FunctionalInterface
  interface Maker {
    Subject make() throws SQLException, IOException;
  }

  private final String title;
  private final List<Maker> makers = new ArrayList<>();

  Table(String title) { this.title = title; }

  Table add(Maker maker) {
    makers.add(maker);
    return this;
  }

  /** Measures all, prints a table, and gives it for JSON; what this server was built without is left out. */
  List<Map<String, Object>> run(ScratchServer server, int rounds, PrintStream out) throws SQLException, IOException {
    List<Subject> subjects = new ArrayList<>();
    List<List<Cost>> costs = new ArrayList<>();
    try {
      for (Maker maker : makers) {
        try {
          subjects.add(maker.make());
          costs.add(new ArrayList<>());
        } catch (SQLException e) {
          if (!NOT_SUPPORTED.equals(e.getSQLState())) throw e;
          out.printf("%nleft out: %s%n", e.getMessage());
        }
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < subjects.size(); i++) {
        order.add(i);
      }
      for (int round = -UNCOUNTED_ROUNDS; round < rounds; round++) {
        // So that each meets its index pages as after a checkpoint: the first change of a page logs all of it.
        server.checkpoint();
        for (int i : order) {
          Cost cost = subjects.get(i).turn();
          if (round >= 0) {
            costs.get(i).add(cost);
          }
        }
        Collections.rotate(order, 1);
      }
      return print(subjects, costs, out);
    } finally {
      for (Subject subject : subjects) {
        subject.close();
      }
    }
  }

  private List<Map<String, Object>> print(List<Subject> subjects, List<List<Cost>> costs, PrintStream out)
      throws SQLException {
    out.printf("%n%s%n%n| | PostgreSQL us a row | to the first | WAL bytes a row | worker us a row | worker bytes a row"
        + " | |%n| --- | --- | --- | --- | --- | --- | --- |%n", title);
    List<Map<String, Object>> lines = new ArrayList<>();
    for (int i = 0; i < subjects.size(); i++) {
      Cost cost = Cost.median(costs.get(i));
      double ratio = Cost.medianRatio(costs.get(i), costs.getFirst());
      String name = subjects.get(i).name();
      String remark = subjects.get(i).remark();
      out.printf("| %s | %.1f | %.2f | %.0f | %.1f | %.0f | %s |%n", name, cost.server(), ratio, cost.wal(),
          cost.thread(), cost.allocated(), remark);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("name", name);
      line.put("postgresql_us_a_row", cost.server());
      line.put("to_the_first", ratio);
      line.put("wal_bytes_a_row", cost.wal());
      line.put("worker_us_a_row", cost.thread());
      line.put("worker_bytes_a_row", cost.allocated());
      line.put("remark", remark);
      lines.add(line);
    }
    return lines;
  }
}
