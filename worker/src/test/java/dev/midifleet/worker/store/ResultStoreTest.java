package dev.midifleet.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.worker.analyze.Analysis;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResultStoreTest {
  private final Planned planned = new Planned(Map.of("MIDIFLEET_DATABASE_CONNECTIONS", "4"));
  private final ResultStore store = new ResultStore(planned.database, planned.settings, UUID.randomUUID());

  @AfterEach
  void close() { planned.close(); }

  @Test
  void a_batch_is_written_whole() {
    Batch batch = planned.batch(3, 1);
    assertThat(store(batch, Planned.done(batch, 60))).isEqualTo(new Stored(true, 3, 0, 0, 0, 0));
    assertThat(planned.number("select count(*) from facts")).isEqualTo(3);
    assertThat(planned.number("select count(*) from files where status = 'done' and analyzed_at is not null"))
        .isEqualTo(3);
    assertThat(planned.text("select outcome || ' ' || files_done from batches where committed_at is not null"))
        .isEqualTo("done 3");
    assertThat(
        planned.lines("select total_notes || ' ' || parse_status || ' ' || array_length(pitch_class_histogram, 1)"
            + " from musical_metadata"))
        .containsOnly("8 clean 12");
  }

  @Test
  void a_batch_that_was_committed_before_writes_nothing() {
    Batch batch = planned.batch(2, 1);
    store(batch, Planned.done(batch, 60));
    assertThat(store(batch, Planned.done(batch, 70)).committed()).isFalse();
    assertThat(planned.number("select count(*) from facts")).isEqualTo(2);
  }

  @Test
  void files_that_another_batch_owns_by_now_are_left_alone() {
    Batch batch = planned.batch(2, 1);
    long lost = batch.files().getFirst().id();
    planned.execute("update files set batch_id = null, status = 'new' where id = " + lost);
    assertThat(store(batch, Planned.done(batch, 60))).isEqualTo(new Stored(true, 1, 0, 0, 0, 0));
    assertThat(planned.text("select status from files where id = " + lost)).isEqualTo("new");
    assertThat(planned.number("select files_done from batches")).isEqualTo(1);
  }

  @Test
  void one_row_that_the_database_refuses_is_found_and_the_rest_commits() {
    planned.execute("alter table facts add constraint no_seventy check (pitch_range_min <> 64)");
    Batch batch = planned.batch(9, 1);
    assertThat(store(batch, Planned.done(batch, 60))).isEqualTo(new Stored(true, 8, 0, 1, 0, 1));
    assertThat(planned.lines("select kind from dead_files")).containsExactly("REFUSED_BY_DATABASE");
    assertThat(planned.text("select reason from dead_files")).contains("no_seventy");
    assertThat(planned.number("select count(*) from facts")).isEqualTo(8);
  }

  @Test
  void a_row_of_another_table_that_the_database_refuses_costs_only_its_file() {
    Batch batch = planned.batch(5, 1);
    long file = batch.files().get(2).id();
    planned.execute("alter table files add constraint odd check (id <> " + file + " or status <> 'done')");
    assertThat(store(batch, Planned.done(batch, 60))).isEqualTo(new Stored(true, 4, 0, 1, 0, 1));
    assertThat(planned.lines("select file_id || ' ' || kind || ' ' || reason from dead_files"))
        .containsExactly(file + " REFUSED_BY_DATABASE the row of this file was refused, with SQLSTATE 23514");
    assertThat(planned.text("select files_done || ' ' || files_dead from batches")).isEqualTo("4 1");
  }

  @Test
  void a_failure_that_may_pass_is_tried_again_and_then_dead() {
    Batch batch = planned.batch(2, 1);
    assertThat(store(batch, Planned.failed(batch, FailureKind.MISSING))).isEqualTo(new Stored(true, 0, 0, 0, 2, 0));
    assertThat(planned.text("select attempt || ' ' || (due_at > now()) || ' ' || cardinality(file_ids) from batches"
        + " where committed_at is null")).isEqualTo("2 true 2");
    assertThat(
        planned.number("select count(*) from files f join batches b on b.id = f.batch_id where b.committed_at is null"))
        .isEqualTo(2);
    assertThat(planned.lines("select kind || ' ' || byte_offset || ' ' || (batch_id = " + batch.id()
        + ") from failed_tries")).containsExactly("MISSING 7 true", "MISSING 7 true");

    Batch last = planned.batch(1, 3);
    assertThat(store(last, Planned.failed(last, FailureKind.MISSING))).isEqualTo(new Stored(true, 0, 0, 1, 0, 0));
    assertThat(planned.text("select kind || ' ' || byte_offset || ' ' || attempts from dead_files"))
        .isEqualTo("MISSING 7 3");
  }

  @Test
  void a_dead_letter_goes_with_the_transaction_that_succeeds() {
    Batch batch = planned.batch(1, 1);
    store(batch, Planned.failed(batch, FailureKind.MALFORMED));
    assertThat(planned.text("select status from files")).isEqualTo("dead");
    Batch again = planned.batch(1, 1);
    planned.execute("update dead_files set file_id = " + again.files().getFirst().id());
    store(again, Planned.done(again, 60));
    assertThat(planned.number("select count(*) from dead_files")).isZero();
  }

  @Test
  void facts_of_the_same_version_stay_unless_they_are_wanted_again() {
    Batch first = planned.batch(1, 1);
    store(first, Planned.done(first, 60));
    planned.execute("update facts set title = 'kept'");
    Batch second = planned.batch(1, 1);
    store(second, Planned.done(second, 60));
    assertThat(planned.text("select title from facts")).isEqualTo("kept");
    Batch third = planned.batch(1, 1);
    store(new Batch(third.id(), third.run(), 1, true, third.lane(), third.library(), third.files()),
        Planned.done(third, 60));
    assertThat(planned.text("select title from facts")).isEqualTo("null");
  }

  @Test
  void older_facts_are_replaced_beside_new_ones() {
    Batch first = planned.batch(2, 1);
    store(first, Planned.done(first, 60));
    planned.execute("update facts set analyzer_version = 0, title = 'old'");
    Batch second = planned.batch(4, 1);
    assertThat(store(second, Planned.done(second, 60))).isEqualTo(new Stored(true, 4, 0, 0, 0, 0));
    assertThat(planned.number("select count(*) from facts where analyzer_version > 0 and title is null")).isEqualTo(4);
  }

  /** Both have looked it up, neither has found it: the later one waits for the earlier, and then has nothing to insert. */
  @Test
  void a_content_that_another_worker_stores_at_the_same_moment_is_stored_once() throws Exception {
    Batch batch = planned.batch(3, 1);
    BatchResult result = Planned.done(batch, 60);
    UUID content = Objects.requireNonNull(result.facts().getFirst().contentHash());
    CompletableFuture<Stored> stored = planned.database.transaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute("insert into facts (content_hash, analyzer_version, title) values ('" + content + "', "
            + AnalyzerVersion.CURRENT + ", 'first')");
      }
      CompletableFuture<Stored> other = CompletableFuture.supplyAsync(() -> store(batch, result));
      await().until(() -> planned.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and query like 'copy facts%' and datname = current_database()") == 1);
      return other;
    });
    assertThat(stored.get()).isEqualTo(new Stored(true, 3, 0, 0, 0, 0));
    assertThat(planned.lines("select coalesce(title, '-') from facts order by title")).containsExactly("first", "-",
        "-");
    assertThat(planned.number("select count(*) from files where status = 'done'")).isEqualTo(3);
  }

  @Test
  void known_contents_are_found_by_version() {
    Batch batch = planned.batch(1, 1);
    BatchResult result = Planned.done(batch, 60);
    store(batch, result);
    List<UUID> asked = new ArrayList<>(
        result.facts().stream().map(Analysis::contentHash).map(Objects::requireNonNull).toList());
    asked.add(UUID.randomUUID());
    var facts = new FactsTable(planned.database);
    assertThat(facts.known(asked, AnalyzerVersion.CURRENT, () -> true)).containsExactly(asked.getFirst());
    assertThat(facts.known(asked, AnalyzerVersion.CURRENT + 1, () -> true)).isEmpty();
  }

  @Test
  void an_error_that_is_no_refusal_rolls_everything_back() {
    planned.execute("alter table facts rename to facts_elsewhere");
    Batch batch = planned.batch(1, 1);
    assertThatThrownBy(() -> store(batch, Planned.done(batch, 60))).hasMessageContaining("facts");
    assertThat(planned.number("select count(*) from batches where committed_at is not null")).isZero();
  }

  private Stored store(Batch batch, BatchResult result) { return store.store(batch, result, 1, () -> true); }
}
