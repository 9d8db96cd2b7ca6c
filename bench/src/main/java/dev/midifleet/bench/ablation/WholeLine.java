package dev.midifleet.bench.ablation;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.LibraryBounds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The way of all files from the disk to committed rows, with as many of the strategies as a phase has. The parts are the
 * product's; only how they are put together is this class's, so that each strategy can be left out.
 */
final class WholeLine implements Chore.Task {
  private final StoreTables tables;
  private final BatchWriter writer;
  private final Phase phase;
  private final List<Path> files;
  private final Settings settings;
  private final FileLoader loader;
  private final ExecutorService slots;
  private final ThreadLocal<Tools> tools = ThreadLocal.withInitial(Tools::new);
  private List<Batch> planned = List.of();

  /** Which strategies are there; kernels, target and start are flags of the JVM. */
  enum Phase {
    /** None. */
    PLAIN(false, false, StoreWay.FILES, 1),
    /** Batches in the database, buffers that are used again. */
    FIRST(true, false, StoreWay.NEW_CONNECTIONS, 1),
    /** Workspaces that are used again. */
    SECOND(true, true, StoreWay.NEW_CONNECTIONS, 1),
    /** Several batches in flight, connections that are kept. */
    THIRD(true, true, StoreWay.BATCHES, 4);

    private final boolean isBufferPooled;
    private final boolean isWorkspacePooled;
    private final StoreWay way;
    private final int slots;

    Phase(boolean isBufferPooled, boolean isWorkspacePooled, StoreWay way, int slots) {
      this.isBufferPooled = isBufferPooled;
      this.isWorkspacePooled = isWorkspacePooled;
      this.way = way;
      this.slots = slots;
    }
  }

  /** Of one thread, for as long as this process lives. */
  private final class Tools {
    private final FileBuffer buffer = new FileBuffer();
    private Workspace workspace = new Workspace(settings);

    Analysis analyze(Path file) throws IOException, FileFailure {
      if (!phase.isWorkspacePooled) {
        workspace = new Workspace(settings);
      }
      var analysis = new Analysis();
      if (phase.isBufferPooled) {
        long length = loader.load(file, LibraryBounds.NONE, buffer);
        workspace.analyzer().analyze(buffer.segment(), 0, length, analysis);
        return analysis;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocate(FileLoader.footprint(Files.size(file)), FileLoader.ALIGNMENT_BYTES);
        long length = loader.load(file, LibraryBounds.NONE, bytes, _ -> 0);
        workspace.analyzer().analyze(bytes, 0, length, analysis);
        return analysis;
      }
    }
  }

  /**
   * @param settings
   *          of an empty database
   */
  WholeLine(Settings settings, List<Path> files, Phase phase) {
    this.settings = settings;
    this.files = files;
    this.phase = phase;
    loader = new FileLoader(settings);
    slots = Executors.newFixedThreadPool(phase.slots, Thread.ofPlatform().daemon().factory());
    try {
      tables = new StoreTables(settings);
    } catch (SQLException e) {
      throw new IllegalStateException("the store cannot be prepared", e);
    }
    writer = new BatchWriter(tables, phase.way);
  }

  @Override
  public void prepare() throws SQLException { planned = tables.plan(files.size()); }

  @Override
  public long walk() throws IOException {
    List<Future<Long>> running = new ArrayList<>();
    int from = 0;
    for (Batch batch : planned) {
      List<Path> own = files.subList(from, from + batch.files().size());
      running.add(slots.submit(() -> work(batch, own)));
      from += own.size();
    }
    long notes = 0;
    try {
      for (Future<Long> each : running) {
        notes += each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a batch failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return notes;
  }

  private long work(Batch batch, List<Path> own) throws IOException, FileFailure {
    Tools mine = tools.get();
    List<Analysis> facts = new ArrayList<>();
    long notes = 0;
    for (Path file : own) {
      Analysis analysis = mine.analyze(file);
      notes += analysis.totalNotes();
      facts.add(analysis);
    }
    writer.write(batch, StoreTask.result(batch, facts));
    return notes;
  }

  @Override
  public long wholeSum() throws IOException, SQLException {
    prepare();
    walk();
    return tables.sum();
  }
}
