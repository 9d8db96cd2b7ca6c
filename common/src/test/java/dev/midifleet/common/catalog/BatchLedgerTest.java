package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.BatchLedger.Take;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchLedgerTest {
  private static final UUID WORKER = UUID.randomUUID();

  private final TestRows rows = new TestRows();
  private final BatchLedger ledger = rows.ledger;

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_claim_says_all_that_a_message_needs() {
    long batch = rows.batch(3);

    assertThat(ledger.claimDue(10, OptionalInt.empty())).singleElement().satisfies(due -> {
      assertThat(due.id()).isEqualTo(batch);
      assertThat(due.publication()).isEqualTo(1);
      assertThat(due.run()).isEqualTo(rows.run);
      assertThat(due.attempt()).isEqualTo(1);
      assertThat(due.library()).isEqualTo("main");
      assertThat(due.files()).containsExactly(1L, 2L, 3L);
    });
  }

  @Test
  void a_claimed_batch_is_claimed_again_only_when_its_time_is_over() {
    rows.batch(1);
    ledger.claimDue(10, OptionalInt.empty());

    assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();
    assertThat(rows.number("select ceil(extract(epoch from due_at - now())) from batches")).isBetween(50L,
        BatchLedger.CLAIM.toSeconds());
    rows.change("update batches set due_at = now()");

    assertThat(ledger.claimDue(10, OptionalInt.empty())).singleElement()
        .satisfies(due -> assertThat(due.publication()).isEqualTo(2));
  }

  @Test
  void a_published_batch_is_not_due_again() {
    rows.batch(1);
    ledger.published(ledger.claimDue(10, OptionalInt.empty()), List.of());
    rows.change("update batches set due_at = now()");

    assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();
  }

  @Test
  void a_refused_batch_is_due_at_once_with_the_next_number() {
    rows.batch(1);
    ledger.published(List.of(), ledger.claimDue(10, OptionalInt.empty()));

    assertThat(ledger.claimDue(10, OptionalInt.empty())).singleElement()
        .satisfies(due -> assertThat(due.publication()).isEqualTo(2));
  }

  @Test
  void what_comes_late_for_a_claim_that_ran_out_changes_nothing() {
    rows.batch(1);
    List<DueBatch> late = ledger.claimDue(10, OptionalInt.empty());
    rows.change("update batches set due_at = now()");
    ledger.claimDue(10, OptionalInt.empty());

    ledger.published(late, List.of());
    assertThat(rows.texts("select published_at is null from batches")).containsExactly("t");
    ledger.published(List.of(), late);
    assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();
  }

  @Test
  void claims_at_once_share_the_batches() throws Exception {
    for (int i = 0; i < 40; i++) {
      rows.batch(1);
    }
    var barrier = new CyclicBarrier(4);
    List<Long> claimed = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<List<DueBatch>> claim = () -> {
        barrier.await();
        List<DueBatch> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          all.addAll(ledger.claimDue(7, OptionalInt.empty()));
        }
        return all;
      };
      for (var future : threads.invokeAll(List.of(claim, claim, claim, claim))) {
        future.get().forEach(due -> claimed.add(due.id()));
      }
    }
    assertThat(claimed).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void a_batch_that_waits_for_its_time_and_a_suspect_are_not_claimed() {
    rows.batch(1, Duration.ofMinutes(10), Lane.BULK, 1);
    rows.batch(1, Duration.ZERO, Lane.SUSPECT, 1);

    assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();
  }

  @Test
  void a_take_gives_the_files_that_the_batch_still_owns_and_counts_the_start() {
    long batch = rows.batch(3);
    ledger.claimDue(10, OptionalInt.empty());
    rows.change("update files set status = 'new', batch_id = null where id = 2");

    Take take = take(batch, 1);

    assertThat(take).isInstanceOfSatisfying(Take.Taken.class, taken -> {
      assertThat(taken.batch().files()).extracting(FileEntry::id).containsExactly(1L, 3L);
      assertThat(taken.batch().library()).isEqualTo(new Library(1, "main", "/music"));
      assertThat(taken.batch().run()).isEqualTo(rows.run);
      assertThat(taken.batch().bytes()).isEqualTo(20);
      assertThat(taken.batch().analyzeKnown()).isFalse();
    });
    assertThat(rows.texts("select taken || ' ' || worker_id from batches")).containsExactly("1 " + WORKER);
  }

  @Test
  void a_take_by_an_older_message_finds_nothing() {
    long batch = rows.batch(1);
    ledger.claimDue(10, OptionalInt.empty());
    rows.change("update batches set due_at = now()");
    ledger.claimDue(10, OptionalInt.empty());

    assertThat(take(batch, 1)).isInstanceOf(Take.Settled.class);
    assertThat(take(batch, 2)).isInstanceOf(Take.Taken.class);
    assertThat(ledger.take(batch, 2, UUID.randomUUID(), 1, () -> true)).isInstanceOf(Take.Taken.class);
    assertThat(rows.number("select taken from batches")).isEqualTo(2);
  }

  @Test
  void a_take_of_a_settled_or_unknown_batch_finds_nothing() {
    long batch = rows.batch(1);
    ledger.claimDue(10, OptionalInt.empty());
    rows.change("update batches set committed_at = now(), outcome = 'done'");

    assertThat(take(batch, 1)).isInstanceOf(Take.Settled.class);
    assertThat(take(batch + 1, 1)).isInstanceOf(Take.Settled.class);
    assertThat(rows.number("select taken from batches")).isZero();
  }

  @Test
  void a_batch_for_a_newer_analyzer_is_left_alone() {
    long batch = rows.batch(1, Duration.ZERO, Lane.BULK, 2);
    ledger.claimDue(10, OptionalInt.empty());

    assertThat(take(batch, 1)).isEqualTo(new Take.Newer(2));
    assertThat(rows.number("select taken from batches")).isZero();
    assertThat(ledger.take(batch, 1, WORKER, 3, () -> true)).isInstanceOf(Take.Taken.class);
  }

  @Test
  void a_release_takes_the_start_back() {
    long batch = rows.batch(1);
    ledger.claimDue(10, OptionalInt.empty());
    take(batch, 1);

    ledger.release(batch, WORKER);
    ledger.release(batch, WORKER);

    assertThat(rows.number("select taken from batches")).isZero();
  }

  @Test
  void a_release_leaves_the_start_of_whoever_took_the_batch_since() {
    long batch = rows.batch(1);
    ledger.claimDue(10, OptionalInt.empty());
    take(batch, 1);
    UUID next = UUID.randomUUID();
    ledger.take(batch, 1, next, 1, () -> true);

    ledger.release(batch, WORKER);
    assertThat(rows.texts("select taken || ' ' || worker_id from batches")).containsExactly("2 " + next);
    ledger.release(batch, next);
    assertThat(rows.number("select taken from batches")).isEqualTo(1);
  }

  @Test
  void a_claim_for_one_library_leaves_the_batches_of_others() {
    rows.batch(1);

    assertThat(ledger.claimDue(10, OptionalInt.of(2))).isEmpty();
    assertThat(ledger.claimDue(10, OptionalInt.of(1))).hasSize(1);
  }

  @Test
  void reconcile_makes_due_what_the_queue_has_lost_and_nothing_else() {
    long lost = rows.batch(1);
    rows.batch(1);
    ledger.published(ledger.claimDue(10, OptionalInt.empty()), List.of());
    rows.change("update batches set committed_at = now() where id = 2");
    rows.batch(1, Duration.ofMinutes(10), Lane.BULK, 1);

    assertThat(ledger.reconcile(OptionalInt.of(1))).isEqualTo(1);
    assertThat(ledger.reconcile(OptionalInt.of(2))).isZero();

    assertThat(ledger.claimDue(10, OptionalInt.empty())).singleElement().satisfies(due -> {
      assertThat(due.id()).isEqualTo(lost);
      assertThat(due.publication()).isEqualTo(2);
    });
    assertThat(take(lost, 1)).isInstanceOf(Take.Settled.class);
  }

  @Test
  void inserted_batches_are_numbered_in_their_order() {
    List<NewBatch> batches = new ArrayList<>();
    for (long i = 1; i <= 300; i++) {
      batches.add(new NewBatch(rows.run, Lane.BULK, 1, List.of(i, i + 1), i, Duration.ZERO));
    }
    long[] ids = rows.database.transaction(connection -> BatchLedger.insert(connection, batches, 1));

    assertThat(ids).hasSize(300).isSorted().doesNotHaveDuplicates();
    assertThat(rows.number("select byte_count from batches where id = " + ids[41])).isEqualTo(42);
    assertThat(rows.number("select sum(file_count) from batches")).isEqualTo(600);
  }

  private Take take(long batch, int publication) { return ledger.take(batch, publication, WORKER, 1, () -> true); }
}
