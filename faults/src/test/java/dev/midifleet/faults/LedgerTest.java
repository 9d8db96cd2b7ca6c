package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerTest {
  private static final Ledger.Expected EXPECTED = Ledger.Expected.of(Set.of("a.mid", "b.mid", "c.mid", "d.mid"),
      Map.of("d.mid", FailureKind.MISSING));

  private static Connection connection;

  @BeforeAll
  static void makeTables() throws SQLException {
    var credentials = TestDatabase.shared().newDatabase();
    try (var database = Database.open(Settings.of(Map.of(Setting.DATABASE_URL.variable(), credentials.jdbcUrl(),
        Setting.DATABASE_USER.variable(), credentials.user(), Setting.DATABASE_PASSWORD.variable(),
        credentials.password())), "test")) {
      database.migrate();
    }
    connection = Rows.connect(credentials.jdbcUrl(), credentials.user(), credentials.password());
    // So that rows can be broken that the tables themselves would refuse.
    change("alter table files drop constraint files_path_key_key");
    change("alter table dead_files drop constraint dead_files_file_id_fkey");
    change("alter table facts drop constraint facts_pkey cascade");
  }

  @AfterAll
  static void close() throws SQLException { connection.close(); }

  /** Three files done, two of them copies, in a batch; a fourth that was missing in two batches. */
  @BeforeEach
  void balanced() throws SQLException {
    change("""
        truncate library, runs, files, batches, dead_files, facts restart identity cascade;
        insert into library (name, location) values ('main', '/music');
        insert into runs (id, library_id, origin, file_count, planned_at) values
          ('00000000-0000-0000-0000-000000000001', 1, 'enqueue', 4, now());
        insert into batches (run_id, attempt, analyzer_version, file_ids, publications, published_at, taken,
          committed_at, outcome, files_done, files_copied, files_dead, files_retried)
        values ('00000000-0000-0000-0000-000000000001', 1, 1, '{1,2,3,4}', 1, now(), 2, now(), 'done', 3, 1, 0, 1),
          ('00000000-0000-0000-0000-000000000001', 2, 1, '{4}', 1, now(), 1, now(), 'done', 0, 0, 1, 0);
        insert into files (library_id, path, path_key, size_bytes, modified_at, batch_id, status, content_hash,
          analyzed_at)
        select 1, name || '.mid', gen_random_uuid(), 10, now(), case name when 'd' then 2 else 1 end,
          (case name when 'd' then 'dead' else 'done' end)::file_status,
          case when name = 'd' then null else ('00000000-0000-0000-0000-00000000000' || n)::uuid end,
          case when name = 'd' then null else now() end
        from (values ('a', 1), ('b', 2), ('c', 2), ('d', 3)) as v(name, n);
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        values (4, '00000000-0000-0000-0000-000000000001', 'MISSING', 'gone', 2)""");
    facts(1);
    facts(2);
  }

  private static void facts(int content) throws SQLException { change("""
      do $$ declare names text; vals text; begin
        select string_agg(column_name, ', '), string_agg(case
          when column_name = 'content_hash' then '''00000000-0000-0000-0000-00000000000%d'''
          when udt_name = 'bytea' then '''''' when udt_name in ('json', 'jsonb') then '''[]'''
          when udt_name = 'bool' then 'false'
          when data_type = 'ARRAY' then '''{}''' when udt_name like 'timestamp%%' then 'now()'
          when udt_name = 'text' then '''x''' when udt_name = 'uuid' then 'gen_random_uuid()' else '1' end, ', ')
        into names, vals from information_schema.columns
        where table_name = 'facts' and table_schema = 'public' and is_nullable = 'NO';
        execute 'insert into facts (' || names || ') values (' || vals || ')';
      end $$""".formatted(content)); }

  private static void change(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void balanced_rows_are_counted() throws SQLException {
    assertThat(new Ledger(connection, EXPECTED).balance()).isEqualTo(new Ledger.Counts(4, 3, 1, 1, 2, 3, 2, 1));
    assertThat(new Ledger(connection, Ledger.Expected.of(4, Map.of("d.mid", FailureKind.MISSING))).balance().dead())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "file_without_fate: planned | a.mid is queued | update files set status = 'queued' where path = 'a.mid'",
      "file_without_fate | a.mid is new | update files set status = 'new', batch_id = null where path = 'a.mid'",
      "without a fate: new | a.mid | update files set status = 'new', batch_id = null where path = 'a.mid'",
      "planned_without_row | file 2 of batch 1 | delete from files where path = 'b.mid'",
      "lost: tried | b.mid | delete from files where path = 'b.mid'",
      "strange: a row | z.mid | update files set path = 'z.mid' where path = 'b.mid'",
      "files: 4 were tried, 3 | | delete from files where path = 'b.mid'",
      "double_row | a.mid has 2 rows | update files set path = 'a.mid' where path = 'b.mid'",
      "double_facts | 000000000001 has 2 | insert into facts select * from facts where content_hash::text like '%01'",
      "owned_by_open_batch | a.mid by batch 1 | update batches set committed_at = null, outcome = null where id = 1",
      "owned_by_stranger | a.mid by batch 2 | update files set batch_id = 2 where path = 'a.mid'",
      "done_without_facts | a.mid with content none | update files set content_hash = null where path = 'a.mid'",
      "done_without_facts | b.mid with content | delete from facts where content_hash::text like '%02'",
      "facts_without_done | d.mid is dead | update files set content_hash = gen_random_uuid() where path = 'd.mid'",
      "dead_without_letter | d.mid | delete from dead_files",
      "d.mid is not dead, and should be by MISSING | | delete from dead_files",
      "d.mid is dead by EMPTY, and should be by MISSING | | update dead_files set kind = 'EMPTY'",
      "letter_without_dead | a.mid is done | insert into dead_files select 1, run_id, kind, reason from dead_files",
      "a.mid is dead by MISSING, and was not broken ||"
          + " insert into dead_files select 1, run_id, kind, reason from dead_files",
      "outcome: | batch 2 none | update batches set outcome = null where id = 2",
      "counted_too_much | batch 2 has 1 files | update batches set files_done = 1 where id = 2",
      "counted_otherwise | batch 1 counts 2 done and 0 dead, the rows say 3 |"
          + " update batches set files_done = 2 where id = 1",
      "settled: the batches have counted 3 | | update batches set files_done = 2 where id = 1",
      "settled: the batches have counted 5 | | update batches set files_dead = 2 where id = 2",
      "planned twice: 1 files | | insert into runs (id, library_id, origin, file_count) values (gen_random_uuid(), 1,"
          + " 'enqueue', 1); insert into batches (run_id, analyzer_version, file_ids, committed_at, outcome, taken,"
          + " publications) select id, 1, '{1}', now(), 'done', 1, 1 from runs where planned_at is null",
      "done_without_take | batch 1: 1 publications, 0 takes | update batches set taken = 0 where id = 1",
      "run_planned | counts 5 files, and 4 came | update runs set file_count = 5",
      "run_settled | planned 4 files; done 2, dead 1 | update batches set files_done = 2 where id = 1",
      "dropped: 0 were dropped on purpose, 1 are | | update files set status = 'dropped' where path = 'c.mid'",
      "attempts: 9, at most 3 | | update batches set attempt = 9 where id = 2",
      "suspects: | batch 2: 4 crashes, taken 5 times |"
          + " update batches set lane = 'suspect', crashes = 4, taken = 5 where id = 2",
      "suspects: | batch 2: 0 crashes, taken 11 times | update batches set lane = 'suspect', taken = 11 where id = 2"})
  void each_line_that_does_not_balance_is_named(String line, String detail, String broken) throws SQLException {
    change(broken.replace("select 1, run_id", "select 1::bigint, run_id").replace("insert into dead_files select",
        "insert into dead_files (file_id, run_id, kind, reason, attempts) select").replace("reason from dead_files",
            "reason, 1 from dead_files"));
    assertThatThrownBy(() -> new Ledger(connection, EXPECTED).balance()).isInstanceOf(AssertionError.class)
        .hasMessageContaining(line).hasMessageContaining(detail == null ? "" : detail);
  }

  @Test
  void what_is_allowed_is_no_fault() throws SQLException {
    change("update files set status = 'dropped', batch_id = null, content_hash = null where path = 'c.mid'");
    new Ledger(connection, EXPECTED.dropped(1)).balance();
    change("""
        update files set status = 'new', batch_id = null, content_hash = null, analyzed_at = null where path = 'a.mid';
        update batches set outcome = 'cancelled', file_ids = '{1}', files_done = 0, files_copied = 0, files_retried = 0
        where id = 1;
        delete from files where path in ('b.mid', 'c.mid'); update runs set file_count = 2""");
    new Ledger(connection, Ledger.Expected.of(2, Map.of("d.mid", FailureKind.MISSING)).cancelled(1)).balance();
  }

  @Test
  void a_batch_that_does_not_end_is_shown() throws SQLException {
    change("update batches set committed_at = null, outcome = null where id = 2");
    assertThatThrownBy(() -> new Ledger(connection, EXPECTED).awaitSettled(Duration.ofMillis(300)))
        .isInstanceOf(AssertionError.class).hasMessageContaining("nothing moves")
        .hasMessageContaining("batch 2 of run 00000000").hasMessageContaining("attempt 2, 1 files");
  }
}
