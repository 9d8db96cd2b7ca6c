package dev.midifleet.worker;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.UUID;

/** What a worker asks of the process that it lives in. */
public interface Host {
  /**
   * Starts a child process that runs a {@link SuspectWorker}: its standard output and input are the caller's, its standard
   * error is this process's.
   *
   * @param worker
   *          the worker in whose name it claims
   * @param library
   *          whose suspects, by {@code library.id}; empty for all
   */
  Process startSuspectWorker(UUID worker, OptionalInt library) throws IOException;

  /** Ends this process at once, as a power cut would: a thread in it hangs, and cannot be stopped. */
  void halt();
}
