package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Grants;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.producer.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest {
  private final Rows rows = new Rows();
  @TempDir
  private Path folder;

  @BeforeEach
  void a_library_with_a_file_and_a_worker() throws Exception {
    rows.change("truncate library, runs, files, batches, dead_files, facts, workers, unreadable_messages"
        + " restart identity cascade");
    Files.writeString(folder.resolve("a.mid"), "x");
    rows.change("insert into library (name, location) values ('main', '" + folder + "')");
    rows.change("insert into files (library_id, path, path_key, size_bytes, modified_at)"
        + " values (1, 'a.mid', gen_random_uuid(), 1, now())");
    rows.change("insert into runs (id, library_id, origin, started_at) values (gen_random_uuid(), 1, 'enqueue',"
        + " now() - interval '1 h')");
    rows.change("insert into batches (run_id, analyzer_version, file_ids, due_at, publications, published_at,"
        + " committed_at, outcome) select id, 1, '{1}', now() - interval '1 h', 1, now(), now(), 'done' from runs");
    rows.change("insert into workers (id, host, pid, version, analyzer_version, state, slots, threads)"
        + " values (gen_random_uuid(), 'host1', 42, 'v1', 2, 'running', 4, 2)");
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void of_a_healthy_fleet_nothing_is_wrong() {
    List<Finding> findings = examine();

    assertThat(findings).noneMatch(Finding::isWrong);
    assertThat(findings).extracting(Finding::check).containsExactly("settings", "encoding", "database", "schema",
        "role",
        "connections", "clock", "batches", "messages", "workers", "runs", "libraries");
    assertThat(findings.getFirst().text())
        .contains("MIDIFLEET_DATABASE_URL=", "MIDIFLEET_DATABASE_PASSWORD (not shown)")
        .doesNotContain("PASSWORD=");
    assertThat(findings.getLast().text()).endsWith("1 of 1 known files are there");
    assertThat(findings.get(2).text()).startsWith("jdbc:postgresql:").containsPattern(" is version \\d+\\.\\d+");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      workers   | was last seen | update workers set seen_at = now() - interval '2 min'
      workers   | is version v0 | update workers set version = 'v0'
      workers   | (analyzer 1)  | update workers set analyzer_version = 1
      workers   | is paused: library | update workers set state = 'paused', problem = 'library "main" is not mounted'
      workers   | is running: RabbitMQ | update workers set problem = 'RabbitMQ at mq: nothing listens there'
      messages  | 1 could not   | insert into unreadable_messages (queue, reason, body) values ('q', 'r', 'b')
      runs      | has not moved | update batches set committed_at = null
      libraries | is not there  | update library set location = '/absent'
      libraries | 0 of 1        | update files set path = 'b.mid'
      schema    | version 99    | insert into flyway_schema_history \
      select 99, '99', description, type, 'V99__x.sql', checksum, installed_by, installed_on, \
      execution_time, success from flyway_schema_history where installed_rank = 1
      schema    | version 4     | delete from flyway_schema_history where version::int > 4
      """)
  void each_thing_that_is_wrong_is_found_with_what_to_do(String check, String text, String damage) {
    List<String> history = rows.texts("select h::text from flyway_schema_history h");
    rows.change(damage);
    try {
      assertThat(examine()).filteredOn(Finding::isWrong).singleElement().satisfies(finding -> {
        assertThat(finding.check()).isEqualTo(check);
        assertThat(finding.text()).contains(text);
        assertThat(finding.advice()).isNotEmpty();
      });
    } finally {
      rows.change("truncate flyway_schema_history");
      history.forEach(row -> rows.change("insert into flyway_schema_history select (r).* from (select ('"
          + row.replace("'", "''") + "'::flyway_schema_history) as r) x"));
    }
  }

  @Test
  void a_worker_that_has_a_problem_is_alive_all_the_same() {
    rows.change("update workers set state = 'paused', problem = 'library \"main\" is not mounted'");
    rows.change("update batches set committed_at = null, outcome = null");
    assertThat(examine()).filteredOn(Finding::isWrong).extracting(Finding::check).containsExactly("workers", "runs");
    assertThat(examine()).noneMatch(finding -> finding.text().contains("none is alive")
        || String.valueOf(finding.advice()).contains("no worker is alive"));
  }

  @Test
  void a_worker_that_drains_is_no_problem() {
    rows.change("update workers set state = 'draining', problem = 'it was told to stop'");
    assertThat(examine()).noneMatch(Finding::isWrong).filteredOn(finding -> finding.check().equals("workers"))
        .extracting(Finding::text).containsExactly("42 on host1 is draining: it was told to stop");
  }

  /** What the schema of this test has by the name of something of PostgreSQL's own is found before that. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      clock       | \\d+\\.\\d s ahead of this host's | function now() | returns timestamptz language sql stable as \
      $$ select pg_catalog.now() + interval '10 s' $$
      clock       | \\d+\\.\\d s behind this host's | function now() | returns timestamptz language sql stable as \
      $$ select pg_catalog.now() - interval '10 s' $$
      connections | 1 of \\d+ connections are free | view pg_stat_activity | as \
      select 'client backend' as backend_type from generate_series(2, \
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int)
      """)
  void a_wrong_clock_and_a_server_without_connections_are_found(String check, String text, String stand, String body) {
    String in = "create " + stand.replace(" ", " public.") + " " + body;
    rows.change(in);
    String url = rows.settings().text(Setting.DATABASE_URL);
    var settings = rows.settings().with(Setting.DATABASE_URL,
        url + (url.contains("?") ? "&" : "?") + "currentSchema=public,pg_catalog");
    try (Database database = Database.open(settings, "test")) {
      assertThat(new Doctor(settings, database, "v1", 2).examine(false)).filteredOn(Finding::isWrong)
          .singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(check);
            assertThat(finding.text()).containsPattern(text);
          });
    } finally {
      rows.change("drop " + stand.replace(" ", " public."));
    }
    assertThat(examine()).noneMatch(Finding::isWrong);
  }

  @Test
  void a_role_is_told_as_a_worker_finds_it() {
    String role = "doctor_" + UUID.randomUUID();
    String name = '"' + role + '"';
    rows.change("create role " + name + " login password 'of-doctor'");
    var settings = rows.settings().with(Setting.DATABASE_USER, role).with(Setting.DATABASE_PASSWORD, "of-doctor");
    try (Database database = Database.open(settings, "test")) {
      assertRole(settings, database, true, "may not read all tables");
      Grants.toReader(rows.database(), role);
      assertRole(settings, database, false, "may read all rows; for a worker it has too few rights");
      Grants.toWorker(rows.database(), role);
      assertRole(settings, database, false, "may do what workers and enqueue do");
      for (String right : List.of("insert on failed_tries", "delete on dead_files")) {
        rows.change("revoke " + right + " from " + name);
        assertRole(settings, database, false, "may read all rows; for a worker it has too few rights");
        rows.change("grant " + right + " to " + name);
      }
      assertRole(settings, database, false, "may do what workers and enqueue do");
      rows.change("revoke select on failed_tries from " + name);
      assertRole(settings, database, true, "may not read all tables");

      rows.change("alter table failed_tries rename to set_aside");
      assertThat(new Doctor(settings, database, "v1", 2).examine(false)).filteredOn(Finding::isWrong)
          .as("tables of an older version").extracting(Finding::check, Finding::advice)
          .containsExactly(tuple("role", "run `midifleet init` as the owner"));
    } finally {
      rows.change("alter table if exists set_aside rename to failed_tries");
      rows.change("drop owned by " + name);
      rows.change("drop role " + name);
    }
  }

  private static void assertRole(Settings settings, Database database, boolean isWrong, String text) {
    assertThat(new Doctor(settings, database, "v1", 2).examine(false))
        .filteredOn(finding -> finding.check().equals("role")).singleElement().satisfies(finding -> {
          assertThat(finding.text()).endsWith(text);
          assertThat(finding.isWrong()).isEqualTo(isWrong);
        });
    assertThat(Grants.mayWork(database)).as("and what a worker would do").isEqualTo(text.contains("do what workers"));
  }

  @Test
  void batches_that_no_worker_is_there_for_are_found() {
    rows.change("update workers set state = 'stopped'");
    rows.change("update batches set committed_at = null, outcome = null");
    var settings = rows.settings().with(Setting.AMQP_URI, "amqp://127.0.0.1:1/");
    assertThat(new Doctor(settings, rows.database(), "v1", 2).examine(true))
        .filteredOn(finding -> finding.check().equals("workers")).singleElement().satisfies(finding -> {
          assertThat(finding.isWrong()).isTrue();
          assertThat(finding.text()).isEqualTo("none is alive, and 1 batches wait for one");
        });
    rows.change("update batches set committed_at = now(), outcome = 'done'");
    assertThat(new Doctor(settings, rows.database(), "v1", 2).examine(true))
        .filteredOn(finding -> finding.check().equals("workers")).noneMatch(Finding::isWrong);
  }

  @Test
  void without_the_database_the_settings_are_looked_at_all_the_same() {
    var settings = rows.settings().with(Setting.DATABASE_URL, "jdbc:postgresql://127.0.0.1:1/x");
    try (Database away = Database.open(settings, "test", Duration.ofSeconds(1))) {
      List<Finding> findings = new Doctor(settings, away, "v1", 2).examine(false);
      assertThat(findings).extracting(Finding::check).containsExactly("settings", "database");
      assertThat(findings.getLast().isWrong()).isTrue();
    }
  }

  private List<Finding> examine() { return new Doctor(rows.settings(), rows.database(), "v1", 2).examine(false); }
}
