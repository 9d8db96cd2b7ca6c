package dev.midifleet.bench;

import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * Reading and mapping by size, with the files in the page cache. Each way is a fork of its own, so that no code has seen
 * two kinds of segments. Times are for all files of a size, 64 MiB or 1,000 of them; {@code cpu} is what counts where
 * cores are shared.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadBenchmark {
  private static final int BYTES = 64 << 20;
  private static final int FILES_MAX = 1000;

  /** Bytes a file. */
  @Param({"1024", "4096", "16384", "65536", "262144", "1048576", "4194304", "10485760"})
  public int size = 1024;

  /** How. */
  @Param
  public ReadSet.Way way = ReadSet.Way.POOLED;

  private @Nullable ReadSet files;

  /** Files of a size that fill the total, but not more than the most; the ways must agree about them. */
  static ReadSet set(int size, int total) throws IOException, FileFailure {
    var files = new ReadSet(Math.clamp(total / size, 1, FILES_MAX), size);
    System.out.printf("%n%d files, hashes %x%n", files.count(), files.hashes(ReadSet.Way.POOLED));
    return files;
  }

  /** Writes the files. */
  @Setup
  public void write() throws IOException, FileFailure { files = set(size, BYTES); }

  /** Deletes them. */
  @TearDown
  public void delete() throws IOException { Objects.requireNonNull(files).close(); }

  /** All files, loaded and hashed. */
  @Benchmark
  public long load() throws IOException, FileFailure { return Objects.requireNonNull(files).hashes(way); }
}
