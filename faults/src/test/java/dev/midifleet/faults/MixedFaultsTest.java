package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.queue.BatchRelay;
import dev.midifleet.common.queue.RabbitWorkQueue;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people do to a fleet that works. */
@Tag("long")
class MixedFaultsTest extends FaultTest {
  private static final int FILES = 160;

  MixedFaultsTest() { super(FILES); }

  @BeforeEach
  void fleet() throws IOException { open(TestDatabase.shared(), TestBroker.shared()); }

  @Test
  void two_enqueues_of_one_folder_at_once() throws Exception {
    fleet.worker("");
    // Both stand at the same place before they go on.
    var one = fleet.midifleet("hold@REGISTERED:1!" + fleet.mark("one")).start("enqueue", made.folder.toString());
    var two = fleet.midifleet("hold@REGISTERED:1!" + fleet.mark("two")).start("enqueue", made.folder.toString());
    fleet.awaitMark("one");
    fleet.awaitMark("two");
    fleet.release("one");
    fleet.release("two");
    assertThat(one.exitCode(60)).as(one::errors).isZero();
    assertThat(two.exitCode(60)).as(two::errors).isZero();
    fleet.balance(made.expected());
    assertThat(number("select sum(file_count) from runs")).isEqualTo(made.paths.size());
  }

  @Test
  void a_file_changed_while_an_old_batch_of_it_is_in_flight() throws Exception {
    fleet.worker("hold@STORING:1!" + fleet.mark("old"), "--slots", "1");
    MadeFiles alone = MadeFiles.in(temp.resolve("alone"), 0);
    alone.add("changing.mid", MadeFiles.song(1));
    Path changing = alone.folder.resolve("changing.mid");
    fleet.enqueue(alone.folder);
    fleet.awaitMark("old");
    Files.write(changing, MadeFiles.song(7_777));
    // The old batch has written the row and not committed: what registers the new bytes waits for it.
    var again = fleet.midifleet("").start("enqueue", alone.folder.toString());
    Thread.sleep(1_500);
    fleet.release("old");
    assertThat(again.exitCode(60)).as(again::errors).isZero();
    fleet.balance(alone.expected().again(1));
    assertNewBytes("changing.mid", 7_777);
  }

  @Test
  void a_file_changed_and_planned_again_before_the_old_batch_stores() throws Exception {
    MadeFiles alone = MadeFiles.in(temp.resolve("alone"), 0);
    alone.add("changing.mid", MadeFiles.song(1));
    fleet.worker("hold@ANALYZING:1!" + fleet.mark("old"), "--slots", "2");
    fleet.enqueue(alone.folder);
    fleet.awaitMark("old");
    Files.write(alone.folder.resolve("changing.mid"), MadeFiles.song(8_888));
    fleet.enqueue(alone.folder);
    fleet.await("select count(*) from batches where outcome = 'done'", 1);
    fleet.release("old");
    // The old batch does not own it any more: it writes the facts of the old bytes, and nothing about the file.
    fleet.balance(alone.expected().again(1));
    assertNewBytes("changing.mid", 8_888);
    assertThat(number("select count(*) from batches where file_count > files_done + files_dead + files_retried"))
        .as("a batch that had lost its file").isPositive();
  }

  @Test
  void a_run_cancelled_while_its_batches_are_taken_and_stored() throws Exception {
    MadeFiles sound = MadeFiles.sound(temp.resolve("sound"), FILES);
    fleet.worker("hold@STORING:1!" + fleet.mark("storing"), "--slots", "1");
    fleet.enqueue(sound.folder);
    fleet.awaitMark("storing");
    fleet.worker("hold@TAKEN:1!" + fleet.mark("taken"), "--slots", "1");
    fleet.awaitMark("taken");
    cancelWhileOneIsAboutToCommit("storing");
    fleet.release("taken");
    fleet.balance(sound.expected().cancelled(FILES));
    assertThat(number("select count(*) from batches where outcome = 'done'")).as("what was about to commit")
        .isEqualTo(1);
    assertThat(number(DONE)).as("nothing else is done").isLessThanOrEqualTo(8);
  }

  @Test
  void runs_that_do_known_files_again_are_cancelled_and_the_files_are_what_they_were() throws Exception {
    Supervised first = fleet.worker("");
    fleet.enqueue(made.folder);
    fleet.balance(made.expected());
    first.stop();
    Supervised second = fleet.worker("hold@STORING:1!" + fleet.mark("storing"), "--slots", "1");
    var all = fleet.midifleet("").start("enqueue", made.folder.toString(), "--all");
    fleet.awaitMark("storing");
    assertThat(all.exitCode(60)).as(all::errors).isZero();
    cancelWhileOneIsAboutToCommit("storing");
    fleet.balance(made.expected().again(made.paths.size()));
    second.stop();

    fleet.midifleet("").succeed("dead", "retry");
    fleet.midifleet("").succeed("cancel", lastRun());
    fleet.worker("");
    fleet.balance(made.expected().again(made.paths.size()));
    assertThat(number("select count(*) from runs where cancelled_at is not null")).isEqualTo(2);
    for (String run : runs()) {
      fleet.midifleet("").succeed("audit", run);
    }
  }

  @Test
  void a_dead_file_that_is_mended_and_whose_run_is_cancelled_is_planned_again() throws Exception {
    Supervised worker = fleet.worker("");
    fleet.enqueue(made.folder);
    fleet.balance(made.expected());
    worker.stop();
    String mended = made.dead.keySet().stream().filter(path -> path.endsWith("text.mid")).findFirst().orElseThrow();
    Files.write(made.folder.resolve(mended), MadeFiles.song(9_999));
    fleet.enqueue(made.folder);
    fleet.midifleet("").succeed("cancel", lastRun());
    fleet.enqueue(made.folder);
    fleet.worker("");
    made.dead.remove(mended);
    fleet.balance(made.expected().again(1));
    assertNewBytes(mended, 9_999);
  }

  private List<String> runs() throws SQLException {
    try (Connection connection = fleet.connect()) {
      return Rows.lines(connection, "select id::text from runs order by started_at");
    }
  }

  private String lastRun() throws SQLException { return runs().getLast(); }

  /** Cancels the last run while one batch, held by {@code mark}, has written its rows and not committed. */
  private void cancelWhileOneIsAboutToCommit(String mark) throws Exception {
    long begin = System.nanoTime();
    var cancel = fleet.midifleet("").start("cancel", lastRun());
    await("all is ended but what is about to commit").atMost(Duration.ofSeconds(15))
        .until(() -> number("select count(*) from batches where committed_at is null") == 1);
    System.out.printf("ended after %.1f s%n", (System.nanoTime() - begin) / 1e9);
    fleet.release(mark);
    assertThat(cancel.exitCode(60)).as(cancel::errors).isZero();
  }

  private void assertNewBytes(String path, int song) throws Exception {
    try (Connection connection = fleet.connect()) {
      assertThat(Rows.lines(connection, "select title from musical_metadata where path = '" + path + "'"))
          .containsExactly("song " + song);
    }
  }

  @Test
  void reconcile_again_and_again_while_the_messages_are_in_the_queue() throws Exception {
    // Few batches, so that the copies of one are in hand at the same time, and none is committed soon.
    MadeFiles few = MadeFiles.in(temp.resolve("few"), 13);
    fleet.enqueue(few.folder);
    reconcileAndPublish();
    reconcileAndPublish();
    fleet.worker("pause@TAKEN=4000");
    fleet.worker("pause@TAKEN=4000");
    Ledger.Counts counts = fleet.balance(few.expected());
    assertThat(counts.suppressed()).as("copies of the two first batches").isGreaterThanOrEqualTo(4);
    assertThat(number("select max(taken) from batches")).as("older copies are harmless").isEqualTo(1);
  }

  private void reconcileAndPublish() throws InterruptedException {
    try (var database = Database.open(fleet.settings(), "test");
        var queue = new RabbitWorkQueue(fleet.settings(), "test", (name, body, reason) -> {});
        var relay = new BatchRelay(database, queue, fleet.settings())) {
      queue.awaitConnected(Duration.ofSeconds(60));
      assertThat(new BatchLedger(database).reconcile(OptionalInt.empty())).isPositive();
      assertThat(relay.publishDue()).isPositive();
    }
  }

  @Test
  void a_newer_analyzer_version_half_rolled_out() throws Exception {
    fleet.enqueue(made.folder);
    change("update batches set analyzer_version = analyzer_version + 1 where id % 2 = 0");
    Supervised worker = fleet.worker("", "--slots", "1");
    long limit = System.nanoTime() + 60_000_000_000L;
    while (worker.starts() < 4 && System.nanoTime() < limit) {
      Thread.sleep(50);
    }
    assertThat(worker.starts()).isGreaterThanOrEqualTo(4);
    assertThat(worker.exitCodes()).as("it stops by itself").doesNotContain(0, 137);
    assertThat(fleet.said()).contains("the queue holds batches for a newer midifleet than this worker: update it");
    assertThat(number("select count(*) from batches where taken > 0 and analyzer_version > ("
        + "select min(analyzer_version) from batches)")).as("not taken").isZero();
    change("update batches set analyzer_version = (select min(analyzer_version) from batches)");
    fleet.balance(made.expected());
  }
}
