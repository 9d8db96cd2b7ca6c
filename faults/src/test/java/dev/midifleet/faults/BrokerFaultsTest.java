package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.PrivateBroker;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the broker can do to a fleet that works. */
@Tag("long")
class BrokerFaultsTest extends FaultTest {
  private static final int FILES = 240;
  private static final String WORK = "midifleet.work";
  /** 30 batches, two at a time, of a third of a second and more: some seconds of work. */
  private static final String SLOWLY = "pause@STORING=300";

  private static PrivateBroker broker;

  BrokerFaultsTest() { super(FILES); }

  @BeforeAll
  static void startBroker() { broker = TestBroker.startPrivate(); }

  @AfterAll
  static void endBroker() { broker.close(); }

  @BeforeEach
  void fleet() throws IOException { open(TestDatabase.shared(), broker); }

  private void work() throws Exception {
    fleet.worker(SLOWLY, "--slots", "1");
    fleet.worker(SLOWLY, "--slots", "1");
    fleet.enqueue(made.folder);
    fleet.await(DONE, 1);
    assertThat(number("select count(*) from batches where committed_at is null")).as("work flows").isPositive();
  }

  @Test
  void broker_killed_and_restarted() throws Exception {
    work();
    broker.kill();
    Thread.sleep(2_000);
    broker.start();
    fleet.balance(made.expected());
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  @Test
  void brokers_data_deleted_then_init_and_reconcile() throws Exception {
    work();
    broker.deleteData();
    fleet.midifleet("").with(fleet.owner()).succeed("init");
    fleet.midifleet("").succeed("reconcile");
    Ledger.Counts counts = fleet.balance(made.expected());
    assertThat(counts.publications()).as("%s", counts).isGreaterThan(counts.batches());
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  @Test
  void queue_deleted_while_work_flows_then_init_and_reconcile() throws Exception {
    work();
    broker.deleteQueue(fleet.vhostUri, WORK);
    Thread.sleep(1_000);
    fleet.midifleet("").with(fleet.owner()).succeed("init");
    fleet.midifleet("").succeed("reconcile");
    fleet.balance(made.expected());
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  @Test
  void memory_alarm_while_enqueue_publishes_and_workers_work() throws Exception {
    MadeFiles more = MadeFiles.in(temp.resolve("more"), FILES / 2);
    work();
    broker.setMemoryAlarm(true);
    try {
      var enqueue = fleet.midifleet("").start("enqueue", more.folder.toString());
      // It plans all, cannot publish, and leaves that to the workers after the time for a confirm.
      assertThat(enqueue.exitCode(90)).as(enqueue::errors).isEqualTo(1);
      assertThat(enqueue.errors()).contains("planned and not published yet");
    } finally {
      broker.setMemoryAlarm(false);
    }
    fleet.balance(made.expectedWith(more));
  }

  @Test
  void consumer_timeout_lowered_and_a_batch_held_longer() throws Exception {
    MadeFiles few = MadeFiles.in(temp.resolve("few"), 4);
    broker.setConsumerTimeout(Duration.ofSeconds(4));
    try {
      fleet.worker("hold@ANALYZING:1!" + fleet.mark("held"), "--slots", "1");
      fleet.enqueue(few.folder);
      fleet.awaitMark("held");
      // The broker closes the channel of the one that holds it, and gives the batch to somebody else, who stores it.
      awaitTimeout();
      fleet.worker("", "--slots", "1");
      fleet.await("select count(*) from batches where outcome = 'done'", 1);
      fleet.release("held");
      // The first one finds it committed, and writes nothing: else the file that is gone would be tried twice as often.
      Ledger.Counts counts = fleet.balance(few.expected());
      assertThat(counts.suppressed()).isPositive();
      assertThat(counts.batches()).as("the batch, and two retries of one file").isEqualTo(3);
    } finally {
      broker.setConsumerTimeout(Duration.ofMinutes(30));
    }
  }

  private void awaitTimeout() throws Exception {
    long limit = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!fleet.said().contains("delivery acknowledgement on channel")) {
      if (System.nanoTime() > limit) throw new AssertionError("the broker lets it hold the batch");
      Thread.sleep(200);
    }
  }

  @Test
  void messages_that_are_not_ours() throws Exception {
    work();
    String unknown = "{\"v\":1,\"batch\":999999,\"publication\":1,\"run\":\"0-0-0-0-1\",\"attempt\":1,"
        + "\"library\":\"nobody's\",\"files\":[-1,999999999]}";
    String wrongFiles = unknown.replace("999999,", "1,").replace("\"publication\":1", "\"publication\":77");
    byte[][] bodies = {{}, {0, (byte) 0xff, 13}, "not JSON".getBytes(StandardCharsets.UTF_8), "[]".getBytes(
        StandardCharsets.UTF_8), "{\"v\":9}".getBytes(StandardCharsets.UTF_8),
        unknown.getBytes(StandardCharsets.UTF_8),
        wrongFiles.getBytes(StandardCharsets.UTF_8), new byte[1 << 20]};
    for (byte[] body : bodies) {
      broker.publish(fleet.vhostUri, WORK, body);
    }
    fleet.balance(made.expected());
    // Two can be read: one of no batch, one of an older or newer publication. Both are settled, and only acked.
    assertThat(number("select count(*) from unreadable_messages")).isEqualTo(bodies.length - 2);
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "nobody stopped");
  }
}
