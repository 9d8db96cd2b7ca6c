package dev.midifleet.worker;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults of ours in the work on one file: each costs that file, as {@link FailureKind#INTERNAL_ERROR}, and each place in
 * the code is logged once with its stack, not once a file. For any number of threads.
 */
public final class InternalErrors {
  private static final Logger LOG = LoggerFactory.getLogger(InternalErrors.class);

  private final Set<String> loggedPlaces = ConcurrentHashMap.newKeySet();

  /**
   * What becomes of the file.
   *
   * @param file
   *          as the log is to name it
   */
  public FileFailure failure(Object file, Throwable fault) {
    String reason = fault instanceof OutOfMemoryError ? memory(fault) : place(fault) + ": " + fault.getMessage();
    if (loggedPlaces.add(place(fault))) {
      LOG.error("internal error in {}; logged once for this place", file, fault);
    }
    return new FileFailure(FailureKind.INTERNAL_ERROR, FileFailure.NO_OFFSET, reason);
  }

  private static String place(Throwable fault) {
    StackTraceElement[] stack = fault.getStackTrace();
    // Memory ends anywhere; that it did is one place.
    boolean isAnywhere = stack.length == 0 || fault instanceof OutOfMemoryError;
    return fault.getClass().getName() + (isAnywhere ? "" : " at " + stack[0]);
  }

  private static String memory(Throwable fault) {
    return "not enough memory for it (" + fault.getMessage() + "); the heap may have "
        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB, and MIDIFLEET_JAVA_OPTIONS=-Xmx2g would raise that";
  }
}
