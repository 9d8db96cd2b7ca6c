package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.BatchLedger.Take;
import dev.midifleet.common.catalog.SuspectLedger.Claim;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspectLedgerTest {
  private static final UUID WORKER = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();
  private static final OptionalInt ALL = OptionalInt.empty();

  private final TestRows rows = new TestRows();
  private final BatchLedger ledger = rows.ledger;
  private final SuspectLedger suspects = new SuspectLedger(rows.database);

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void the_third_start_of_a_batch_splits_it_into_suspects_that_own_their_files() {
    long batch = published(3);
    assertThat(take(batch, UUID.randomUUID())).isInstanceOf(Take.Taken.class);
    assertThat(take(batch, UUID.randomUUID())).isInstanceOf(Take.Taken.class);

    assertThat(take(batch)).isEqualTo(new Take.Split(3));

    assertThat(rows.texts("select outcome from batches where id = " + batch)).containsExactly("split");
    assertThat(rows.texts("select lane || ' ' || attempt || ' ' || taken || ' ' || byte_count || ' ' || publications"
        + " from batches where committed_at is null order by id")).containsExactly("suspect 1 0 10 0",
            "suspect 1 0 10 0", "suspect 1 0 10 0");
    assertThat(rows.number("select count(*) from files f join batches b on b.id = f.batch_id"
        + " where b.lane = 'suspect' and b.file_ids = array[f.id]")).isEqualTo(3);
    assertThat(take(batch)).isInstanceOf(Take.Settled.class);
    assertThat(ledger.claimDue(10, ALL)).as("no relay publishes suspects").isEmpty();
    assertThat(ledger.reconcile(ALL)).isZero();
  }

  @Test
  void a_start_that_was_given_back_does_not_count() {
    long batch = published(1);
    for (int i = 0; i < 5; i++) {
      assertThat(take(batch)).isInstanceOf(Take.Taken.class);
      ledger.release(batch, WORKER);
    }
  }

  @Test
  void a_batch_that_comes_to_the_same_worker_again_is_no_new_start() {
    long batch = published(1);
    for (int i = 0; i < 5; i++) {
      assertThat(take(batch)).isInstanceOf(Take.Taken.class);
    }
    assertThat(rows.number("select taken from batches")).isEqualTo(1);
  }

  @Test
  void a_split_leaves_files_alone_that_another_batch_owns() {
    long batch = published(2);
    rows.change("update files set batch_id = 4711 where id = 1");
    assertThat(suspects.split(batch, ALL, () -> true)).isEqualTo(1);
    assertThat(rows.number("select batch_id from files where id = 1")).isEqualTo(4711);
    assertThat(suspects.split(batch, ALL, () -> true)).as("once").isZero();
  }

  @Test
  void what_the_broker_gave_up_is_split_only_while_it_is_the_last_publication() {
    long batch = published(1);
    assertThat(suspects.split(batch, OptionalInt.of(7), () -> true)).isZero();
    assertThat(suspects.split(batch, OptionalInt.of(1), () -> true)).isEqualTo(1);
    assertThat(suspects.split(4711, OptionalInt.of(1), () -> true)).isZero();
  }

  @Test
  void a_suspect_is_claimed_by_one_at_a_time_until_its_lease_ends() {
    suspect();
    Claim claim = claim(WORKER).orElseThrow();
    assertThat(claim.starts()).isEqualTo(1);
    assertThat(claim.batch().lane()).isEqualTo(Lane.SUSPECT);
    assertThat(claim.batch().files()).hasSize(1);
    assertThat(claim(OTHER)).isEmpty();
    assertThat(suspects.isAnyDue(1, ALL)).isFalse();
    assertThat(rows.number("select ceil(extract(epoch from due_at - now())) from batches where lane = 'suspect'"))
        .isBetween(80L, 90L);
    rows.change("update batches set due_at = now()");
    assertThat(suspects.isAnyDue(1, ALL)).isTrue();
    assertThat(claim(OTHER)).hasValueSatisfying(again -> assertThat(again.starts()).isEqualTo(2));
  }

  @Test
  void a_claim_can_be_renewed_by_its_holder_only() {
    suspect();
    long batch = claim(WORKER).orElseThrow().batch().id();
    rows.change("update batches set due_at = now()");
    suspects.renew(batch, OTHER, Duration.ofSeconds(90));
    assertThat(suspects.isAnyDue(1, ALL)).isTrue();
    suspects.renew(batch, WORKER, Duration.ofSeconds(90));
    assertThat(suspects.isAnyDue(1, ALL)).isFalse();
  }

  @Test
  void three_crashes_condemn_it_and_only_its_holder_may_count_them() {
    suspect();
    for (int crash = 1; crash <= SuspectLedger.CRASHES; crash++) {
      Claim claim = claim(WORKER).orElseThrow();
      assertThat(claim.isCondemned()).isFalse();
      suspects.crashed(claim.batch().id(), OTHER, () -> true);
      assertThat(rows.number("select max(crashes) from batches")).isEqualTo(crash - 1);
      suspects.crashed(claim.batch().id(), WORKER, () -> true);
      assertThat(rows.number("select max(crashes) from batches")).isEqualTo(crash);
    }
    assertThat(claim(WORKER)).hasValueSatisfying(claim -> assertThat(claim.isCondemned()).isTrue());
  }

  @Test
  void nine_starts_without_an_end_condemn_it_too() {
    suspect();
    for (int start = 1; start <= SuspectLedger.STARTS; start++) {
      assertThat(claim(WORKER).orElseThrow().isCondemned()).isFalse();
      rows.change("update batches set due_at = now()");
    }
    assertThat(claim(WORKER).orElseThrow().isCondemned()).isTrue();
  }

  @Test
  void a_suspect_that_is_given_back_waits_some_seconds_and_its_start_does_not_count() {
    suspect();
    Claim claim = claim(WORKER).orElseThrow();
    ledger.release(claim.batch().id(), WORKER);
    assertThat(claim(WORKER)).isEmpty();
    rows.change("update batches set due_at = now()");
    assertThat(claim(WORKER).orElseThrow().starts()).isEqualTo(1);
  }

  @Test
  void suspects_of_other_libraries_and_newer_analyzers_are_left_alone() {
    suspect();
    assertThat(suspects.isAnyDue(1, OptionalInt.of(2))).isFalse();
    assertThat(suspects.claim(WORKER, 1, OptionalInt.of(2), Duration.ofSeconds(90), () -> true)).isEmpty();
    assertThat(suspects.isAnyDue(0, ALL)).isFalse();
    assertThat(suspects.claim(WORKER, 0, ALL, Duration.ofSeconds(90), () -> true)).isEmpty();
    assertThat(suspects.claim(WORKER, 1, OptionalInt.of(1), Duration.ofSeconds(90), () -> true)).isPresent();
  }

  @Test
  void nothing_of_a_cancelled_run_is_begun() {
    long batch = published(1);
    suspect();
    rows.change("update runs set cancelled_at = now()");
    assertThat(suspects.isAnyDue(1, ALL)).isFalse();
    assertThat(claim(WORKER)).isEmpty();
    assertThat(take(batch)).isInstanceOf(Take.Settled.class);
  }

  @Test
  void who_is_alone_with_a_library_may_forget_all_claims_on_it() {
    suspect();
    assertThat(claim(WORKER)).isPresent();
    suspects.forgetClaims(2);
    assertThat(claim(OTHER)).isEmpty();
    suspects.forgetClaims(1);
    assertThat(claim(OTHER)).isPresent();
  }

  @Test
  void claims_at_the_same_time_never_give_the_same_suspect() throws Exception {
    assertThat(suspects.split(published(20), ALL, () -> true)).isEqualTo(20);
    Set<Long> claimed = new HashSet<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<Optional<Claim>> one = () -> claim(WORKER);
      for (var claim : threads.invokeAll(List.of(one, one, one, one, one, one, one, one, one, one))) {
        claim.get().ifPresent(given -> assertThat(claimed.add(given.batch().id())).isTrue());
      }
    }
    assertThat(claimed).hasSize(10);
  }

  private void suspect() { assertThat(suspects.split(published(1), ALL, () -> true)).isEqualTo(1); }

  private Optional<Claim> claim(UUID worker) {
    return suspects.claim(worker, 1, ALL, Duration.ofSeconds(90), () -> true);
  }

  private Take take(long batch) { return take(batch, WORKER); }

  private Take take(long batch, UUID worker) { return ledger.take(batch, 1, worker, 1, () -> true); }

  private long published(int files) {
    long batch = rows.batch(files);
    ledger.published(ledger.claimDue(10, ALL), List.of());
    return batch;
  }
}
