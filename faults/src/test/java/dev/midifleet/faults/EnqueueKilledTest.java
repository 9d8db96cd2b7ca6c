package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code enqueue} dies, at each place of its way, while workers work; what was planned is done, the rest by another. */
@Tag("long")
class EnqueueKilledTest extends FaultTest {
  private static final int FILES = 120;

  EnqueueKilledTest() { super(FILES); }

  @BeforeEach
  void fleet() throws IOException { open(TestDatabase.shared(), TestBroker.shared()); }

  @Test
  void enqueue_killed_before_plan() throws Exception {
    kill("REGISTERED");
    assertThat(number("select count(*) from batches")).isZero();
    fleet.enqueue(made.folder);
    fleet.balance(made.expected());
  }

  @Test
  void enqueue_killed_between_plan_and_publish() throws Exception {
    kill("PLANNED");
    // Its batches are rows: the workers' relays publish them without being told.
    fleet.balance(made.expected());
    againChangesNothing();
  }

  @Test
  void enqueue_killed_between_claim_and_publish() throws Exception {
    kill("CLAIMED");
    assertThat(number("select count(*) from batches where publications > 0 and published_at is null")).isPositive();
    makeClaimsRunOut();
    fleet.balance(made.expected());
    assertThat(number("select max(publications) from batches")).isEqualTo(2);
    againChangesNothing();
  }

  @Test
  void enqueue_killed_between_confirm_and_note() throws Exception {
    kill("CONFIRMED");
    makeClaimsRunOut();
    Ledger.Counts counts = fleet.balance(made.expected());
    assertThat(number("select count(*) from batches where publications > 1 or published_at is null"))
        .as("published, and nobody has noted it: %s", counts).isPositive();
    againChangesNothing();
  }

  @Test
  @Tag("long")
  void enqueue_killed_half_planned() throws Exception {
    // More than a page of the planner, each of which is a transaction.
    MadeFiles many = MadeFiles.sound(temp.resolve("many"), 0);
    for (int i = 0; i < 25_500; i++) {
      many.add("%05d.mid".formatted(i), MadeFiles.song(1));
    }
    fleet.set("MIDIFLEET_BATCH_FILES", "500");
    var enqueue = fleet.midifleet("kill@PLANNED:1").start("enqueue", many.folder.toString());
    assertThat(enqueue.exitCode(120)).as(enqueue::errors).isEqualTo(137);
    assertThat(number("select count(*) from files where status = 'queued'")).isPositive();
    assertThat(number("select count(*) from files where status = 'new'")).isPositive();
    fleet.worker("");
    fleet.enqueue(many.folder);
    fleet.balance(many.expected());
    assertThat(number("select sum(file_count) from batches where attempt = 1")).isEqualTo(many.paths.size());
  }

  private void kill(String place) throws Exception {
    // Before the worker, whose relay would be faster than its own.
    var enqueue = fleet.midifleet("kill@" + place + ":1").start("enqueue", made.folder.toString());
    assertThat(enqueue.exitCode(60)).as(enqueue::errors).isEqualTo(137);
    fleet.worker("");
  }

  private void againChangesNothing() throws Exception {
    long before = number("select count(*) from batches");
    fleet.enqueue(made.folder);
    Ledger.Counts counts = fleet.balance(made.expected());
    assertThat(counts.batches()).isEqualTo(before);
  }
}
