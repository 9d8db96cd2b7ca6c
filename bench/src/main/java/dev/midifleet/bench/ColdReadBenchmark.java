package dev.midifleet.bench;

import dev.midifleet.bench.endtoend.ColdCache;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
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

  /** Before each walk. */
  @Setup(Level.Iteration)
  public void empty() throws IOException, InterruptedException { ColdCache.drop(); }

  /** Deletes the files. */
  @TearDown
  public void delete() throws IOException { Objects.requireNonNull(files).close(); }

  /** All files, loaded and hashed. */
  @Benchmark
  public long load() throws IOException, FileFailure { return Objects.requireNonNull(files).hashes(way); }
}
