package dev.midifleet.bench.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestDatabase;
import dev.midifleet.worker.analyze.Analysis;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is compared is the same work. */
class FactsWriterTest {
  private static final int ROWS = 130;

  private final TestDatabase.Credentials fresh = TestDatabase.shared().newDatabase();

  @Test
  void every_form_stores_the_same_rows() throws SQLException, IOException {
    try (var database = Database.open(Settings.of(Map.of("MIDIFLEET_DATABASE_URL", fresh.jdbcUrl(),
        "MIDIFLEET_DATABASE_USER", fresh.user(), "MIDIFLEET_DATABASE_PASSWORD", fresh.password())), "test")) {
      database.migrate();
    }
    List<Analysis> rows = new AnalyzedRows(LoadedCorpus.GENERATED, ROWS).renewed(ROWS).getFirst();
    try (Connection connection = DriverManager.getConnection(fresh.jdbcUrl(), fresh.user(), fresh.password())) {
      connection.setAutoCommit(false);
      String first = "";
      for (InsertForm form : InsertForm.values()) {
        new FactsWriter(connection, form, "json").write(rows);
        String stored = text(connection, "select count(*) || ' ' || md5(string_agg(f::text, ' ' order by content_hash))"
            + " from facts f");
        assertThat(stored).startsWith(ROWS + " ");
        first = first.isEmpty() ? stored : first;
        assertThat(stored).as(form.label()).isEqualTo(first);
        try (Statement statement = connection.createStatement()) {
          statement.execute("truncate facts");
        }
      }
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
