package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.Rows;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditTest {
  private static final String RUN = "aaaaaaaa-0000-0000-0000-000000000001";
  private static final String LATER = "bbbbbbbb-0000-0000-0000-000000000002";
  private static final int ATTEMPTS_MAX = 4;

  private final Rows rows = new Rows();

  /** Of ten files in batches 1 and 2, two are retried in batch 3: seven done (two of them copies), three dead. */
  @BeforeEach
  void a_run_that_is_over() {
    rows.change("truncate library, runs, files, batches, dead_files, facts restart identity cascade");
    rows.change("insert into library (name, location) values ('main', '/x')");
    run(RUN, "1 h");
    files(10);
    batch(RUN, "{1,2,3,4,5}", "taken = 1, files_done = 4, files_copied = 2, files_retried = 1");
    batch(RUN, "{6,7,8,9,10}", "taken = 1, files_done = 2, files_dead = 2, files_retried = 1");
    batch(RUN, "{5,6}", "taken = 1, attempt = 2, files_done = 1, files_dead = 1");
    rows.change("update runs set file_count = 10");
    rows.change(
        "insert into facts (content_hash, analyzer_version) select md5('c' || n)::uuid, 1 from generate_series(1, 9) n");
    rows.change(
        "update files set status = 'done', analyzed_at = now(), content_hash = md5('c' || id)::uuid where id < 10");
    rows.change("update files set batch_id = case when id in (5, 6) then 3 when id < 6 then 1 else 2 end");
    for (int dead : new int[]{6, 8, 10}) {
      rows.change("update files set status = 'dead', analyzed_at = null, content_hash = null where id = " + dead);
      rows.change("insert into dead_files (file_id, run_id, kind, reason, attempts) values (%d, '%s', '%s', 'x', 1)"
          .formatted(dead, RUN, dead == 6 ? "MISSING" : "EMPTY"));
    }
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_run_that_is_over_balances() {
    AuditReport report = audit();

    assertThat(report.wrong()).isEmpty();
    assertThat(report.isBalanced()).isTrue();
    assertThat(report.planned()).isEqualTo(10);
    assertThat(report.done()).isEqualTo(7);
    assertThat(report.dead()).isEqualTo(3);
    assertThat(report.deadByKind()).isEqualTo(Map.of("EMPTY", 2L, "MISSING", 1L));
    assertThat(report.dropped() + report.givenBack() + report.changed() + report.elsewhere() + report.open()
        + report.lost()).isZero();
    assertThat(StatusJson.of(report)).containsEntry("balanced", true).containsEntry("planned", 10L);
  }

  @Test
  void files_that_have_left_the_run_are_counted_apart_and_it_still_balances() {
    rows.change(
        "update files set status = 'new', batch_id = null, content_hash = null, analyzed_at = null where id = 1");
    rows.change("update files set status = 'dropped', batch_id = null where id = 8");
    rows.change("delete from dead_files where file_id = 8");
    run(LATER, "1 min");
    rows.change("insert into batches (run_id, analyzer_version, file_ids) values ('" + LATER + "', 1, '{2,6}')");
    rows.change("update files set status = 'queued', batch_id = 4 where id in (2, 6)");

    AuditReport report = audit();

    assertThat(report.wrong()).isEmpty();
    assertThat(report.isBalanced()).isTrue();
    assertThat(report.changed()).isEqualTo(1);
    assertThat(report.dropped()).isEqualTo(1);
    assertThat(report.elsewhere()).isEqualTo(2);
    assertThat(report.done()).isEqualTo(5);
    assertThat(report.dead()).isEqualTo(1);
  }

  @Test
  void a_cancelled_run_balances_with_what_it_gave_back() throws Exception {
    rows.change("update files set status = 'queued' where batch_id = 3");
    rows.change("delete from dead_files where file_id = 6");
    rows.change("update batches set committed_at = null, outcome = null, files_done = 0, files_dead = 0 where id = 3");
    rows.change("update files set content_hash = null, analyzed_at = null where id = 5");
    new Cancel(rows.database()).cancel(UUID.fromString(RUN));

    AuditReport report = audit();

    assertThat(report.wrong()).isEmpty();
    assertThat(report.givenBack()).isEqualTo(2);
    assertThat(report.isBalanced()).isTrue();
  }

  @Test
  void a_retry_that_is_cancelled_leaves_both_runs_balanced() throws Exception {
    run(LATER, "1 min");
    rows.change("update runs set file_count = 1, origin = 'retry' where id = '" + LATER + "'");
    rows.change("insert into batches (run_id, analyzer_version, file_ids) values ('" + LATER + "', 1, '{8}')");
    rows.change("update files set status = 'queued', batch_id = 4 where id = 8");
    assertThat(Audit.of(rows.database(), Optional.of(LATER), ATTEMPTS_MAX).open()).isEqualTo(1);
    new Cancel(rows.database()).cancel(UUID.fromString(LATER));

    AuditReport retry = Audit.of(rows.database(), Optional.empty(), ATTEMPTS_MAX);

    assertThat(retry.run().run()).hasToString(LATER);
    assertThat(retry.wrong()).isEmpty();
    assertThat(retry.givenBack()).isEqualTo(1);
    assertThat(audit().isBalanced()).isTrue();
    assertThat(audit().dead()).isEqualTo(3);
  }

  @Test
  void a_run_with_open_batches_is_not_over() {
    rows.change("update batches set committed_at = null, outcome = null, files_done = 0, files_dead = 0 where id = 3");
    rows.change("update files set status = 'queued' where batch_id = 3");
    rows.change("delete from dead_files where file_id = 6");

    AuditReport report = audit();

    assertThat(report.wrong()).isEmpty();
    assertThat(report.open()).isEqualTo(2);
    assertThat(report.isOver()).isFalse();
    assertThat(report.isBalanced()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      fate      | main:5  | update files set status = 'queued' where id = 5
      fate      | main:3  | update files set batch_id = 99 where id = 3
      fate      | main:8  | update files set status = 'dead', batch_id = null where id = 8; \
      delete from dead_files where file_id = 8
      done      | main:4  | delete from facts where content_hash = md5('c4')::uuid
      done      | main:4  | update files set content_hash = null where id = 4
      done      | main:4  | update files set analyzed_at = null where id = 4
      dead      | main:8  | delete from dead_files where file_id = 8
      letter    | main:1  | insert into dead_files (file_id, run_id, kind, reason, attempts) \
      select 1, id, 'EMPTY', 'x', 1 from runs
      owner     | main:5  | update files set batch_id = 1 where id = 5
      open_once | main:1  | insert into batches (run_id, analyzer_version, file_ids) select id, 1, '{1}' from runs
      outcome   | 2       | update batches set outcome = null where id = 2
      counts    | 2       | update batches set files_retried = 2 where id = 2
      counts    | 1       | update batches set files_copied = 5 where id = 1
      counted   | 2       | update batches set files_done = 1, files_retried = 2 where id = 2
      counted   | 1       | update batches set files_done = 5, files_retried = 0 where id = 1
      counted   | 2       | update batches set files_dead = 3, files_retried = 0 where id = 2
      attempts  | 3       | update batches set attempt = 5 where id = 3
      suspects  | 3       | update batches set lane = 'suspect', crashes = 4, taken = 10 where id = 3
      cancelled | 4       | insert into batches (run_id, analyzer_version, file_ids) select id, 1, '{}' from runs; \
      update runs set cancelled_at = now()
      planned   |         | update runs set file_count = 11
      sums      | files_done | update settled_sums set files_done = files_done + 1 \
      where id = (select max(id) from settled_sums)
      sums      | batches | alter table batches disable trigger settled_already; \
      insert into batches (run_id, analyzer_version, file_ids, committed_at, outcome) \
      select id, 1, '{}', now(), 'done' from runs; alter table batches enable trigger settled_already
      sums      | EMPTY   | insert into letter_sums (kind, letters) values ('EMPTY', -1)
      sums      | OTHER   | insert into letter_sums (kind, letters) values ('OTHER', 1)
      """)
  void each_thing_that_is_wrong_is_found_by_its_name(String check, String example, String damage) {
    for (String statement : damage.split("; ", -1)) {
      rows.change(statement);
    }
    if (check.equals("cancelled")) {
      rows.change("update batches set file_ids = '{10}' where id = 4");
      rows.change("update files set batch_id = 4, status = 'queued' where id = 10");
    }

    AuditReport report = audit();

    assertThat(report.isBalanced()).isFalse();
    assertThat(report.wrong()).extracting(AuditReport.Wrong::check).contains(check);
    AuditReport.Wrong wrong = report.wrong().stream().filter(one -> one.check().equals(check)).findFirst()
        .orElseThrow();
    assertThat(wrong.count()).isEqualTo(1);
    assertThat(wrong.example()).isEqualTo(example);
    assertThat(wrong.advice()).isNotEmpty();
  }

  @Test
  void wrong_sums_are_right_again_after_the_advice_is_followed() {
    rows.change("delete from settled_sums");
    rows.change("delete from letter_sums");
    assertThat(audit().wrong()).singleElement().satisfies(wrong -> {
      assertThat(wrong.count()).as("batches, done, copied, dead, retried, and two kinds").isEqualTo(7);
      assertThat(wrong.advice()).contains("`select midifleet_recount()`");
    });

    rows.texts("select midifleet_recount()");

    assertThat(audit().isBalanced()).isTrue();
  }

  @Test
  void a_run_that_is_not_there_is_said_to_be_so() {
    assertThatThrownBy(() -> Audit.of(rows.database(), Optional.of("ffff"), 1)).isInstanceOf(MisuseException.class)
        .hasMessage("there is no run ffff");
    rows.change("truncate runs cascade");
    assertThatThrownBy(() -> Audit.of(rows.database(), Optional.empty(), 1)).hasMessage("there is no run yet");
  }

  @Test
  @Tag("long")
  void a_million_files_are_audited_in_seconds() {
    rows.change("truncate files, batches, dead_files, facts restart identity cascade");
    ManyRows.millionFiles(rows, RUN);
    long begin = System.nanoTime();

    AuditReport report = audit();

    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("audit of 1,000,000 files: %.1f s%n", seconds);
    assertThat(report.wrong()).isEmpty();
    assertThat(report.isBalanced()).isTrue();
    assertThat(report.planned()).isEqualTo(1_000_000);
    assertThat(report.dead()).isEqualTo(10_000);
    assertThat(seconds).isLessThan(60);
  }

  private AuditReport audit() { return Audit.of(rows.database(), Optional.of(RUN), ATTEMPTS_MAX); }

  private void run(String id, String ago) {
    rows.change("insert into runs (id, library_id, origin, started_at, planned_at) values ('" + id
        + "', 1, 'enqueue', now() - interval '" + ago + "', now())");
  }

  private void files(int count) { rows.change("""
      insert into files (library_id, path, path_key, size_bytes, modified_at)
      select 1, n::text, gen_random_uuid(), 1, now() from generate_series(1, %d) n""".formatted(count)); }

  private void batch(String run, String files, String counts) {
    rows.change("insert into batches (run_id, analyzer_version, file_ids, committed_at, outcome) values ('" + run
        + "', 1, '" + files + "', now(), 'done')");
    rows.change("update batches set " + counts + " where id = (select max(id) from batches)");
  }
}
