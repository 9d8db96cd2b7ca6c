package dev.midifleet.bench;

import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link ReadBenchmark} with a page cache that was emptied before each walk through the files: each measurement is one walk.
 * Ends with an error where this user may not empty it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 7)
@Fork(1)
public class ColdReadBenchmark {
  private static final int BYTES = 64 << 20;
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
  private static final long FLUSH_SECONDS = 60;

  /** Bytes a file. */
  @Param({"1024", "16384", "262144", "1048576", "10485760"})
  public int size = 1024;

  /** How. */
  @Param
  public ReadSet.Way way = ReadSet.Way.POOLED;

  private @Nullable ReadSet files;

  /** Writes the files. */
  @Setup
  public void write() throws IOException, FileFailure { files = ReadBenchmark.set(size, BYTES); }

  /** What is not written back yet would stay in the cache. */
  @Setup(Level.Iteration)
  public void empty() throws IOException, InterruptedException {
    if (!Files.isWritable(DROP_CACHES)) {
      throw new IllegalStateException(
          DROP_CACHES + " may not be written: nothing cold can be measured by this user here");
    }
    var flush = new ProcessBuilder("sync").inheritIO().start();
    if (!flush.waitFor(FLUSH_SECONDS, TimeUnit.SECONDS)) {
      flush.destroyForcibly();
      throw new IllegalStateException("sync did not end within " + FLUSH_SECONDS + " s");
    }
    Files.writeString(DROP_CACHES, "3");
  }

  /** Deletes the files. */
  @TearDown
  public void delete() throws IOException { Objects.requireNonNull(files).close(); }

  /** All files, loaded and hashed. */
  @Benchmark
  public long load() throws IOException, FileFailure { return Objects.requireNonNull(files).hashes(way); }
}
