package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseTest {
  private final TestRows rows = new TestRows();

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void what_fails_leaves_nothing() {
    assertThatThrownBy(() -> rows.database.transaction(connection -> {
      execute(connection, "delete from runs");
      throw new IllegalStateException("on the way");
    })).hasMessage("on the way");

    assertThat(rows.number("select count(*) from runs")).isEqualTo(1);
  }

  @Test
  void a_deadlock_costs_a_second_try_and_nothing_else() throws Exception {
    rows.change("insert into library (name, location) values ('two', '/2')");
    var tries = new AtomicInteger();
    var bothHoldOne = new CountDownLatch(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      var done = threads.invokeAll(List.of(crossing(1, 2, tries, bothHoldOne), crossing(2, 1, tries, bothHoldOne)));
      for (var one : done) {
        one.get();
      }
    }
    assertThat(tries).hasValue(3);
    assertThat(rows.texts("select location from library order by id")).containsExactly("/music++", "/2++");
  }

  @Test
  void a_refusal_is_not_tried_again() {
    var tries = new AtomicInteger();

    assertThatThrownBy(() -> rows.database.transactionWhenReachable(() -> false, connection -> {
      tries.incrementAndGet();
      return execute(connection, "insert into library (name, location) values ('main', '/')");
    })).asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class)).satisfies(e -> {
      assertThat(e.isRefusal()).isTrue();
      assertThat(e.isTransient()).isFalse();
    });
    assertThat(tries).hasValue(1);
  }

  @Test
  void a_session_that_the_server_ends_is_replaced() {
    var tries = new AtomicInteger();

    rows.database.transactionWhenReachable(() -> false, connection -> {
      if (tries.incrementAndGet() == 1) execute(connection, "select pg_terminate_backend(pg_backend_pid())");
      return execute(connection, "update library set location = '/again'");
    });

    assertThat(tries).hasValue(2);
    assertThat(rows.database.isAway()).isFalse();
    assertThat(rows.texts("select location from library")).containsExactly("/again");
  }

  @Test
  void a_session_that_idles_within_a_transaction_is_ended_and_its_row_is_free() throws Exception {
    try (Database database = Database.open(rows.settings, "test")) {
      assertThatThrownBy(() -> database.transaction(connection -> {
        execute(connection, "set local idle_in_transaction_session_timeout = 200");
        execute(connection, "update library set location = '/held'");
        sleep(Duration.ofSeconds(1));
        assertThat(rows.change("update library set location = '/free'")).isEqualTo(1);
        return execute(connection, "update library set location = '/late'");
      })).isInstanceOf(DatabaseException.class);
    }
    assertThat(rows.texts("select location from library")).containsExactly("/free");
  }

  @Test
  void every_session_has_the_timeouts_and_commits_to_the_disk() {
    assertThat(rows.texts("show idle_in_transaction_session_timeout")).containsExactly("30s");
    assertThat(rows.texts("show lock_timeout")).containsExactly("45s");
    assertThat(rows.texts("show tcp_user_timeout").getFirst()).isIn("30000", "0");
    assertThat(rows.texts("show synchronous_commit")).containsExactly("on");
    assertThat(rows.texts("show application_name")).containsExactly("test");
  }

  @Test
  void a_server_that_is_not_there_is_named_in_its_own_words_within_the_patience() {
    Settings nowhere = rows.settings.with(Setting.DATABASE_URL, "jdbc:postgresql://127.0.0.1:1/x");
    Instant start = Instant.now();
    try (Database database = Database.open(nowhere, "test", Duration.ofSeconds(1))) {
      assertThatThrownBy(() -> database.transaction(connection -> 1)).hasMessageContaining("127.0.0.1:1 refused")
          .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class))
          .satisfies(e -> assertThat(e.isAway()).isTrue());
      assertThat(database.isAway()).isTrue();
    }
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void a_pool_whose_connections_are_all_in_use_is_busy_and_the_server_is_not_taken_for_away() {
    Settings one = rows.settings.with(Setting.DATABASE_CONNECTIONS, "1");
    try (Database database = Database.open(one, "test", Duration.ofMillis(250))) {
      database.query(_ -> {
        assertThatThrownBy(() -> database.query(_ -> 1))
            .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class)).satisfies(e -> {
              assertThat(e.isBusy()).isTrue();
              assertThat(e.isTransient()).isTrue();
              assertThat(e.isAway()).isFalse();
            });
        return 1;
      });
      assertThat(database.isAway()).isFalse();
    }
  }

  @Test
  void work_that_waits_leaves_a_connection_to_work_that_cannot() throws Exception {
    Settings two = rows.settings.with(Setting.DATABASE_CONNECTIONS, "2");
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (Database database = Database.open(two, "test", Duration.ofSeconds(2));
        var slots = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        var _ = slots.submit(() -> database.transactionWhenReachable(() -> false, _ -> {
          begun.countDown();
          await(end);
          return 1;
        }));
      }
      begun.await();
      try {
        assertThat(database.<Integer>query(_ -> 7)).isEqualTo(7);
      } finally {
        end.countDown();
      }
    }
  }

  @Test
  void a_stop_ends_the_waiting_for_a_server_that_is_away() {
    Settings nowhere = rows.settings.with(Setting.DATABASE_URL, "jdbc:postgresql://127.0.0.1:1/x");
    Instant stop = Instant.now().plusSeconds(4);
    try (Database database = Database.open(nowhere, "test", Duration.ofMillis(250))) {
      // By then the waits between two tries are seconds long.
      assertThatThrownBy(() -> database.transactionWhenReachable(() -> Instant.now().isAfter(stop), _ -> 1))
          .isInstanceOf(DatabaseException.class);
      assertThat(Duration.between(stop, Instant.now())).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void a_role_that_may_not_create_tables_is_told_so_by_the_servers_own_word() {
    String role = "guest_" + UUID.randomUUID().toString().substring(0, 8);
    rows.change("create role " + role + " login password 'guest'");
    Settings guest = TestRows.emptyDatabase().with(Setting.DATABASE_USER, role).with(Setting.DATABASE_PASSWORD,
        "guest");
    try (Database database = Database.open(guest, "test", Duration.ofSeconds(5))) {
      assertThatThrownBy(database::migrate).asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class))
          .satisfies(e -> {
            assertThat(e.isForbidden()).isTrue();
            assertThat(e).hasMessageContaining("permission denied");
          });
    }
    rows.change("drop role " + role);
  }

  @Test
  void tables_that_are_not_those_of_a_migration_are_a_failure_of_the_database() {
    try (Database database = Database.open(TestRows.emptyDatabase(), "test", Duration.ofSeconds(5))) {
      database.migrate();
      database.query(connection -> execute(connection, "update flyway_schema_history set checksum = 1"));
      assertThatThrownBy(database::migrate).isInstanceOf(DatabaseException.class)
          .hasMessageStartingWith("the tables cannot be brought to this version: ");
    }
  }

  @Test
  void a_database_without_schema_or_of_another_name_is_told_apart() {
    try (Database database = Database.open(TestRows.emptyDatabase(), "test", Duration.ofSeconds(2))) {
      assertThatThrownBy(() -> new BatchLedger(database).claimDue(1, OptionalInt.empty()))
          .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class)).satisfies(e -> {
            assertThat(e.isWithoutSchema()).isTrue();
            assertThat(e.isAway()).isFalse();
          });
    }
    String url = rows.settings.text(Setting.DATABASE_URL);
    String absent = url.substring(0, url.lastIndexOf('/') + 1) + "absent";
    try (Database database = Database.open(rows.settings.with(Setting.DATABASE_URL, absent), "test",
        Duration.ofSeconds(1))) {
      assertThatThrownBy(() -> database.transaction(connection -> 1))
          .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class))
          .satisfies(e -> assertThat(e.isRefusedAtTheDoor()).isTrue());
    }
  }

  @Test
  void migrations_run_once_though_several_processes_begin_at_once_with_one_connection_each() throws Exception {
    Settings settings = TestRows.emptyDatabase().with(Setting.DATABASE_CONNECTIONS, "1");
    Callable<Integer> migrate = () -> {
      try (Database database = Database.open(settings, "test")) {
        return database.migrate().steps();
      }
    };
    int steps = 0;
    try (var threads = Executors.newFixedThreadPool(3)) {
      for (var one : threads.invokeAll(List.of(migrate, migrate, migrate))) {
        steps += one.get();
      }
    }
    try (Database database = Database.open(settings, "test")) {
      Database.Migrated again = database.migrate();
      assertThat(again.steps()).isZero();
      assertThat(again.version()).isEqualTo(Integer.toString(steps));
    }
  }

  @Test
  void a_database_that_cannot_hold_every_path_is_refused() {
    rows.database.requireUsable();
    String name = "ascii_" + UUID.randomUUID().toString().replace('-', '_');
    rows.change("create database " + name + " encoding 'SQL_ASCII' template template0 locale_provider libc locale 'C'");
    String url = rows.settings.text(Setting.DATABASE_URL);
    String ascii = url.substring(0, url.lastIndexOf('/') + 1) + name;
    try (Database database = Database.open(rows.settings.with(Setting.DATABASE_URL, ascii), "test")) {
      assertThatThrownBy(database::requireUsable).isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("SQL_ASCII");
    }
    rows.change("drop database " + name);
  }

  @Test
  void the_role_of_workers_may_do_what_they_do_and_no_more() {
    String role = "pg_monitor";
    Grants.toWorker(rows.database, role);
    Grants.toWorker(rows.database, role);

    List<String> relations = rows.texts(
        """
            select relname from pg_class where relnamespace = current_schema::regnamespace and relkind in ('r', 'v', 'm', 'p')
            and relname <> 'flyway_schema_history'""");
    assertThat(relations).isNotEmpty();
    for (String relation : relations) {
      boolean table = Grants.TABLES.contains(relation);
      assertThat(table || Grants.SUMS.contains(relation) || Grants.VIEWS.contains(relation)).as(relation).isTrue();
      assertThat(may(role, relation, "select")).as(relation).isTrue();
      assertThat(may(role, relation, "insert")).as(relation).isEqualTo(table);
      assertThat(may(role, relation, "update")).as(relation).isEqualTo(table);
      assertThat(may(role, relation, "delete")).as(relation).isEqualTo(relation.equals("dead_files"));
      assertThat(may(role, relation, "truncate")).as(relation).isFalse();
    }
    assertThat(may(role, "flyway_schema_history", "select")).isTrue();
    assertThat(may(role, "flyway_schema_history", "insert")).isFalse();
  }

  @Test
  void the_role_of_readers_may_read_everything_and_write_nothing() {
    String role = "pg_read_all_settings";
    Grants.toReader(rows.database, role);
    Grants.toReader(rows.database, role);

    List<String> relations = rows.texts("""
        select relname from pg_class where relnamespace = current_schema::regnamespace
        and relkind in ('r', 'v', 'm', 'p')""");
    assertThat(relations).contains("flyway_schema_history").containsAll(Grants.TABLES).containsAll(Grants.SUMS)
        .containsAll(Grants.VIEWS);
    for (String relation : relations) {
      assertThat(may(role, relation, "select")).as(relation).isTrue();
      for (String write : List.of("insert", "update", "delete", "truncate", "references", "trigger")) {
        assertThat(may(role, relation, write)).as(relation + " " + write).isFalse();
      }
    }
  }

  @Test
  void the_version_of_the_schema_is_told_beside_the_one_that_is_known() {
    SchemaVersion version = SchemaVersion.of(rows.settings);
    assertThat(version.applied()).isEqualTo(version.known()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void a_grant_to_a_role_that_is_not_there_is_refused_whatever_its_name() {
    assertThatThrownBy(() -> Grants.toWorker(rows.database, "no\"body; drop table files"))
        .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class))
        .satisfies(e -> assertThat(e.state()).isEqualTo("42704"));
    assertThat(rows.number("select count(*) from files")).isZero();
  }

  private boolean may(String role, String relation, String privilege) {
    return rows.texts("select has_table_privilege('%s', '%s', '%s')".formatted(role, relation, privilege)).getFirst()
        .equals("t");
  }

  private Callable<Integer> crossing(int first, int second, AtomicInteger tries, CountDownLatch bothHoldOne) {
    String sql = "update library set location = location || '+' where id = ";
    return () -> rows.database.transactionWhenReachable(() -> false, connection -> {
      tries.incrementAndGet();
      execute(connection, sql + first);
      bothHoldOne.countDown();
      await(bothHoldOne);
      return execute(connection, sql + second);
    });
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql) ? 0 : statement.getUpdateCount();
    }
  }
}
