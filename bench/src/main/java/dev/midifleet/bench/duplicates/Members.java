package dev.midifleet.bench.duplicates;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.producer.query.DuplicateFile;
import dev.midifleet.producer.query.DuplicateGroup;
import dev.midifleet.producer.query.DuplicateListener;
import dev.midifleet.producer.query.DuplicateTotals;
import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Remembers the group of each content, to compare with the pairs that were planted. */
final class Members implements DuplicateListener {
  private static final int[] PERCENT = {40, 45, 50, 60, 70};
  private static final int END = 101;

  private final Database database;
  private final Map<UUID, Long> groups = new HashMap<>();
  private long rank;

  Members(Database database) { this.database = database; }

  @Override
  public void totals(DuplicateTotals totals) { groups.clear(); }

  @Override
  public void group(DuplicateGroup group) { rank = group.rank(); }

  @Override
  public void file(DuplicateFile file) { groups.put(file.contentHash(), rank); }

  @Override
  public void groupEnd() {
    // All is in the map.
  }

  @Override
  public void end() {
    // All is in the map.
  }

  /** A row of a table for each class of similarity. */
  void report(PrintStream out) {
    long[] pairs = new long[2 * PERCENT.length];
    long[] found = new long[2 * PERCENT.length];
    double[] expected = new double[PERCENT.length];
    database.query(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select a, b, similarity, is_in_hub from " + MadeRows.PAIRS)) {
        while (row.next()) {
          double similarity = row.getDouble(3);
          int of = classOf(similarity);
          if (of < 0) continue;
          int at = 2 * of + (row.getBoolean(4) ? 1 : 0);
          Long group = groups.get(row.getObject(1, UUID.class));
          pairs[at]++;
          found[at] += group != null && group.equals(groups.get(row.getObject(2, UUID.class))) ? 1 : 0;
          expected[of] += 1 - Math.pow(1 - Math.pow(similarity, 3), 21);
        }
        return pairs;
      }
    });
    for (int of = 0; of < PERCENT.length; of++) {
      int end = of + 1 < PERCENT.length ? PERCENT[of + 1] : END;
      out.printf(Locale.ROOT, "| %.2f to %.2f | %,d | %.1f %% | %.1f %% | %,d | %.1f %% |%n", PERCENT[of] / 100.0,
          (end - 1) / 100.0, pairs[2 * of], 100.0 * found[2 * of] / pairs[2 * of],
          100 * expected[of] / (pairs[2 * of] + pairs[2 * of + 1]), pairs[2 * of + 1],
          100.0 * found[2 * of + 1] / pairs[2 * of + 1]);
    }
  }

  private static int classOf(double similarity) {
    for (int of = PERCENT.length - 1; of >= 0; of--) {
      if (similarity * 100 >= PERCENT[of]) return of;
    }
    return -1;
  }
}
