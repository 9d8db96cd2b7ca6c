package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.producer.Rows;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetStatusTest {
  private static final String A = "aaaaaaaa-0000-0000-0000-000000000001";
  private static final String B = "bbbbbbbb-0000-0000-0000-000000000002";

  private final Rows rows = new Rows();

  @BeforeEach
  void one_library() {
    rows.change("truncate library, runs, files, batches, dead_files, workers, unreadable_messages"
        + " restart identity cascade");
    rows.change("insert into library (name, location) values ('main', '/x')");
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void without_a_run_there_is_nothing_to_show() {
    assertThat(FleetStatus.ofOpenRuns(rows.database())).isEqualTo(
        new FleetStatus(List.of(), List.of(), new TreeMap<>(), 0));
  }

  @Test
  void a_run_is_counted_from_its_batches() {
    run(A, "now() - interval '1 h'", "now()", 1_000);
    batch(A, "'{1,2,3}'", "committed_at = now(), files_done = 2, files_copied = 1, files_dead = 1, taken = 1");
    batch(A, "'{4,5}'", "committed_at = now(), files_done = 1, files_retried = 1, taken = 1");
    batch(A, "'{5}'", "due_at = now() + interval '1 h', attempt = 2");
    batch(A, "'{6,7}'", "due_at = now()");
    batch(A, "'{8}'", "due_at = now() + interval '60 s', publications = 1");
    batch(A, "'{9,10,11,12}'", "publications = 1, published_at = now()");
    batch(A, "'{13}'", "publications = 1, published_at = now(), taken = 1");

    assertThat(only(FleetStatus.ofRun(rows.database(), A))).satisfies(run -> {
      assertThat(run.state()).isEqualTo(RunStatus.State.RUNNING);
      assertThat(run.filesPlanned()).isEqualTo(1_000);
      assertThat(run.filesDone()).isEqualTo(3);
      assertThat(run.filesCopied()).isEqualTo(1);
      assertThat(run.filesDead()).isEqualTo(1);
      assertThat(run.filesRetried()).isEqualTo(1);
      assertThat(run.filesSettled()).isEqualTo(4);
      assertThat(run.filesQueued()).isEqualTo(9);
      assertThat(run.batches()).isEqualTo(7);
      assertThat(run.batchesOpen()).isEqualTo(5);
      assertThat(run.batchesUnpublished()).isEqualTo(2);
      assertThat(run.batchesDelayed()).isEqualTo(1);
      assertThat(run.batchesPublished()).isEqualTo(2);
      assertThat(run.batchesTaken()).isEqualTo(1);
      assertThat(run.isOver()).isFalse();
    });
  }

  @Test
  void suspects_are_counted_apart_and_never_as_unpublished() {
    run(A, "now()", "now()", 4);
    batch(A, "'{1}'", "lane = 'suspect'");
    batch(A, "'{2}'", "lane = 'suspect', taken = 1, due_at = now() + interval '90 s'");
    batch(A, "'{3}'", "lane = 'suspect', taken = 1, committed_at = now(), files_done = 1");
    batch(A, "'{4}'", "due_at = now()");

    assertThat(only(FleetStatus.ofRun(rows.database(), A))).satisfies(run -> {
      assertThat(run.batchesSuspect()).isEqualTo(2);
      assertThat(run.batchesUnpublished()).isEqualTo(1);
      assertThat(run.batchesDelayed()).isZero();
      assertThat(run.batchesOpen()).isEqualTo(3);
      assertThat(run.isOver()).isFalse();
    });
  }

  @Test
  void states_follow_from_the_rows() {
    run(A, "now() - interval '2 h'", "null", 1);
    assertThat(state(A)).isEqualTo(RunStatus.State.PLANNING);
    run(B, "now() - interval '1 h'", "now()", 1);
    assertThat(state(A)).isEqualTo(RunStatus.State.INTERRUPTED);
    assertThat(state(B)).isEqualTo(RunStatus.State.COMPLETE);
    batch(B, "'{1}'", "due_at = now()");
    assertThat(state(B)).isEqualTo(RunStatus.State.RUNNING);
    rows.change("update runs set cancelled_at = now() where id = '" + B + "'");
    assertThat(state(B)).isEqualTo(RunStatus.State.CANCELLED);
  }

  @Test
  void only_a_later_run_of_the_folder_or_of_one_above_it_makes_a_run_an_interrupted_one() {
    run(A, "now() - interval '2 h'", "null", 1);
    rows.change("update runs set folder = 'pop/80s'");
    run(B, "now() - interval '1 h'", "now()", 1);
    for (String elsewhere : List.of("pop/80", "pop/80s/live", "jazz", "pop/80_")) {
      rows.change("update runs set folder = '" + elsewhere + "' where id = '" + B + "'");
      assertThat(state(A)).as(elsewhere).isEqualTo(RunStatus.State.PLANNING);
      assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).as(elsewhere).containsExactly(A);
    }
    for (String covering : List.of("pop/80s", "pop", "")) {
      rows.change("update runs set folder = '" + covering + "' where id = '" + B + "'");
      assertThat(state(A)).as(covering).isEqualTo(RunStatus.State.INTERRUPTED);
    }
  }

  @Test
  void open_runs_are_shown_and_the_latest_when_none_is_open() {
    run(A, "now() - interval '2 h'", "now()", 1);
    run(B, "now() - interval '1 h'", "now()", 1);
    assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).containsExactly(B);
    batch(A, "'{1}'", "due_at = now()");
    assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).containsExactly(A);
    rows.change("update runs set planned_at = null where id = '" + B + "'");
    assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).containsExactly(A, B);
  }

  @Test
  void an_interrupted_run_is_shown_as_long_as_its_batches_are_open() {
    run(A, "now() - interval '2 h'", "null", 1);
    run(B, "now() - interval '1 h'", "now()", 1);
    batch(A, "'{1}'", "due_at = now()");
    assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).containsExactly(A);
    assertThat(only(FleetStatus.ofRun(rows.database(), A)).isOver()).isFalse();
    rows.change("update batches set committed_at = now()");
    assertThat(ids(FleetStatus.ofOpenRuns(rows.database()))).containsExactly(B);
    assertThat(only(FleetStatus.ofRun(rows.database(), A)).isOver()).isTrue();
  }

  @Test
  void a_run_is_found_by_the_beginning_of_its_id() {
    run(A, "now()", "now()", 1);
    run("aaaaaaab-0000-0000-0000-000000000003", "now()", "now()", 1);

    assertThat(only(FleetStatus.ofRun(rows.database(), "AAAAAAAA")).run()).hasToString(A);
    assertThatThrownBy(() -> FleetStatus.ofRun(rows.database(), "aaaa"))
        .hasMessage("more than one run begins with aaaa");
    assertThatThrownBy(() -> FleetStatus.ofRun(rows.database(), "%")).hasMessage("there is no run %");
    assertThatThrownBy(() -> FleetStatus.ofRun(rows.database(), "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void workers_are_alive_for_half_a_minute_and_forgotten_when_they_stopped() {
    worker("lively", "running", "5 s");
    worker("silent", "running", "40 s");
    worker("stopped-now", "stopped", "5 s");
    worker("stopped-before", "stopped", "40 s");
    worker("ancient", "running", "2 days");

    assertThat(FleetStatus.ofOpenRuns(rows.database()).workers())
        .extracting(worker -> worker.host() + " " + worker.isAlive())
        .containsExactly("lively true", "silent false", "stopped-now false");
  }

  @Test
  void dead_letters_and_unreadable_messages_are_counted() {
    run(A, "now()", "now()", 1);
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, n::text, gen_random_uuid(), 1, now(), 'dead' from generate_series(1, 3) n""");
    rows.change("insert into dead_files (file_id, run_id, kind, reason, attempts) select id, '" + A
        + "', case when id = 1 then 'EMPTY' else 'MISSING' end, 'x', 1 from files");
    rows.change("insert into unreadable_messages (queue, reason, body) values ('q', 'r', 'b')");

    FleetStatus status = FleetStatus.ofOpenRuns(rows.database());

    assertThat(status.deadByKind()).isEqualTo(Map.of("EMPTY", 1L, "MISSING", 2L));
    assertThat(status.unreadableMessages()).isEqualTo(1);
  }

  @Test
  void names_in_json_are_stable() {
    run(A, "now()", "null", 1);
    worker("w", "running", "1 s");
    FleetStatus status = FleetStatus.ofOpenRuns(rows.database());

    assertThat(StatusJson.of(status).keySet()).containsExactly("runs", "workers", "dead_by_kind",
        "unreadable_messages");
    assertThat(StatusJson.of(only(status)).keySet()).containsExactly("run", "library", "folder", "origin",
        "analyze_known", "state", "started_at", "planned_at", "cancelled_at", "files_found", "files_unchanged",
        "files_planned", "bytes_planned", "files_done", "files_copied", "files_dead", "files_retried", "files_queued",
        "batches", "batches_open", "batches_unpublished", "batches_delayed", "batches_published", "batches_taken",
        "batches_suspect");
    assertThat(StatusJson.of(status.workers().getFirst()).keySet()).containsExactly("worker", "host", "pid", "version",
        "state", "alive", "problem", "started_at", "seen_at", "slots", "threads", "files_done", "files_dead",
        "bytes_done");
    assertThat(StatusJson.of(only(status))).containsEntry("state", "planning").containsEntry("planned_at", null);
  }

  private void run(String id, String started, String planned, long files) { rows.change("""
      insert into runs (id, library_id, origin, started_at, planned_at, file_count)
      values ('%s', 1, 'enqueue', %s, %s, %d)""".formatted(id, started, planned, files)); }

  private void batch(String run, String files, String state) {
    rows.change("insert into batches (run_id, analyzer_version, file_ids) values ('%s', 1, %s)".formatted(run, files));
    rows.change("update batches set %s where id = (select max(id) from batches)".formatted(state));
  }

  private void worker(String host, String state, String ago) {
    rows.change("""
        insert into workers (id, host, pid, version, analyzer_version, seen_at, state, slots, threads)
        values (gen_random_uuid(), '%s', 1, '1', 1, now() - interval '%s', '%s', 4, 2)""".formatted(host, ago, state));
  }

  private RunStatus.State state(String run) { return only(FleetStatus.ofRun(rows.database(), run)).state(); }

  private static RunStatus only(FleetStatus status) {
    assertThat(status.runs()).hasSize(1);
    return status.runs().getFirst();
  }

  private static List<String> ids(FleetStatus status) {
    return status.runs().stream().map(run -> run.run().toString()).toList();
  }
}
