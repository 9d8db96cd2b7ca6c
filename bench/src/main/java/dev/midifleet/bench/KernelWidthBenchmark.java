package dev.midifleet.bench;

import dev.midifleet.worker.analyze.kernel.VectorKernels;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Setup;

/**
 * {@link KernelBenchmark} at three widths of vectors. The kernels take the width that the JVM prefers, once a process: so
 * each width is a fork with a flag of its own. A width that the machine does not have ends with an error that says so,
 * instead of a figure of another width.
 */
public final class KernelWidthBenchmark {
  private static final int BITS_A_BYTE = 8;

  private KernelWidthBenchmark() {}

  private static void require(int bytes) {
    int bits = VectorKernels.vectorBits();
    if (bits != bytes * BITS_A_BYTE) {
      throw new IllegalStateException(
          "asked for vectors of " + bytes * BITS_A_BYTE + " bits; here they have " + bits);
    }
  }

  /** 128 bits. */
  @Fork(value = 2, jvmArgsAppend = "-XX:MaxVectorSize=16")
  public static class Bytes16 extends KernelBenchmark {
    /** Refuses another width. */
    @Setup
    public void require16() { require(16); }
  }

  /** 256 bits. */
  @Fork(value = 2, jvmArgsAppend = "-XX:MaxVectorSize=32")
  public static class Bytes32 extends KernelBenchmark {
    /** Refuses another width. */
    @Setup
    public void require32() { require(32); }
  }

  /** 512 bits. */
  @Fork(value = 2, jvmArgsAppend = "-XX:MaxVectorSize=64")
  public static class Bytes64 extends KernelBenchmark {
    /** Refuses another width. */
    @Setup
    public void require64() { require(64); }
  }
}
