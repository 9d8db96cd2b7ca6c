package dev.midifleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {

  @Test
  void server_is_started_once_and_is_durable() throws Exception {
    assertThat(TestDatabase.shared()).isSameAs(TestDatabase.shared());
    var database = TestDatabase.shared().newDatabase();
    for (String setting : new String[]{"fsync", "synchronous_commit", "full_page_writes"}) {
      assertThat(value(database, "show " + setting)).as(setting).isEqualTo("on");
    }
  }

  @Test
  void each_database_is_empty_and_apart_from_the_others() throws Exception {
    var one = TestDatabase.shared().newDatabase();
    var other = TestDatabase.shared().newDatabase();
    execute(one, "create table only_here(id bigint)");
    var tables = "select count(*) from pg_tables where schemaname = 'public'";
    assertThat(value(one, tables)).isEqualTo("1");
    assertThat(value(other, tables)).isEqualTo("0");
    assertThat(value(other, "show server_encoding")).isEqualTo("UTF8");
  }

  @Test
  void database_of_the_environment_is_used_and_left_as_it_was() throws Exception {
    var server = TestDatabase.shared().newDatabase();
    var named = DatabaseChoice.choose(Map.of("MIDIFLEET_TEST_DATABASE_URL", server.jdbcUrl() + "?connectTimeout=5",
        "MIDIFLEET_TEST_DATABASE_USER", server.user(), "MIDIFLEET_TEST_DATABASE_PASSWORD", server.password()));
    var database = named.newDatabase();
    assertThat(database.jdbcUrl()).endsWith("?connectTimeout=5");
    var name = value(database, "select current_database()");
    var count = "select count(*) from pg_database where datname = '" + name + "'";
    assertThat(value(server, count)).isEqualTo("1");
    ((DatabaseServer) named).dropAll();
    assertThat(value(server, count)).isEqualTo("0");
  }

  @Test
  void database_that_is_named_and_does_not_answer_is_an_error_and_not_passed_over() {
    assertThatThrownBy(() -> DatabaseChoice
        .choose(Map.of("MIDIFLEET_TEST_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/nowhere")))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("MIDIFLEET_TEST_DATABASE_URL does not answer");
  }

  @Test
  void message_names_the_three_ways_when_none_works() {
    assertThatThrownBy(() -> DatabaseChoice.choose(Map.of("MIDIFLEET_TEST_DATABASE", "environment")))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("environment: when")
        .hasMessageContaining("docker: when").hasMessageContaining("embedded: when")
        .hasMessageContaining("not allowed by MIDIFLEET_TEST_DATABASE=environment");
  }

  private static void execute(TestDatabase.Credentials database, String statement) throws SQLException {
    try (
        var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var jdbc = connection.createStatement()) {
      jdbc.execute(statement);
    }
  }

  private static String value(TestDatabase.Credentials database, String query) throws SQLException {
    try (
        var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var jdbc = connection.createStatement();
        var rows = jdbc.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }
}
