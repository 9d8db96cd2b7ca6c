package dev.midifleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.queue.BatchMessage;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.common.queue.InProcessWorkQueue;
import dev.midifleet.common.queue.QueueDepth;
import dev.midifleet.common.queue.WorkQueue;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.store.Planned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WorkerTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final MetricRegistry registry = new MetricRegistry();

  @TempDir
  private Path temp;

  @Test
  void a_worker_that_was_never_started_closes_and_leaves_no_row() {
    try (var planned = planned(); var queue = new InProcessWorkQueue(1)) {
      worker(planned, queue).close();
      assertThat(planned.number("select count(*) from workers")).isZero();
    }
  }

  @Test
  void a_worker_pauses_while_its_library_is_not_mounted_and_closes_at_once() throws Exception {
    try (var planned = planned(); var queue = new InProcessWorkQueue(9)) {
      planned.batch(1, "a.mid");
      long begin;
      try (var worker = worker(planned, queue)) {
        worker.start();
        await().atMost(SOON).until(() -> worker.state() == WorkerState.PAUSED);
        assertThat(worker.health().problems()).singleElement().asString().contains("not mounted",
            "MIDIFLEET_LIBRARY_MADE");
        await().atMost(SOON).until(() -> planned.text("select problem from workers").contains("not mounted"));
        Path made = Files.createDirectory(temp.resolve("made"));
        Files.write(made.resolve("a.mid"), SmfBuilder.scale());
        Files.move(made, temp.resolve("library"));
        await().atMost(SOON).until(() -> worker.totals().done() == 1 && worker.state() == WorkerState.RUNNING);
        begin = System.nanoTime();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      assertThat(planned.lines("select state from workers")).containsExactly("stopped");
      assertThat(planned.number("select taken from batches")).isEqualTo(1);
    }
  }

  @Test
  void a_batch_that_fails_for_no_fault_of_its_files_comes_again_and_is_no_suspect() throws Exception {
    try (var planned = planned(); var queue = new InProcessWorkQueue(9)) {
      Files.createDirectory(temp.resolve("library"));
      Files.write(temp.resolve("library/a.mid"), SmfBuilder.scale());
      planned.execute("alter table facts rename to facts_elsewhere");
      planned.batch(1, "a.mid");
      try (var worker = worker(planned, queue)) {
        worker.start();
        var metrics = new WorkerMetrics(registry);
        await().atMost(SOON).until(() -> metrics.batches.getCount() > SuspectLedger.BULK_STARTS);
        assertThat(planned.number("select taken from batches")).isLessThan(2);
        planned.execute("alter table facts_elsewhere rename to facts");
        await().atMost(SOON).until(() -> worker.totals().done() == 1);
        assertThat(worker.stopReason()).isNull();
        assertThat(planned.lines("select lane from batches")).containsExactly("bulk");
      }
    }
  }

  @Test
  void an_error_after_the_ack_stops_the_worker_and_says_so() throws Exception {
    try (var planned = planned(); var queue = new AfterAck(new InProcessWorkQueue(9))) {
      Files.createDirectory(temp.resolve("library"));
      Files.write(temp.resolve("library/a.mid"), SmfBuilder.scale());
      planned.batch(1, "a.mid");
      try (var worker = worker(planned, queue)) {
        worker.start();
        assertThat(worker.awaitStopRequest()).contains("made for the test");
      }
      assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 0, 0));
      assertThat(planned.number("select count(*) from batches where committed_at is not null")).isEqualTo(1);
    }
  }

  @Test
  void what_the_broker_gave_up_is_split_and_never_a_verdict() throws Exception {
    try (var planned = planned();
        var given = new InProcessWorkQueue(9);
        var queue = new GivesUp(new InProcessWorkQueue(9), given)) {
      Files.createDirectory(temp.resolve("library"));
      var batch = planned.batch(1, "a.mid", "b.mid");
      planned.execute("update batches set publications = 3, published_at = now()");
      var files = batch.files().stream().map(FileEntry::id).toList();
      given.publish(List.of(new BatchMessage(batch.id(), 3, batch.run(), 1, "made", files),
          new BatchMessage(4711, 1, batch.run(), 1, "made", List.of(1L))));
      try (var worker = worker(planned, queue)) {
        worker.start();
        await().atMost(SOON).until(() -> given.depth().ready() == 0
            && planned.number("select count(*) from batches where lane = 'suspect'") == 2);
      }
      assertThat(planned.text("select outcome from batches where id = " + batch.id())).isEqualTo("split");
      assertThat(planned.number("select count(*) from dead_files")).isZero();
    }
  }

  @Test
  void a_worker_that_may_not_wait_for_ever_ends_and_says_for_what() throws Exception {
    var queue = new InProcessWorkQueue(1);
    try (var planned = planned()) {
      var settings = planned.settings.with(Setting.GIVE_UP_AFTER, "1s");
      try (var worker = new Worker(settings, planned.database, queue, registry, new Alone())) {
        worker.start();
        assertThat(worker.health().problems()).isEmpty();
        queue.close();
        assertThat(worker.awaitStopRequest()).contains("the queue is closed", "given up after 1 s",
            "MIDIFLEET_GIVE_UP_AFTER");
        assertThat(worker.health().problems()).isNotEmpty();
      }
    }
  }

  private Planned planned() {
    return new Planned(Map.of("MIDIFLEET_LIBRARY_MADE", temp.resolve("library").toString(), "MIDIFLEET_SLOTS", "1",
        "MIDIFLEET_THREADS", "1"));
  }

  private Worker worker(Planned planned, WorkQueue queue) {
    return new Worker(planned.settings, planned.database, queue, registry, new Alone());
  }

  /** No file here costs a process. */
  private static final class Alone implements Host {
    @Override
    public Process startSuspectWorker(UUID worker, OptionalInt library) {
      throw new IllegalStateException("no process is started here");
    }

    @Override
    public void halt() { throw new AssertionError("nothing hangs here"); }
  }

  /** A queue, and another one in place of what its broker gave up. */
  private record GivesUp(WorkQueue inner, WorkQueue given) implements WorkQueue {
    @Override
    public Subscription subscribeDead() { return given.subscribe(1); }

    @Override
    public Set<Long> publish(List<BatchMessage> messages) throws InterruptedException {
      return inner.publish(messages);
    }

    @Override
    public Subscription subscribe(int prefetch) { return inner.subscribe(prefetch); }

    @Override
    public boolean isConnected() { return inner.isConnected(); }

    @Override
    public QueueDepth depth() { return inner.depth(); }

    @Override
    public void close() { inner.close(); }
  }

  /** A queue whose acks arrive, and then throw an Error. */
  private record AfterAck(WorkQueue inner) implements WorkQueue {
    @Override
    public Subscription subscribeDead() { return inner.subscribeDead(); }

    @Override
    public Set<Long> publish(List<BatchMessage> messages) throws InterruptedException {
      return inner.publish(messages);
    }

    @Override
    public Subscription subscribe(int prefetch) {
      Subscription taker = inner.subscribe(prefetch);
      return new Subscription() {
        @Override
        public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
          Delivery next = taker.poll(timeout);
          return next == null ? null : new Acked(next);
        }

        @Override
        public void pause() { taker.pause(); }

        @Override
        public void resume() { taker.resume(); }

        @Override
        public void close() { taker.close(); }
      };
    }

    @Override
    public boolean isConnected() { return inner.isConnected(); }

    @Override
    public QueueDepth depth() { return inner.depth(); }

    @Override
    public void close() { inner.close(); }
  }

  private record Acked(Delivery inner) implements Delivery {
    @Override
    public BatchMessage message() { return inner.message(); }

    @Override
    public boolean ack() {
      inner.ack();
      throw new AssertionError("made for the test");
    }

    @Override
    public boolean isSettled() { return inner.isSettled(); }

    @Override
    public void giveBack() { inner.giveBack(); }
  }
}
