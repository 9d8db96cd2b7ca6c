package dev.midifleet.worker;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.common.lifecycle.Checkpoint;
import dev.midifleet.common.observe.WorkerMetrics;
import dev.midifleet.common.observe.WorkerMetrics.Stage;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.observe.AckBatch;
import dev.midifleet.worker.observe.AnalyzeFile;
import dev.midifleet.worker.observe.LookUpBatch;
import dev.midifleet.worker.observe.ParseFile;
import dev.midifleet.worker.observe.ReadFile;
import dev.midifleet.worker.observe.StageEvent;
import dev.midifleet.worker.observe.StoreBatch;
import dev.midifleet.worker.observe.WorkBatch;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.FactsTable;
import dev.midifleet.worker.store.ResultStore;
import dev.midifleet.worker.store.Stored;
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
  private static final long LOOK_MILLIS = 200;

  private final UUID worker;
  private final Settings settings;
  private final Crew crew;
  private final WorkerMetrics metrics;
  private final WorkerTotals totals;
  private final Drain drain;
  private final BooleanSupplier abandon;
  private final Mounts mounts;
  private final FileWatch watch;
  private final Runnable halt;
  private final BatchLedger ledger;
  private final FactsTable facts;
  private final ResultStore store;
  final FileLoader loader;
  private final Semaphore oversizePermit = new Semaphore(1);
  private final FileBuffer oversizeBuffer = new FileBuffer();
  private final InternalErrors internalErrors = new InternalErrors();

  /** How a batch ended for this worker. */
  enum End {
    /** Committed, by this worker or by another before: the message is acked. */
    SETTLED,
    /** Not finished before the drain's end, or not mounted here: another will have it, and the start is not counted. */
    GIVEN_BACK,
    /** It could not be done for a reason outside its files, and was given back. */
    FAILED,
    /** It was planned by a newer midifleet. */
    NEWER_ANALYZER
  }

  /**
   * @param drain
   *          says when what is not finished is to be given back
   * @param watch
   *          told which file each thread parses and analyses
   * @param halt
   *          ends the process when memory is out
   */
  BatchPipeline(UUID worker, Settings settings, Database database, Crew crew, WorkerMetrics metrics,
      WorkerTotals totals, Drain drain, Mounts mounts, FileWatch watch, Runnable halt) {
    this.worker = worker;
    this.settings = settings;
    this.crew = crew;
    this.metrics = metrics;
    this.totals = totals;
    this.drain = drain;
    this.abandon = drain::isOver;
    this.mounts = mounts;
    this.watch = watch;
    this.halt = halt;
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
      case BatchLedger.Take.Split split -> {
        LOG.warn("batch {} was started {} times and never finished: its {} files are tried alone, in a process of their"
            + " own", message.batch(), SuspectLedger.BULK_STARTS - 1, split.files());
        delivery.ack();
        yield End.SETTLED;
      }
      case BatchLedger.Take.Taken taken -> work(taken.batch(), delivery, buffers);
    };
  }

  @Override
  public void close() { oversizeBuffer.close(); }

  /** Does all of a batch that is this worker's: read, look up, analyse, store, ack. */
  End work(Batch batch, Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    Checkpoint.TAKEN.reached(batch.id());
    try (var _ = metrics.batches.time(); var event = new WorkBatch(batch.id(), batch.files().size())) {
      if (!readWhereMounted(batch, delivery, buffers)) return giveBack(batch, delivery);
      Set<UUID> known = lookUp(batch, buffers.slots());
      analyze(batch, buffers, known);
      finishOversize(batch, buffers, known);
      if (abandon.getAsBoolean()) return giveBack(batch, delivery);
      BatchResult result = result(buffers, known);
      Stored stored = timed(Stage.STORE, new StoreBatch(batch.id(), batch.files().size(), result.facts().size()),
          () -> store.store(batch, result, AnalyzerVersion.CURRENT, abandon));
      Checkpoint.COMMITTED.reached(batch.id());
      timed(Stage.ACK, new AckBatch(batch.id()), delivery::ack);
      if (stored.committed()) {
        count(stored, result, buffers, event);
      }
      return End.SETTLED;
    } catch (RuntimeException e) {
      if (delivery.isSettled()) throw e;
      boolean isEnd = drain.isOver() && e instanceof DatabaseException;
      if (isEnd) {
        LOG.warn("batch {} could not be finished before the worker's end: {}", batch.id(), e.getMessage());
      } else {
        LOG.error("batch {} failed and goes back to the queue", batch.id(), e);
      }
      // Whoever lives to say so does not hold it against the files.
      giveBack(batch, delivery);
      return isEnd ? End.GIVEN_BACK : End.FAILED;
    }
  }

  private End giveBack(Batch batch, Delivery delivery) {
    if (delivery.isSettled()) return End.GIVEN_BACK;
    try {
      ledger.release(batch.id(), worker);
    } catch (DatabaseException e) {
      LOG.warn("the start of batch {} stays counted: {}", batch.id(), e.getMessage());
    }
    delivery.giveBack();
    return End.GIVEN_BACK;
  }

  /** Returns false if the batch's library was not there for long: then the batch is another's. */
  private boolean readWhereMounted(Batch batch, Delivery delivery, BatchBuffers buffers) throws InterruptedException {
    Path folder = batch.library().folder(settings);
    Runnable giveBack = () -> giveBack(batch, delivery);
    if (!mounts.awaitFolder(batch, giveBack)) return false;
    buffers.reset(batch, folder);
    read(batch, buffers);
    if (!isAllMissing(buffers.slots())) return true;
    if (!mounts.awaitFiles(batch, giveBack)) return false;
    // It may have come back since.
    buffers.reset(batch, folder);
    read(batch, buffers);
    return true;
  }

  private static boolean isAllMissing(List<FileSlot> slots) {
    return !slots.isEmpty()
        && slots.stream().allMatch(slot -> slot.failure != null && slot.failure.kind() == FailureKind.MISSING);
  }

  private void read(Batch batch, BatchBuffers buffers) throws InterruptedException {
    try (var _ = metrics.stage(Stage.READ).time()) {
      crew.read(buffers.count(), (index, hash) -> {
        buffers.readAhead(loader.readAhead(), index);
        FileSlot slot = buffers.slot(index);
        if (slot.failure != null) return;
        guarded(slot, BatchPipeline::keepNothing, () -> {
          Checkpoint.READING.reached(slot.path());
          try (var event = new ReadFile(batch.id(), slot.entry().id())) {
            long length = loader.load(slot.path(), buffers.bounds(), buffers.slab.segment(),
                bytes -> buffers.claim(slot, bytes));
            slot.oversize = length == FileLoader.NO_ROOM;
            if (!slot.oversize) {
              slot.length = length;
              slot.content = hash.of(buffers.slab.segment(), slot.offset, length);
            }
            event.bytes(slot.length);
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
    var event = new LookUpBatch(batch.id(), contents.size());
    return timed(Stage.LOOK_UP, event,
        () -> event.known(facts.known(List.copyOf(contents), AnalyzerVersion.CURRENT, abandon)));
  }

  private void analyze(Batch batch, BatchBuffers buffers, Set<UUID> known) throws InterruptedException {
    List<FileSlot> unknown = buffers.firstOfEachContent(known);
    var parseNanos = new LongAdder();
    var analyzeNanos = new LongAdder();
    crew.analyze(unknown.size(), (index, workspace) -> {
      FileSlot slot = unknown.get(index);
      watched(batch, slot, workspace, () -> {
        long begin = System.nanoTime();
        try (var event = new ParseFile(batch.id(), slot.entry().id(), slot.length)) {
          event.notes(workspace.analyzer().parse(buffers.slab.segment(), slot.offset, slot.length).noteCount());
        }
        long parsed = System.nanoTime();
        finishAnalysis(batch, slot, workspace);
        parseNanos.add(parsed - begin);
        analyzeNanos.add(System.nanoTime() - parsed);
      });
    }, abandon);
    metrics.stage(Stage.PARSE).update(parseNanos.sum(), TimeUnit.NANOSECONDS);
    metrics.stage(Stage.ANALYZE).update(analyzeNanos.sum(), TimeUnit.NANOSECONDS);
  }

  /** Large files, and what the slab had no place for: one at a time in the whole worker. */
  private void finishOversize(Batch batch, BatchBuffers buffers, Set<UUID> known) throws InterruptedException {
    for (FileSlot slot : buffers.slots()) {
      if (!slot.oversize || abandon.getAsBoolean()) continue;
      if (!acquireOversizePermit()) return;
      try {
        crew.read(1, (_, hash) -> guarded(slot, BatchPipeline::keepNothing, () -> {
          Checkpoint.READING.reached(slot.path());
          try (var event = new ReadFile(batch.id(), slot.entry().id())) {
            slot.length = loader.load(slot.path(), buffers.bounds(), oversizeBuffer);
            slot.content = hash.of(oversizeBuffer.segment(), 0, slot.length);
            event.bytes(slot.length);
          }
        }), abandon);
        known.addAll(lookUp(batch, List.of(slot)));
        if (slot.content == null || known.contains(slot.content) || isSettled(slot.content, buffers)) continue;
        crew.analyze(1, (_, workspace) -> watched(batch, slot, workspace, () -> {
          try (var event = new ParseFile(batch.id(), slot.entry().id(), slot.length)) {
            event.notes(workspace.analyzer().parse(oversizeBuffer.segment(), 0, slot.length).noteCount());
          }
          finishAnalysis(batch, slot, workspace);
        }), abandon);
      } finally {
        oversizePermit.release();
      }
    }
  }

  private boolean acquireOversizePermit() throws InterruptedException {
    while (!oversizePermit.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (abandon.getAsBoolean()) return false;
    }
    return true;
  }

  /** Whether another file of the batch has settled this content: one transaction writes a content once. */
  private static boolean isSettled(UUID content, BatchBuffers buffers) {
    return buffers.slots().stream().anyMatch(slot -> content.equals(slot.content) && slot.isSettled());
  }

  private static void finishAnalysis(Batch batch, FileSlot slot, Workspace workspace) {
    try (var event = new AnalyzeFile(batch.id(), slot.entry().id(), slot.length)) {
      slot.analysis.setContentHash(Objects.requireNonNull(slot.content));
      workspace.analyzer().analyze(slot.analysis);
      slot.analyzed = true;
      event.notes(slot.analysis.totalNotes());
    }
  }

  private static BatchResult result(BatchBuffers buffers, Set<UUID> known) {
    Map<UUID, FileSlot> analyzed = new HashMap<>();
    for (FileSlot slot : buffers.slots()) {
      if (slot.content != null && slot.isSettled()) {
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

  private void count(Stored stored, BatchResult result, BatchBuffers buffers, WorkBatch event) {
    long bytes = 0;
    long notes = 0;
    for (FileSlot slot : buffers.slots()) {
      bytes += slot.length;
      notes += slot.analyzed ? slot.analysis.totalNotes() : 0;
    }
    for (BatchResult.Failed failed : result.failed()) {
      metrics.failures(failed.failure().kind()).mark();
    }
    metrics.failures(FailureKind.REFUSED_BY_DATABASE).mark(stored.refused());
    metrics.files.mark(stored.done());
    metrics.filesCopied.mark(stored.copied());
    metrics.filesDead.mark(stored.dead());
    metrics.filesRetried.mark(stored.retried());
    metrics.bytes.mark(bytes);
    metrics.notes.mark(notes);
    totals.add(stored, bytes, notes);
    event.stored(bytes, notes);
  }

  @FunctionalInterface
  private interface FileStep {
    void run() throws FileFailure;
  }

  /** A bad file, or a fault of ours in its parse or analysis, costs that file and no other. */
  private void guarded(FileSlot slot, Runnable shrink, FileStep step) {
    try {
      step.run();
    } catch (FileFailure failure) {
      slot.failure = failure;
    } catch (OutOfMemoryError e) {
      // Whose fault it is cannot be known here: any thread may have taken the memory, and any may have met its end.
      LOG.error("out of memory at {}: this process ends; started again, it goes on", slot.path(), e);
      halt.run();
      throw e;
    } catch (RuntimeException | Error e) {
      // Whatever state its buffers are in, and however much memory they hold.
      shrink.run();
      slot.failure = internalErrors.failure(slot.path(), e);
    }
  }

  /** Who reads keeps no memory from one file to the next. */
  private static void keepNothing() {}

  /** {@link #guarded}, for parse and analysis: the watch knows which file to blame if they never end. */
  private void watched(Batch batch, FileSlot slot, Workspace workspace, FileStep step) {
    watch.begin(batch.id(), slot.path());
    try {
      guarded(slot, workspace::shrink, () -> {
        Checkpoint.ANALYZING.reached(slot.path());
        step.run();
      });
    } finally {
      watch.end();
    }
  }

  private <T> T timed(Stage stage, StageEvent event, Supplier<T> work) {
    try (var _ = metrics.stage(stage).time(); event) {
      return work.get();
    }
  }
}
