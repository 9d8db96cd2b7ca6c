package dev.midifleet.worker.analyze.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels once a process, and logs which and why. The system property {@value #PROPERTY} forces
 * {@code scalar} or {@code vector}.
 */
public final class KernelSelector {
  /** The property that forces a choice. */
  public static final String PROPERTY = "midifleet.kernels";

  private static final Logger LOG = LoggerFactory.getLogger(KernelSelector.class);
  private static final int BITS_MIN = 128;

  private KernelSelector() {}

  /** The kernels of this process. */
  public static Kernels kernels() { return Chosen.KERNELS; }

  private static final class Chosen {
    static final Kernels KERNELS = logged(select(System.getProperty(PROPERTY, "auto"), isModulePresent()));

    private static Kernels logged(Choice choice) {
      LOG.info("kernels: {} ({})", choice.kernels.name(), choice.reason);
      return choice.kernels;
    }
  }

  /** Kernels, and why these. */
  record Choice(Kernels kernels, String reason) {}

  /**
   * @throws IllegalArgumentException
   *           for another wish than auto, scalar or vector
   * @throws IllegalStateException
   *           when vector kernels are wished for and cannot be had
   */
  static Choice select(String wish, boolean hasModule) {
    return switch (wish) {
      case "scalar" -> new Choice(new ScalarKernels(), "forced by " + PROPERTY);
      case "vector" -> {
        if (!hasModule) {
          throw new IllegalStateException(
              PROPERTY + " is vector, and the module jdk.incubator.vector is not there; start "
                  + "with --add-modules=jdk.incubator.vector");
        }
        yield new Choice(new VectorKernels(), "forced by " + PROPERTY);
      }
      case "auto" -> automatic(hasModule);
      default -> throw new IllegalArgumentException(PROPERTY + " is " + wish + "; it must be auto, scalar or vector");
    };
  }

  private static Choice automatic(boolean hasModule) {
    if (!hasModule) return new Choice(new ScalarKernels(), "no module jdk.incubator.vector");
    int bits = VectorKernels.vectorBits();
    return bits < BITS_MIN
        ? new Choice(new ScalarKernels(), "vectors of this machine have only " + bits + " bits")
        : new Choice(new VectorKernels(), "vectors of this machine have " + bits + " bits");
  }

  private static boolean isModulePresent() { return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(); }
}
