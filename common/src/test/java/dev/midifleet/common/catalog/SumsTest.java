package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The sums that triggers keep beside batches and dead letters. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SumsTest {
  private static final String SETTLED_IN_ROWS = """
      select run_id || ' ' || count(*) || ' ' || sum(files_done) || ' ' || sum(files_copied) || ' ' || sum(files_dead) || ' '
        || sum(files_retried) from batches where committed_at is not null group by run_id order by run_id""";
  private static final String SETTLED = """
      select run_id || ' ' || sum(batches) || ' ' || sum(files_done) || ' ' || sum(files_copied) || ' ' || sum(files_dead)
        || ' ' || sum(files_retried) from settled_sums group by run_id having sum(batches) <> 0 order by run_id""";
  private static final String LETTERS_IN_ROWS = "select kind || ' ' || count(*) from dead_files group by kind order by kind";
  private static final String LETTERS = """
      select kind || ' ' || sum(letters) from letter_sums group by kind having sum(letters) <> 0 order by kind""";

  private final TestRows rows = new TestRows();

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_batch_counts_from_its_commit_on_with_what_it_says_last() {
    batches(3);
    assertThat(rows.texts(SETTLED)).isEmpty();
    commit(1, 5, 2, 1, 0);
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 1 5 2 1 0");
    rows.change("update batches set files_done = 4, files_retried = 2 where id = 1");
    commit(2, 10, 0, 0, 0);
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 2 14 2 1 2");
    rows.change("update batches set committed_at = null where id = 1");
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 1 10 0 0 0");
    rows.change("delete from batches where id = 2");
    assertThat(rows.texts(SETTLED)).isEmpty();
  }

  @Test
  void publishing_and_taking_count_nothing() {
    rows.batch(3);
    var due = rows.ledger.claimDue(1, OptionalInt.empty());
    rows.ledger.published(due, List.of());
    rows.ledger.take(1, 1, UUID.randomUUID(), 1, () -> false);
    assertThat(rows.number("select count(*) from settled_sums")).isZero();
  }

  @Test
  void what_is_rolled_back_counts_nothing_and_takes_no_sum_away() {
    batches(300);
    letters(200);
    for (int i = 1; i <= 100; i++) {
      commit(i, 1, 0, 0, 0);
    }
    for (int from = 101; from <= 300; from += 50) {
      int first = from;
      assertThatThrownBy(() -> rows.database.transaction(connection -> {
        for (int i = first; i < first + 50; i++) {
          execute(connection, "update batches set committed_at = now(), files_done = 7 where id = " + i);
          execute(connection, "delete from dead_files where file_id = " + (i - 100));
        }
        throw new IllegalStateException("died");
      })).hasMessage("died");
    }
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 100 100 0 0 0");
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 100", "MISSING 100");
  }

  @Test
  void letters_count_by_kind_as_they_come_change_and_go_many_at_once() {
    letters(1_000);
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 500", "MISSING 500");
    String upsert = """
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select id, '%s', 'TOO_LARGE', 'x', 1 from files where id between 991 and 1010
        on conflict (file_id) do update set kind = excluded.kind""".formatted(rows.run);
    newFiles(10);
    rows.change(upsert);
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 495", "MISSING 495", "TOO_LARGE 20");
    rows.change("delete from dead_files where file_id <= 900");
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 45", "MISSING 45", "TOO_LARGE 20");
    rows.change("delete from files where id between 901 and 910");
    assertThat(rows.texts(LETTERS)).as("with their files").containsExactly("EMPTY 40", "MISSING 40", "TOO_LARGE 20");
    rows.change("truncate dead_files");
    assertThat(rows.number("select count(*) from letter_sums")).isZero();
  }

  @Test
  void the_sums_stay_few_however_many_changes_there_are() {
    batches(2_000);
    letters(500);
    for (int i = 1; i <= 2_000; i++) {
      commit(i, 1, 0, 0, 0);
    }
    for (int i = 1; i <= 500; i++) {
      rows.change("update dead_files set kind = 'OTHER' where file_id = " + i);
      rows.change("delete from dead_files where file_id = " + i);
    }
    // By chance: of 1,000 changes none does it once in a thousand million tests.
    assertThat(rows.number("select count(*) from settled_sums")).isLessThan(1_000);
    assertThat(rows.number("select count(*) from letter_sums")).isLessThan(1_000);
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 2000 2000 0 0 0");
    assertThat(rows.texts(LETTERS)).isEmpty();
  }

  @Test
  void a_commit_waits_for_no_other_one() throws Exception {
    batches(400);
    letters(200);
    var held = new CountDownLatch(1);
    var free = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(1)) {
      var first = threads.submit(() -> rows.database.transaction(connection -> {
        for (int i = 1; i <= 200; i++) {
          execute(connection, "update batches set committed_at = now(), files_done = 1 where id = " + i);
        }
        execute(connection, "delete from dead_files where file_id <= 100");
        held.countDown();
        return awaited(free);
      }));
      assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
      rows.database.transaction(connection -> {
        execute(connection, "set local lock_timeout = '1s'");
        for (int i = 201; i <= 400; i++) {
          execute(connection, "update batches set committed_at = now(), files_done = 1 where id = " + i);
          execute(connection, "delete from dead_files where file_id = " + (i - 100));
        }
        return true;
      });
      assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 200 200 0 0 0");
      free.countDown();
      assertThat(first.get()).isTrue();
    }
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 400 400 0 0 0");
    assertThat(rows.texts(LETTERS)).isEmpty();
  }

  @RepeatedTest(3)
  void many_at_once_of_whom_some_die_leave_the_sums_of_the_rows(RepetitionInfo repetition) throws Exception {
    batches(800);
    letters(800);
    List<Callable<Integer>> workers = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      var random = new Random(100L * repetition.getCurrentRepetition() + n);
      int own = n;
      workers.add(() -> work(random, own));
    }
    int deaths = 0;
    try (var threads = Executors.newFixedThreadPool(6)) {
      for (var one : threads.invokeAll(workers)) {
        deaths += one.get();
      }
    }
    assertThat(deaths).isPositive();
    assertThat(rows.texts(SETTLED)).hasSize(1).isEqualTo(rows.texts(SETTLED_IN_ROWS));
    assertThat(rows.texts(LETTERS)).isNotEmpty().isEqualTo(rows.texts(LETTERS_IN_ROWS));
  }

  /** Settles its sixth of the batches, one a transaction, with changes of its sixth of the letters; some are ended. */
  private int work(Random random, int own) {
    int deaths = 0;
    for (int i = own + 1; i <= 800; i += 6) {
      int id = i;
      int fate = random.nextInt(8);
      try {
        rows.database.transaction(connection -> {
          execute(connection, "update batches set committed_at = now(), files_done = %d, files_dead = %d where id = %d"
              .formatted(random.nextInt(500), random.nextInt(9), id));
          execute(connection, random.nextBoolean()
              ? "delete from dead_files where file_id = " + id
              : "update dead_files set kind = 'KIND_" + random.nextInt(3) + "' where file_id = " + id);
          return fate == 0 ? execute(connection, "select pg_terminate_backend(pg_backend_pid())") : fate;
        });
      } catch (DatabaseException e) {
        deaths++;
      }
    }
    return deaths;
  }

  @Test
  void a_worker_may_not_change_the_sums_but_by_its_batches() {
    String role = "summed_" + UUID.randomUUID().toString().substring(0, 8);
    rows.change("create role " + role + " login password 'of-sums'");
    Grants.toWorker(rows.database, role);
    batches(100);
    letters(2);
    Settings of = rows.settings.with(Setting.DATABASE_USER, role).with(Setting.DATABASE_PASSWORD, "of-sums");
    try (Database database = Database.open(of, "test")) {
      for (String forbidden : List.of("delete from settled_sums",
          "insert into letter_sums (kind, letters) values ('X', 1)",
          "select midifleet_recount()")) {
        assertThatThrownBy(() -> database.query(connection -> execute(connection, forbidden))).as(forbidden)
            .hasMessageContaining("permission denied");
      }
      // Names of its own, which the owner's triggers must not take for theirs.
      database.transaction(connection -> {
        execute(connection, "create temporary table settled_sums (like settled_sums)");
        execute(connection, "create temporary table letter_sums (like letter_sums)");
        execute(connection, "update batches set committed_at = now(), files_done = 3");
        return execute(connection, "delete from dead_files where file_id = 1");
      });
    }
    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 100 300 0 0 0");
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 1");
    rows.change("drop owned by " + role);
    rows.change("drop role " + role);
  }

  @Test
  void rows_of_an_earlier_version_are_counted_and_its_readers_may_read_the_sums() {
    Settings settings = TestRows.emptyDatabase();
    Flyway.configure()
        .dataSource(settings.text(Setting.DATABASE_URL), settings.text(Setting.DATABASE_USER),
            settings.text(Setting.DATABASE_PASSWORD))
        .locations("classpath:db/migration").target("10").load().migrate();
    try (var earlier = new TestRows(settings)) {
      earlier.change("insert into library (name, location) values ('main', '/music')");
      earlier.change("insert into runs (id, library_id, origin) values ('" + earlier.run + "', 1, 'enqueue')");
      batches(earlier, 4);
      letters(earlier, 4);
      earlier.change("update batches set committed_at = now(), files_done = 2, files_retried = 1 where id < 4");
      earlier.change("grant select on dead_files to pg_read_all_settings");
      earlier.change("grant select on dead_files to public");
      earlier.database.migrate();

      assertThat(earlier.texts(SETTLED)).containsExactly(earlier.run + " 3 6 0 0 3");
      assertThat(earlier.texts(LETTERS)).containsExactly("EMPTY 2", "MISSING 2");
      assertThat(earlier.texts("select path from dead_files order by file_id")).containsExactly("f1", "f2", "f3", "f4");
      assertThat(earlier.texts("select grantee || ' ' || privilege_type from information_schema.role_table_grants"
          + " where table_name = 'settled_sums' and grantee <> current_user order by 1"))
          .containsExactly("PUBLIC SELECT", "pg_read_all_settings SELECT");
      earlier.change("update batches set committed_at = now(), files_done = 1 where id = 4");
      assertThat(earlier.texts(SETTLED)).isEqualTo(earlier.texts(SETTLED_IN_ROWS));
    }
  }

  @Test
  void a_recount_makes_the_sums_of_rows_that_were_loaded_without_triggers() {
    batches(3);
    rows.change("alter table batches disable trigger user");
    rows.change("alter table dead_files disable trigger letters_added");
    commit(1, 5, 2, 1, 0);
    letters(4);
    rows.change("alter table batches enable trigger user");
    rows.change("alter table dead_files enable trigger letters_added");
    assertThat(rows.texts(SETTLED)).isEmpty();

    rows.texts("select midifleet_recount()");

    assertThat(rows.texts(SETTLED)).containsExactly(rows.run + " 1 5 2 1 0");
    assertThat(rows.texts(LETTERS)).containsExactly("EMPTY 2", "MISSING 2");
  }

  @Test
  void a_letter_has_the_path_of_its_file_however_long() {
    String path = "é\\xff".repeat(3_000);
    rows.change("insert into files (library_id, path, path_key, size_bytes, modified_at) values (1, '" + path
        + "', gen_random_uuid(), 1, now()), (1, '" + path + "x', gen_random_uuid(), 1, now())");
    rows.change("insert into dead_files (file_id, run_id, kind, reason, attempts) select id, '" + rows.run
        + "', 'EMPTY', 'x', 1 from files");
    assertThat(rows.texts("select path from dead_files order by file_id")).containsExactly(path, path + "x");
  }

  private void batches(int count) { batches(rows, count); }

  private static void batches(TestRows rows, int count) {
    rows.change("insert into batches (run_id, analyzer_version, file_ids) select '" + rows.run
        + "', 1, array[n] from generate_series(1, " + count + ") n");
  }

  private void newFiles(int count) { newFiles(rows, count); }

  private static void newFiles(TestRows rows, int count) {
    rows.change("insert into files (library_id, path, path_key, size_bytes, modified_at) select 1, 'f' || n,"
        + " gen_random_uuid(), 1, now() from generate_series(1, " + count + ") n");
  }

  /** Of new files, every second one's of another kind. */
  private void letters(int count) { letters(rows, count); }

  private static void letters(TestRows rows, int count) {
    newFiles(rows, count);
    rows.change("insert into dead_files (file_id, run_id, kind, reason, attempts) select id, '" + rows.run
        + "', case when id % 2 = 0 then 'EMPTY' else 'MISSING' end, 'x', 1 from files");
  }

  private void commit(int batch, int done, int copied, int dead, int retried) { rows.change("""
      update batches set committed_at = now(), outcome = 'done', files_done = %d, files_copied = %d, files_dead = %d,
        files_retried = %d where id = %d""".formatted(done, copied, dead, retried, batch)); }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return statement.getUpdateCount();
    }
  }
}
