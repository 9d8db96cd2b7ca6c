package dev.midifleet.worker.analyze.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
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
  /** HotSpot's option of that name; without AVX C2 makes objects of vectors, which takes 23 times as long as plain loops. */
  private static final String AVX_OPTION = "UseAVX";

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
    return hasModule
        ? forMachine(isWithoutAvx(), VectorKernels.vectorBits())
        : new Choice(new ScalarKernels(), "no module jdk.incubator.vector");
  }

  /** By what the JVM uses of a machine. */
  static Choice forMachine(boolean isWithoutAvx, int bits) {
    if (isWithoutAvx) return new Choice(new ScalarKernels(), "this machine has no AVX");
    return bits < BITS_MIN
        ? new Choice(new ScalarKernels(), "vectors of this machine have only " + bits + " bits")
        : new Choice(new VectorKernels(), "vectors of this machine have " + bits + " bits");
  }

  private static boolean isWithoutAvx() {
    HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return options != null && "0".equals(options.getVMOption(AVX_OPTION).getValue());
    } catch (IllegalArgumentException _) {
      // A processor of another family.
      return false;
    }
  }

  private static boolean isModulePresent() { return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(); }
}
