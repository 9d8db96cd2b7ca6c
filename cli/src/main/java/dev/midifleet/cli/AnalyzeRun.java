package dev.midifleet.cli;

import dev.midifleet.cli.AnalyzeInputs.Input;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.InternalErrors;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisJson;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.LibraryBounds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Analyses files on several threads, and writes their lines in the order of the files.
 *
 * <p>In flight are at most {@value #FILES_A_THREAD} files a thread: that bounds the lines that wait for an earlier one.
 * A file above {@link Setting#ALONE_BYTES} waits until it is the only one of that size, and gives its
 * buffers back at once: that bounds the memory for files.
 */
final class AnalyzeRun {
  private static final int FILES_A_THREAD = 32;
  private static final long STOP_CHECK_MILLIS = 50;

  private final Settings settings;
  private final AnalysisOptions options;
  private final FileLoader loader;
  private final int threads;
  private final long aloneBytes;
  private final Queue<Lane> freeLanes = new ConcurrentLinkedQueue<>();
  private final ReentrantLock largeFile = new ReentrantLock();
  private final InternalErrors internalErrors = new InternalErrors();
  private final LongAdder dead = new LongAdder();
  private volatile boolean stopped;

  /** What one file needs while it is read and analysed. */
  private record Lane(FileBuffer buffer, Workspace workspace, Analysis analysis) implements AutoCloseable {

    byte[] analyze(FileLoader loader, Path file, String path) throws FileFailure {
      long length = loader.load(file, LibraryBounds.NONE, buffer);
      workspace.analyzer().analyze(buffer.segment(), 0, length, analysis);
      return AnalysisJson.line(path, analysis);
    }

    @Override
    public void close() { buffer.close(); }
  }

  AnalyzeRun(Settings settings, AnalysisOptions options) {
    this.settings = settings;
    this.options = options;
    this.loader = new FileLoader(settings);
    int wished = settings.integer(Setting.THREADS);
    this.threads = wished == 0 ? Runtime.getRuntime().availableProcessors() : wished;
    this.aloneBytes = settings.number(Setting.ALONE_BYTES);
  }

  /** Lets {@link #run} return after the line that it is writing. */
  void stop() { stopped = true; }

  /**
   * Writes one line a file, and flushes whenever the next line is not there yet.
   *
   * @throws IOException
   *           when {@code out} cannot be written to; bad files never throw
   */
  void run(Iterator<Input> files, OutputStream out, @Nullable Progress progress)
      throws IOException, InterruptedException {
    try (ExecutorService crew = Executors.newFixedThreadPool(threads,
        Thread.ofPlatform().daemon().name("analyze-", 0).factory())) {
      try {
        write(files, crew, out, progress);
      } finally {
        stopped = true;
      }
    } finally {
      freeLanes.forEach(Lane::close);
      freeLanes.clear();
    }
  }

  private void write(Iterator<Input> files, ExecutorService crew, OutputStream out, @Nullable Progress progress)
      throws IOException, InterruptedException {
    var window = new ArrayDeque<Future<byte[]>>();
    long done = 0;
    while (!stopped) {
      while (window.size() < FILES_A_THREAD * threads && files.hasNext()) {
        Input input = files.next();
        window.add(crew.submit(() -> line(input)));
      }
      Future<byte[]> first = window.poll();
      if (first == null) break;
      if (!first.isDone()) {
        out.flush();
      }
      byte[] line = await(first);
      if (line == null) break;
      out.write(line);
      done++;
      if (progress != null) {
        progress.update(done, Progress.UNKNOWN, dead.sum());
      }
    }
    out.flush();
  }

  private byte @Nullable [] await(Future<byte[]> line) throws InterruptedException {
    while (!stopped) {
      try {
        return line.get(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // Once more, unless it has been stopped meanwhile.
      } catch (ExecutionException e) {
        throw new IllegalStateException("a line could not be made", e.getCause());
      }
    }
    return null;
  }

  private byte[] line(Input input) {
    String path = StoredPath.toText(input.file());
    try {
      if (stopped) return new byte[0];
      boolean large = input.sizeBytes() > aloneBytes;
      return large ? analyzeLarge(input.file(), path) : analyze(input.file(), path);
    } catch (FileFailure failure) {
      return deadLine(path, failure);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return deadLine(path, internalErrors.failure(path, e));
    }
  }

  private byte[] deadLine(String path, FileFailure failure) {
    dead.increment();
    return AnalysisJson.line(path, failure);
  }

  private byte[] analyze(Path file, String path) throws FileFailure {
    Lane lane = freeLanes.poll();
    if (lane == null) {
      lane = newLane();
    }
    boolean reusable = false;
    try {
      byte[] line = lane.analyze(loader, file, path);
      reusable = true;
      return line;
    } catch (FileFailure failure) {
      reusable = true;
      throw failure;
    } finally {
      if (reusable) {
        freeLanes.add(lane);
      } else {
        lane.close();
      }
    }
  }

  /** In buffers of its own, which are given back at once. */
  private byte[] analyzeLarge(Path file, String path) throws FileFailure {
    largeFile.lock();
    try (Lane lane = newLane()) {
      return lane.analyze(loader, file, path);
    } finally {
      largeFile.unlock();
    }
  }

  private Lane newLane() { return new Lane(new FileBuffer(), new Workspace(settings, options), new Analysis()); }
}
