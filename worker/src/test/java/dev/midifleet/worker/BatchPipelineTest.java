package dev.midifleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.queue.BatchRelay;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.common.queue.InProcessWorkQueue;
import dev.midifleet.common.queue.QueueDepth;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.BatchPipeline.End;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.observe.FlightRecording;
import dev.midifleet.worker.read.ReadAhead;
import dev.midifleet.worker.store.Planned;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches of real files, from the queue to the rows of a real database. */
@Timeout(120)
class BatchPipelineTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration NOT_IN_THIS_TEST = Duration.ofHours(1);

  @TempDir
  private Path temp;
  private @Nullable Bench opened;
  /** How long a batch is held whose library is not there. */
  private Duration hold = NOT_IN_THIS_TEST;
  /** Thrown once, by the next call of a kernel. */
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

  /** A pipeline and all that it needs, with a library at {@code folder}. */
  private final class Bench implements AutoCloseable {
    final Path folder = temp.resolve("library");
    final Planned planned = new Planned(Map.of("MIDIFLEET_LIBRARY_MADE", folder.toString(),
        "MIDIFLEET_ALONE_BYTES", "4096"));
    final Settings settings = planned.settings;
    final Drain drain = new Drain();
    final AtomicInteger halts = new AtomicInteger();
    final Crew crew = new Crew(2, 2, () -> new Workspace(settings, AnalysisOptions.DEFAULT, faulty()));
    final Mounts mounts = new Mounts(planned.database, settings, crew, drain, Duration.ofMillis(20), hold);
    final WorkerMetrics metrics = new WorkerMetrics(new MetricRegistry());
    final WorkerTotals totals = new WorkerTotals();
    final BatchPipeline pipeline = new BatchPipeline(UUID.randomUUID(), settings, planned.database, crew, metrics,
        totals, drain, mounts, new HangWatch(), halts::incrementAndGet);
    final BatchBuffers buffers = new BatchBuffers(settings);
    final InProcessWorkQueue queue = new InProcessWorkQueue(10);
    final BatchRelay relay = new BatchRelay(planned.database, queue, settings);

    End run() throws InterruptedException {
      assertThat(relay.publishDue()).isEqualTo(1);
      Delivery delivery = Objects.requireNonNull(queue.subscribe(1).poll(SOON));
      End end = pipeline.run(delivery, buffers);
      assertThat(delivery.isSettled()).isTrue();
      return end;
    }

    void write(String name, byte[] bytes) throws IOException { Files.write(folder.resolve(name), bytes); }

    @Override
    public void close() {
      crew.close();
      pipeline.close();
      buffers.close();
      queue.close();
      planned.close();
    }
  }

  @BeforeEach
  void open() throws IOException {
    opened = new Bench();
    Files.createDirectory(bench().folder);
  }

  @AfterEach
  void close() { bench().close(); }

  private Bench bench() { return Objects.requireNonNull(opened); }

  @Test
  void a_batch_is_read_analysed_stored_and_acked() throws Exception {
    Bench bench = bench();
    bench.write("a.mid", SmfBuilder.scale(60));
    bench.write("copy.mid", SmfBuilder.scale(60));
    bench.write("b.mid", SmfBuilder.scale(61));
    bench.write("text.mid", "no music".getBytes(StandardCharsets.US_ASCII));
    bench.write("text copy.mid", "no music".getBytes(StandardCharsets.US_ASCII));
    bench.planned.batch(1, "a.mid", "copy.mid", "b.mid", "text.mid", "text copy.mid", "gone.mid");

    assertThat(bench.run()).isEqualTo(End.SETTLED);

    assertThat(bench.planned.text("select files_done || ' ' || files_copied || ' ' || files_dead || ' '"
        + " || files_retried from batches where committed_at is not null")).isEqualTo("3 1 2 1");
    assertThat(bench.planned.lines("select path || ' ' || status from files order by id")).containsExactly("a.mid done",
        "copy.mid done", "b.mid done", "text.mid dead", "text copy.mid dead", "gone.mid queued");
    assertThat(bench.planned.number("select count(distinct content_hash) from musical_metadata")).isEqualTo(2);
    assertThat(bench.metrics.failures(FailureKind.NOT_MIDI).getCount()).isEqualTo(2);
    assertThat(bench.metrics.failures(FailureKind.MISSING).getCount()).isEqualTo(1);
    assertThat(bench.totals.done()).isEqualTo(3);
    assertThat(bench.totals.copied()).isEqualTo(1);
    assertThat(bench.queue.depth().ready()).isZero();
  }

  @Test
  void system_is_told_of_files_before_they_are_read_while_reads_are_slow() throws Exception {
    Bench bench = bench();
    String[] names = IntStream.range(0, 20).mapToObj(i -> i + ".mid").toArray(String[]::new);
    for (String name : names) {
      bench.write(name, SmfBuilder.scale(60));
    }
    bench.planned.batch(1, names);
    ReadAhead readAhead = bench.pipeline.loader.readAhead();
    for (int i = 0; i < 16; i++) {
      readAhead.took(TimeUnit.SECONDS.toNanos(1), 100);
    }
    assertThat(bench.run()).isEqualTo(End.SETTLED);
    assertThat(readAhead.advised()).isEqualTo(19);
  }

  @Test
  void a_recording_has_an_event_for_each_file_and_stage() throws Exception {
    Bench bench = bench();
    bench.write("a.mid", SmfBuilder.scale(60));
    bench.write("copy.mid", SmfBuilder.scale(60));
    bench.write("large.mid", large(60));
    bench.write("text.mid", "no music".getBytes(StandardCharsets.US_ASCII));
    bench.planned.batch(1, "a.mid", "copy.mid", "large.mid", "text.mid", "gone.mid");
    Path file = temp.resolve("recording.jfr");
    try (var _ = FlightRecording.start(file)) {
      assertThat(bench.run()).isEqualTo(End.SETTLED);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("midifleet.")).toList();
    // The large file is opened twice: it has no place in the slab.
    assertThat(events.stream().collect(Collectors.groupingBy(event -> event.getEventType().getName().substring(10),
        Collectors.counting()))).isEqualTo(Map.of("ReadFile", 6L, "LookUpBatch", 2L, "ParseFile", 3L, "AnalyzeFile", 2L,
            "StoreBatch", 1L, "AckBatch", 1L, "WorkBatch", 1L));
    RecordedEvent batch = events.stream().filter(event -> event.getEventType().getName().endsWith("WorkBatch"))
        .findFirst().orElseThrow();
    assertThat(events).allMatch(event -> event.getLong("batch") == batch.getLong("batch"));
    assertThat(batch.getInt("files")).isEqualTo(5);
    assertThat(batch.getLong("notes")).isEqualTo(bench.totals.notes()).isPositive();
    assertThat(batch.getLong("bytes")).isEqualTo(bench.totals.bytes()).isPositive();
    assertThat(events.stream().filter(event -> event.getEventType().getName().endsWith("StoreBatch")))
        .allMatch(event -> event.getInt("rows") == 2 && event.getInt("files") == 5);
  }

  @Test
  void large_files_of_one_content_are_analysed_once() throws Exception {
    Bench bench = bench();
    byte[] large = large(60);
    assertThat(large.length).isGreaterThan(4096);
    for (String name : new String[]{"a.mid", "b.mid", "c.mid"}) {
      bench.write(name, large);
    }
    bench.write("d.mid", large(70));
    bench.planned.batch(1, "a.mid", "b.mid", "c.mid", "d.mid");

    assertThat(bench.run()).isEqualTo(End.SETTLED);

    assertThat(bench.planned.text("select files_done || ' ' || files_copied from batches")).isEqualTo("4 2");
    assertThat(bench.planned.number("select count(*) from facts")).isEqualTo(2);
  }

  @Test
  void a_known_content_is_looked_up_and_analysed_again_only_on_demand() throws Exception {
    Bench bench = bench();
    bench.write("a.mid", SmfBuilder.scale(60));
    bench.write("b.mid", SmfBuilder.scale(60));
    bench.planned.batch(1, "a.mid");
    bench.run();
    bench.planned.execute("update facts set title = 'kept'");

    bench.planned.batch(1, "b.mid");
    assertThat(bench.run()).isEqualTo(End.SETTLED);
    assertThat(bench.planned.text("select files_copied from batches order by id desc")).isEqualTo("1");
    assertThat(bench.planned.text("select title from facts")).isEqualTo("kept");

    bench.planned.execute("update runs set analyze_known = true");
    bench.planned.batch(1, "a.mid copy");
    Files.copy(bench.folder.resolve("a.mid"), bench.folder.resolve("a.mid copy"));
    assertThat(bench.run()).isEqualTo(End.SETTLED);
    assertThat(bench.planned.text("select files_copied from batches order by id desc")).isEqualTo("0");
    assertThat(bench.planned.text("select title from facts")).isEqualTo("null");
  }

  @Test
  void a_fault_of_ours_costs_its_file_and_no_other() throws Exception {
    for (Throwable thrown : new Throwable[]{new IllegalStateException("made for the test"),
        new StackOverflowError()}) {
      Bench bench = bench();
      int tonic = 50 + thrown.getClass().getName().length();
      String[] names = {tonic + "a.mid", tonic + "b.mid", tonic + "c.mid"};
      for (int i = 0; i < names.length; i++) {
        bench.write(names[i], SmfBuilder.scale(tonic % 90 + i));
      }
      bench.planned.batch(1, names);
      fault.set(thrown);

      assertThat(bench.run()).isEqualTo(End.SETTLED);

      assertThat(bench.planned.text("select files_done || ' ' || files_dead from batches order by id desc"))
          .as(thrown.toString()).isEqualTo("2 1");
      assertThat(bench.planned.text("select kind || ' ' || reason from dead_files order by file_id desc"))
          .startsWith("INTERNAL_ERROR ").contains(String.valueOf(thrown.getMessage()));
    }
  }

  @Test
  void a_worker_without_memory_ends_and_holds_it_against_no_file() throws Exception {
    Bench bench = bench();
    bench.write("a.mid", SmfBuilder.scale(60));
    bench.planned.batch(1, "a.mid");
    fault.set(new OutOfMemoryError("made for the test"));
    assertThat(bench.run()).isEqualTo(End.FAILED);
    assertThat(bench.halts).hasValue(1);
    assertThat(bench.planned.text("select taken || ' ' || (committed_at is null) from batches")).isEqualTo("0 true");
    assertThat(bench.planned.number("select count(*) from dead_files")).isZero();
  }

  @Test
  void a_batch_of_a_library_that_is_not_mounted_waits_for_it() throws Exception {
    Bench bench = bench();
    Files.delete(bench.folder);
    bench.planned.batch(1, "a.mid");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<End> end = threads.submit(bench::run);
      await().atMost(SOON).until(bench.mounts::isWaiting);
      assertThat(end.isDone()).isFalse();
      Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
      Files.write(elsewhere.resolve("a.mid"), SmfBuilder.scale(60));
      Files.move(elsewhere, bench.folder);
      assertThat(end.get()).isEqualTo(End.SETTLED);
    }
    assertThat(bench.mounts.isWaiting()).isFalse();
    assertThat(bench.planned.text("select taken || ' ' || files_done from batches")).isEqualTo("1 1");
  }

  @Test
  void a_batch_that_waits_for_its_library_is_given_back_by_a_drain() throws Exception {
    Bench bench = bench();
    Files.delete(bench.folder);
    bench.planned.batch(1, "a.mid");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<End> end = threads.submit(bench::run);
      await().atMost(SOON).until(bench.mounts::isWaiting);
      bench.drain.request("test");
      assertThat(end.get()).isEqualTo(End.GIVEN_BACK);
    }
    assertThat(bench.planned.number("select taken from batches")).isZero();
    assertThat(bench.queue.depth()).isEqualTo(new QueueDepth(1, 0, 1));
  }

  /** The worker is paused as long as a batch waits: whoever has the library takes what is given back. */
  @Test
  void a_batch_whose_library_stays_away_is_given_back_once_while_its_slot_waits_on() throws Exception {
    close();
    hold = Duration.ofMillis(100);
    opened = new Bench();
    Bench bench = bench();
    Files.delete(bench.folder);
    bench.planned.batch(1, "a.mid");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<End> end = threads.submit(bench::run);
      await().atMost(SOON).until(bench.mounts::isWaiting);
      await().atMost(SOON).until(() -> bench.queue.depth().equals(new QueueDepth(1, 0, 1)));
      Thread.sleep(300);
      assertThat(bench.mounts.isWaiting()).isTrue();
      assertThat(end.isDone()).isFalse();
      assertThat(bench.planned.text("select taken || ' ' || (worker_id is null) from batches")).isEqualTo("0 true");
      Files.createDirectory(bench.folder);
      assertThat(end.get()).isEqualTo(End.GIVEN_BACK);
    }
    assertThat(bench.mounts.isWaiting()).isFalse();
    assertThat(bench.queue.depth()).isEqualTo(new QueueDepth(1, 0, 1));
  }

  @Test
  void a_folder_without_any_of_its_files_counts_as_not_mounted() throws Exception {
    Bench bench = bench();
    bench.write("known.mid", SmfBuilder.scale(60));
    bench.planned.batch(1, "known.mid");
    bench.run();
    Path away = Files.move(bench.folder, temp.resolve("away"));
    Files.createDirectory(bench.folder);
    Files.writeString(bench.folder.resolve("stray"), "something else is there");
    bench.planned.batch(1, "a.mid", "b.mid");
    Callable<End> run = bench::run;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<End> end = threads.submit(run);
      await().atMost(SOON).until(bench.mounts::isWaiting);
      Files.write(away.resolve("a.mid"), SmfBuilder.scale(61));
      Files.delete(bench.folder.resolve("stray"));
      Files.delete(bench.folder);
      Files.move(away, bench.folder);
      assertThat(end.get()).isEqualTo(End.SETTLED);
    }
    assertThat(bench.planned.text("select files_done || ' ' || files_retried from batches where id = 2"))
        .isEqualTo("1 1");
  }

  @Test
  void a_folder_without_any_of_its_files_counts_as_not_mounted_before_any_was_analysed() throws Exception {
    Bench bench = bench();
    bench.planned.batch(1, "c.mid");
    bench.planned.execute("update batches set committed_at = now(), outcome = 'cancelled'");
    bench.planned.execute("update files set status = 'new', batch_id = null");
    bench.planned.batch(1, "a.mid", "b.mid");
    Files.writeString(bench.folder.resolve("lost+found"), "something else is there");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<End> end = threads.submit(bench::run);
      await().atMost(SOON).until(bench.mounts::isWaiting);
      bench.write("a.mid", SmfBuilder.scale(61));
      bench.write("c.mid", SmfBuilder.scale(62));
      assertThat(end.get()).isEqualTo(End.SETTLED);
    }
    assertThat(bench.planned.lines("select kind from dead_files")).isEmpty();
  }

  @Test
  void files_that_are_missing_from_a_library_that_is_there_are_missing() throws Exception {
    Bench bench = bench();
    bench.planned.batch(3, "a.mid", "b.mid");
    bench.write("never registered.mid", SmfBuilder.scale(60));
    assertThat(bench.run()).isEqualTo(End.SETTLED);
    assertThat(bench.planned.lines("select kind from dead_files")).containsExactly("MISSING", "MISSING");
    assertThat(bench.mounts.isWaiting()).isFalse();
  }

  @Test
  void what_is_not_finished_at_the_end_of_a_drain_is_given_back_and_its_start_not_counted() throws Exception {
    Bench bench = bench();
    bench.write("a.mid", SmfBuilder.scale(60));
    bench.planned.batch(1, "a.mid");
    bench.drain.end();
    assertThat(bench.run()).isEqualTo(End.GIVEN_BACK);
    assertThat(bench.planned.text("select taken || ' ' || (committed_at is null) from batches")).isEqualTo("0 true");
  }

  private static byte[] large(int pitch) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 1000; i++) {
        t.note(0, pitch + i % 12, 64, i * 240L, 240);
      }
    }).bytes();
  }

  /** The real kernels, but that the next call throws {@link #fault}. */
  private Kernels faulty() {
    Kernels real = KernelSelector.kernels();
    return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[]{Kernels.class},
        (_, method, arguments) -> {
          Throwable thrown = fault.getAndSet(null);
          if (thrown != null) throw thrown;
          try {
            return method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
          }
        });
  }
}
