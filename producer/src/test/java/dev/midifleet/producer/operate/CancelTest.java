package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.producer.Rows;
import dev.midifleet.producer.operate.Cancel.Cancelled;
import dev.midifleet.producer.plan.BatchPlanner;
import dev.midifleet.producer.plan.Planned;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancelTest {
  private static final int FILES = 1_200;
  private static final Executor NEW_THREAD = task -> Thread.ofPlatform().start(task);

  private final Rows rows = new Rows();
  private final Cancel cancel = new Cancel(rows.database());
  private UUID run = UUID.randomUUID();

  @BeforeEach
  void a_run_with_open_batches() {
    rows.change("truncate library, runs, files, batches, dead_files restart identity cascade");
    rows.change("insert into library (name, location) values ('one', '/1')");
    run = newRun();
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at)
        select 1, 'f' || n, gen_random_uuid(), 100, now() from generate_series(1, %d) n""".formatted(FILES));
    assertThat(plan(run).batches()).isGreaterThan(2);
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void what_is_done_stays_and_the_rest_becomes_new_and_is_planned_by_the_next_run() throws Exception {
    rows.change("update batches set committed_at = now(), outcome = 'done' where id = 1");
    rows.change("update files set status = 'done' where batch_id = 1");
    long done = rows.number("select count(*) from files where status = 'done'");

    Cancelled cancelled = cancel.cancel(run);

    assertThat(cancelled.files()).isEqualTo(FILES - done);
    assertThat(cancelled.wasCancelled()).isFalse();
    assertThat(statuses()).containsExactly("done " + done, "new " + (FILES - done));
    assertThat(rows.number("select count(*) from batches where committed_at is null")).isZero();
    assertThat(rows.texts("select distinct outcome from batches where id > 1")).containsExactly("cancelled");
    assertThat(FleetStatus.ofRun(rows.database(), run.toString()).runs().getFirst().state())
        .isEqualTo(RunStatus.State.CANCELLED);
    assertThat(plan(newRun()).files()).isEqualTo(FILES - done);
  }

  @Test
  void a_second_cancel_finds_nothing_to_end() throws Exception {
    cancel.cancel(run);
    assertThat(cancel.cancel(run)).isEqualTo(new Cancelled(0, 0, true));
  }

  @Test
  void files_that_were_being_retried_are_dead_letters_again() throws Exception {
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select id, '%s', 'MISSING', 'gone', 3 from files where id <= 10""".formatted(run));
    cancel.cancel(run);
    assertThat(statuses()).containsExactly("dead 10", "new " + (FILES - 10));
  }

  @Test
  void files_that_were_being_analysed_again_are_done_again() throws Exception {
    rows.change("update files set content_hash = gen_random_uuid(), analyzed_at = now() where id <= 10");
    cancel.cancel(run);
    assertThat(statuses()).containsExactly("done 10", "new " + (FILES - 10));
  }

  @Test
  void a_file_that_another_batch_owns_by_now_is_left_alone() throws Exception {
    rows.change("update files set batch_id = 4711 where id = 1");
    cancel.cancel(run);
    assertThat(statuses()).containsExactly("new " + (FILES - 1), "queued 1");
  }

  @Test
  void a_cancelled_run_is_neither_planned_nor_published_nor_taken_any_more() throws Exception {
    var ledger = new BatchLedger(rows.database());
    var due = ledger.claimDue(1, OptionalInt.empty()).getFirst();
    cancel.cancel(run);
    UUID unplanned = newRun();
    cancel.cancel(unplanned);
    assertThat(plan(unplanned).files()).isZero();
    assertThat(rows.number("select count(*) from runs where planned_at is null")).isOne();
    assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();
    assertThat(ledger.take(due.id(), due.publication(), UUID.randomUUID(), 99, () -> false))
        .isInstanceOf(BatchLedger.Take.Settled.class);
  }

  @Test
  void a_batch_that_is_being_committed_is_waited_for_and_stays_done() throws Exception {
    var isHeld = new CountDownLatch(1);
    var mayCommit = new CountDownLatch(1);
    var worker = CompletableFuture.runAsync(() -> rows.database().transaction(connection -> {
      commitFirst(connection);
      isHeld.countDown();
      try {
        return mayCommit.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }), NEW_THREAD);
    assertThat(isHeld.await(30, TimeUnit.SECONDS)).isTrue();
    var cancelled = CompletableFuture.supplyAsync(() -> {
      try {
        return cancel.cancel(run);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }, NEW_THREAD);
    // All others end, and then only the one in its hands is open.
    while (rows.number("select count(*) from batches where committed_at is null") > 1) {
      Thread.sleep(20);
    }
    assertThat(cancelled).isNotDone();
    mayCommit.countDown();
    worker.get(30, TimeUnit.SECONDS);
    cancelled.get(30, TimeUnit.SECONDS);
    assertThat(rows.texts("select outcome from batches where id = 1")).containsExactly("done");
    assertThat(rows.number("select count(*) from files where status = 'done'")).isPositive();
    assertThat(rows.number("select count(*) from files where status = 'queued'")).isZero();
  }

  @Test
  @Tag("long")
  void hundreds_of_thousands_are_given_back_in_seconds() throws Exception {
    UUID large = newRun();
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, 'many' || n, gen_random_uuid(), 100, now(), 'queued' from generate_series(1, 300000) n""");
    rows.change("""
        insert into batches (run_id, analyzer_version, file_ids)
        select '%s', 1, array_agg(id order by id) from files where path like 'many%%'
        group by (id - %d - 1) / 500""".formatted(large, FILES));
    rows.change("""
        update files f set batch_id = b.id
        from (select id, unnest(file_ids) as file from batches where run_id = '%s') b where f.id = b.file"""
        .formatted(large));
    rows.change("analyze");
    long begin = System.nanoTime();

    Cancelled cancelled = cancel.cancel(large);

    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("cancel of 300,000 files in 600 batches: %.1f s%n", seconds);
    assertThat(cancelled).isEqualTo(new Cancelled(600, 300_000, false));
    assertThat(statuses()).containsExactly("new 300000", "queued " + FILES);
    assertThat(seconds).isLessThan(10);
  }

  private static void commitFirst(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("update batches set committed_at = now(), outcome = 'done' where id = 1");
      statement.execute("update files set status = 'done' where batch_id = 1");
    }
  }

  private List<String> statuses() {
    return rows.texts("select status || ' ' || count(*) from files group by status order by status::text");
  }

  private UUID newRun() {
    var id = UUID.randomUUID();
    rows.change("insert into runs (id, library_id, origin) values ('%s', 1, 'enqueue')".formatted(id));
    return id;
  }

  private Planned plan(UUID of) {
    return new BatchPlanner(rows.database(), rows.settings(), 2, () -> false).plan(of, new Library(1, "one", "/1"), "",
        BatchPlanner.Scope.NEW, sum -> {});
  }
}
