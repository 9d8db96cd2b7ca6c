package dev.midifleet.worker;

import com.codahale.metrics.Timer;
import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.observe.WorkerMetrics.Stage;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.parse.ContentHash;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.FactsTable;
import dev.midifleet.worker.store.ResultStore;
import dev.midifleet.worker.store.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole path of a batch: take, read and hash, look up, parse and analyse, store, ack. It runs on the batch's virtual
 * thread, which waits and talks to the database, and never touches a file: that is the {@link Crew}'s.
 */
final class BatchPipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchPipeline.class);

  private final UUID worker;
  private final Settings settings;
  private final Crew crew;
  private final WorkerMetrics metrics;
  private final WorkerTotals totals;
  private final BooleanSupplier abandon;
  private final BatchLedger ledger;
  private final FactsTable facts;
  private final ResultStore store;
  private final FileLoader loader;
  private final Semaphore oversizePermit = new Semaphore(1);
  private final FileBuffer oversizeBuffer = new FileBuffer();
  private final Set<String> loggedPlaces = ConcurrentHashMap.newKeySet();

  /** How a batch ended for this worker. */
  enum End {
    /** Committed, by this worker or by another before: the message is acked. */
    SETTLED,
    /** Not finished before the drain's end: another worker will have it, and the start is not counted. */
    GIVEN_BACK,
    /** The library's folder is not on this host. */
    NOT_MOUNTED,
    /** It was planned by a newer midifleet. */
    NEWER_ANALYZER
  }

  /**
   * @param abandon
   *          says when what is not finished is to be given back
   */
  BatchPipeline(UUID worker, Settings settings, Database database, Crew crew, WorkerMetrics metrics,
      WorkerTotals totals,
      BooleanSupplier abandon) {
    this.worker = worker;
    this.settings = settings;
    this.crew = crew;
    this.metrics = metrics;
    this.totals = totals;
    this.abandon = abandon;
    this.ledger = new BatchLedger(database);
    this.facts = new FactsTable(database);
    this.store = new ResultStore(database, settings, worker);
    this.loader = new FileLoader(settings);
  }

  /** Takes the batch that the message points to, and does all of it. */
  End run(Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    var message = delivery.message();
    return switch (ledger.take(message.batch(), message.publication(), worker, AnalyzerVersion.CURRENT, abandon)) {
      case BatchLedger.Take.Settled _ -> {
        delivery.ack();
        yield End.SETTLED;
      }
      case BatchLedger.Take.Newer newer -> {
        LOG.error("batch {} wants analyzer {}, this worker has {}", message.batch(), newer.analyzerVersion(),
            AnalyzerVersion.CURRENT);
        delivery.giveBack();
        yield End.NEWER_ANALYZER;
      }
      case BatchLedger.Take.Taken taken -> work(taken.batch(), delivery, buffers);
    };
  }

  @Override
  public void close() { oversizeBuffer.close(); }

  private End work(Batch batch, Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    Path folder = batch.library().folder(settings);
    if (!Files.isDirectory(folder)) {
      LOG.error("library \"{}\" is not at {} on this host; mount it there, or set MIDIFLEET_LIBRARY_{}",
          batch.library().name(), folder, batch.library().variable());
      return giveBack(batch, delivery, End.NOT_MOUNTED);
    }
    try (var _ = metrics.batches.time()) {
      buffers.reset(batch, folder);
      read(buffers);
      Set<UUID> known = lookUp(batch, buffers.slots());
      analyze(buffers, known);
      finishOversize(batch, buffers, known);
      if (abandon.getAsBoolean()) return giveBack(batch, delivery, End.GIVEN_BACK);
      BatchResult result = result(buffers, known);
      Stored stored = timed(Stage.STORE, () -> store.store(batch, result, AnalyzerVersion.CURRENT, abandon));
      timed(Stage.ACK, delivery::ack);
      if (stored.committed()) {
        count(stored, buffers);
      }
      return End.SETTLED;
    }
  }

  private End giveBack(Batch batch, Delivery delivery, End end) {
    ledger.release(batch.id());
    delivery.giveBack();
    return end;
  }

  private void read(BatchBuffers buffers) throws InterruptedException {
    try (var _ = metrics.stage(Stage.READ).time()) {
      crew.forEach(buffers.count(), (index, workspace) -> {
        FileSlot slot = buffers.slot(index);
        guarded(slot, () -> {
          long length = loader.load(slot.path(), buffers.slab.segment(), slot.offset, slot.room);
          slot.oversize = length == FileLoader.NO_ROOM;
          if (!slot.oversize) {
            slot.length = length;
            slot.content = ContentHash.of(buffers.slab.segment(), slot.offset, length);
          }
        });
      }, abandon);
    }
  }

  private Set<UUID> lookUp(Batch batch, List<FileSlot> slots) {
    if (batch.analyzeKnown()) return new HashSet<>();
    Set<UUID> contents = new HashSet<>();
    for (FileSlot slot : slots) {
      if (slot.content != null) {
        contents.add(slot.content);
      }
    }
    if (contents.isEmpty()) return new HashSet<>();
    return timed(Stage.LOOK_UP, () -> facts.known(List.copyOf(contents), AnalyzerVersion.CURRENT, abandon));
  }

  private void analyze(BatchBuffers buffers, Set<UUID> known) throws InterruptedException {
    List<FileSlot> unknown = firstOfEachContent(buffers.slots(), known);
    var parseNanos = new LongAdder();
    var analyzeNanos = new LongAdder();
    crew.forEach(unknown.size(), (index, workspace) -> {
      FileSlot slot = unknown.get(index);
      guarded(slot, () -> {
        long begin = System.nanoTime();
        workspace.analyzer().parse(buffers.slab.segment(), slot.offset, slot.length);
        long parsed = System.nanoTime();
        finishAnalysis(slot, workspace);
        parseNanos.add(parsed - begin);
        analyzeNanos.add(System.nanoTime() - parsed);
      });
    }, abandon);
    metrics.stage(Stage.PARSE).update(parseNanos.sum(), TimeUnit.NANOSECONDS);
    metrics.stage(Stage.ANALYZE).update(analyzeNanos.sum(), TimeUnit.NANOSECONDS);
  }

  /** Files that have grown out of their place, or are larger than a slab: one at a time in the whole worker. */
  private void finishOversize(Batch batch, BatchBuffers buffers, Set<UUID> known) throws InterruptedException {
    for (FileSlot slot : buffers.slots()) {
      if (!slot.oversize || abandon.getAsBoolean()) continue;
      oversizePermit.acquire();
      try {
        crew.forEach(1, (_, workspace) -> guarded(slot, () -> {
          slot.length = loader.load(slot.path(), oversizeBuffer);
          slot.content = ContentHash.of(oversizeBuffer.segment(), 0, slot.length);
        }), abandon);
        known.addAll(lookUp(batch, List.of(slot)));
        if (slot.content == null || known.contains(slot.content)) continue;
        crew.forEach(1, (_, workspace) -> guarded(slot, () -> {
          workspace.analyzer().parse(oversizeBuffer.segment(), 0, slot.length);
          finishAnalysis(slot, workspace);
        }), abandon);
      } finally {
        oversizePermit.release();
      }
    }
  }

  private static void finishAnalysis(FileSlot slot, Workspace workspace) {
    slot.analysis.setContentHash(Objects.requireNonNull(slot.content));
    workspace.analyzer().analyze(slot.analysis);
    slot.analyzed = true;
  }

  private static List<FileSlot> firstOfEachContent(List<FileSlot> slots, Set<UUID> known) {
    Set<UUID> seen = new HashSet<>(known);
    List<FileSlot> first = new ArrayList<>();
    for (FileSlot slot : slots) {
      if (slot.content != null && seen.add(slot.content)) {
        first.add(slot);
      }
    }
    return first;
  }

  private static BatchResult result(BatchBuffers buffers, Set<UUID> known) {
    Map<UUID, FileSlot> analyzed = new HashMap<>();
    for (FileSlot slot : buffers.slots()) {
      if (slot.content != null && (slot.analyzed || slot.failure != null)) {
        analyzed.putIfAbsent(slot.content, slot);
      }
    }
    List<BatchResult.Done> done = new ArrayList<>();
    List<BatchResult.Failed> failed = new ArrayList<>();
    for (FileSlot slot : buffers.slots()) {
      FileSlot source = slot.content == null || known.contains(slot.content)
          ? slot
          : analyzed.getOrDefault(slot.content, slot);
      if (source.failure != null) {
        failed.add(new BatchResult.Failed(slot.entry(), source.failure));
      } else {
        done.add(new BatchResult.Done(slot.entry(), Objects.requireNonNull(slot.content), !slot.analyzed));
      }
    }
    List<Analysis> facts = buffers.slots().stream().filter(slot -> slot.analyzed).map(slot -> slot.analysis)
        .sorted(Comparator.comparing(analysis -> Objects.requireNonNull(analysis.contentHash()))).toList();
    return new BatchResult(done, failed, facts);
  }

  private void count(Stored stored, BatchBuffers buffers) {
    long bytes = 0;
    long notes = 0;
    for (FileSlot slot : buffers.slots()) {
      bytes += slot.length;
      notes += slot.analyzed ? slot.analysis.totalNotes() : 0;
      if (slot.failure != null) {
        metrics.failures(slot.failure.kind()).mark();
      }
    }
    metrics.files.mark(stored.done());
    metrics.filesCopied.mark(stored.copied());
    metrics.filesDead.mark(stored.dead());
    metrics.filesRetried.mark(stored.retried());
    metrics.bytes.mark(bytes);
    metrics.notes.mark(notes);
    totals.add(stored, bytes, notes);
  }

  @FunctionalInterface
  private interface FileStep {
    void run() throws FileFailure;
  }

  /** A bad file, or a fault of ours in its parse or analysis, costs that file and no other. */
  private void guarded(FileSlot slot, FileStep step) {
    try {
      step.run();
    } catch (FileFailure failure) {
      slot.failure = failure;
    } catch (RuntimeException | StackOverflowError e) {
      StackTraceElement[] stack = e.getStackTrace();
      String place = e.getClass().getName() + (stack.length > 0 ? " at " + stack[0] : "");
      if (loggedPlaces.add(place)) {
        LOG.error("internal error in {}; logged once for this place", slot.path(), e);
      }
      slot.failure = new FileFailure(FailureKind.INTERNAL_ERROR, FileFailure.NO_OFFSET, place + ": " + e.getMessage());
    }
  }

  private <T> T timed(Stage stage, Supplier<T> work) {
    Timer.Context time = metrics.stage(stage).time();
    try {
      return work.get();
    } finally {
      time.stop();
    }
  }
}
