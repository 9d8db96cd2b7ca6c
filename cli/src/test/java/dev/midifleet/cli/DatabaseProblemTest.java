package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Settings;
import dev.midifleet.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseProblemTest {
  private final DatabaseException away = new DatabaseException(new SQLException("refused", "08001"));
  private final DatabaseException noTable = new DatabaseException(new SQLException("no runs", "42P01"));

  @Test
  void who_has_named_no_server_is_told_where_the_rows_of_run_are() {
    Settings none = Settings.of(Map.of());
    assertThat(DatabaseProblem.explain(away, none, RowsOptions.elsewhere(none)))
        .hasMessageEndingWith("add --data " + EmbeddedPostgres.defaultDataFolder());
    Settings named = Settings.of(Map.of("MIDIFLEET_DATABASE_URL", "jdbc:postgresql://db/x"));
    assertThat(DatabaseProblem.explain(away, named, RowsOptions.elsewhere(named))).message()
        .contains("jdbc:postgresql://db/x cannot be reached (refused)").doesNotContain("--data");
  }

  @Test
  void who_waits_in_vain_for_a_connection_is_told_that_the_server_does_not_answer() {
    var busy = new DatabaseException(new SQLTransientConnectionException(
        "midifleet - Connection is not available, request timed out after 5000ms (total=0, active=0)"));
    assertThat(busy.isBusy()).isTrue();
    assertThat(DatabaseProblem.explain(busy, Settings.of(Map.of()))).isInstanceOf(CommandException.class)
        .hasMessageContaining("cannot be reached (it gave no connection in time)");
  }

  @Test
  void the_database_of_a_data_folder_is_not_for_init() {
    Path data = Path.of("/data");
    assertThat(DatabaseProblem.explainLocal(noTable, data)).message().contains("`midifleet run DIR --data /data`")
        .doesNotContain("init");
    assertThat(DatabaseProblem.explainLocal(away, data)).message()
        .contains("the PostgreSQL of /data has ended or does not answer (refused)", "/data/postgres.log");
    var refusal = new DatabaseException(new SQLException("twice", "23505"));
    assertThat(DatabaseProblem.explainLocal(refusal, data)).isSameAs(refusal);
  }

  @Test
  void a_server_that_is_there_and_cannot_is_not_one_that_cannot_be_reached() {
    for (String state : List.of("53100", "53300", "58030", "25006", "40001", "57014")) {
      var full = new DatabaseException(new SQLException("no room", state));
      assertThat(DatabaseProblem.explain(full, Settings.of(Map.of()))).message()
          .contains("could not do it now (no room)").doesNotContain("start it");
      assertThat(DatabaseProblem.explainLocal(full, Path.of("/data"))).message()
          .contains("the PostgreSQL of /data could not do it now (no room)");
    }
  }

  @Test
  void who_waits_waits_for_a_database_that_is_away_and_is_told_so_once() throws Exception {
    var err = new StringWriter();
    Iterator<Object> answers = List.<Object>of(away, away, "done").iterator();

    Object answer = Patiently.look(() -> {
      Object next = answers.next();
      if (next instanceof DatabaseException e) throw e;
      return next;
    }, new PrintWriter(err, true));

    assertThat(answer).isEqualTo("done");
    assertThat(err.toString().lines()).containsExactly(
        "midifleet: the database does not answer (refused); still trying", "midifleet: the database answers again");
    assertThatThrownBy(() -> Patiently.look(() -> {
      throw noTable;
    }, new PrintWriter(err))).isSameAs(noTable);
  }
}
