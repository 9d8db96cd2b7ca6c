package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers that die, at each place of a batch's way, while batches wait and others work. */
@Tag("long")
class WorkerKilledTest extends FaultTest {
  private static final int FILES = 160;

  WorkerKilledTest() { super(FILES); }

  @BeforeEach
  void fleet() throws IOException { open(TestDatabase.shared(), TestBroker.shared()); }

  @Test
  void worker_killed_after_take() throws Exception { assertThat(killedOnceAt("TAKEN:3")).isPositive(); }

  @Test
  void worker_killed_while_reading() throws Exception { assertThat(killedOnceAt("READING:20")).isPositive(); }

  @Test
  void worker_killed_in_analysis() throws Exception { assertThat(killedOnceAt("ANALYZING:20")).isPositive(); }

  @Test
  void worker_killed_before_commit() throws Exception { assertThat(killedOnceAt("STORING:3")).isPositive(); }

  @Test
  void worker_killed_between_commit_and_ack() throws Exception {
    killedOnceAt("COMMITTED:3", "--slots", "1");
    // With one slot the dead worker had taken nothing else: whatever came again was found committed, and not taken again.
    assertThat(number("select max(taken) from batches")).isEqualTo(1);
  }

  @Test
  void worker_killed_while_it_claims_a_retry() throws Exception {
    assertThat(killedOnceAt("CLAIMED>1:1")).isPositive();
    assertThat(published("attempt > 1")).as("published again when the claim had run out").isGreaterThan(1);
  }

  @Test
  void worker_killed_between_confirm_and_note_of_a_retry() throws Exception {
    // All first attempts are published by enqueue, so that what the workers' relays confirm is a retry.
    killedOnceAt("CONFIRMED:1");
    try (Connection connection = fleet.connect()) {
      assertThat(Rows.number(connection, "select count(*) from batches where published_at is null or publications > 1"))
          .as("confirmed, and not noted by the one that died").isPositive();
    }
  }

  /** Kills one of two workers there; its successor, and the other, do the rest. Returns the duplicates without effect. */
  private long killedOnceAt(String place, String... options) throws Exception {
    String rule = "kill@" + place + "!" + fleet.mark("killed");
    fleet.worker(rule, options);
    fleet.worker(rule, options);
    fleet.enqueue(made.folder);
    fleet.awaitMark("killed");
    if (place.startsWith("CLAIMED") || place.startsWith("CONFIRMED")) {
      makeClaimsRunOut();
    }
    Ledger.Counts counts = fleet.balance(made.expected());
    assertThat(fleet.workers().stream().mapToInt(Supervised::starts).sum()).as("processes").isEqualTo(3);
    assertThat(fleet.workers().stream().flatMap(worker -> worker.exitCodes().stream())).containsExactly(137);
    return counts.suppressed();
  }

  private long published(String which) throws Exception {
    try (Connection connection = fleet.connect()) {
      return Rows.number(connection, "select max(publications) from batches where " + which);
    }
  }

  @Test
  void workers_killed_at_random_again_and_again() throws Exception {
    Random dice = dice();
    for (int i = 0; i < 3; i++) {
      fleet.worker("pause@STORING=150");
    }
    fleet.enqueue(made.folder);
    for (int i = 0; i < 8; i++) {
      Thread.sleep(700 + dice.nextInt(700));
      fleet.workers().get(dice.nextInt(3)).kill();
    }
    fleet.balance(made.expected());
  }

  @Test
  void workers_told_to_stop_at_random_again_and_again() throws Exception {
    Random dice = dice();
    // No time for what is in hand: it goes back.
    fleet.set("MIDIFLEET_DRAIN_TIMEOUT", "0s");
    for (int i = 0; i < 3; i++) {
      fleet.worker("pause@TAKEN=1000", "--slots", "1");
    }
    fleet.enqueue(made.folder);
    fleet.await(DONE, 1);
    for (int i = 0; i < 10; i++) {
      Thread.sleep(300 + dice.nextInt(700));
      fleet.workers().get(dice.nextInt(3)).terminate();
    }
    fleet.balance(made.expected());
    try (Connection connection = fleet.connect()) {
      assertThat(Rows.number(connection, "select count(*) from batches where taken > 1"))
          .as("a drain gives its batches back uncounted").isZero();
    }
  }
}
