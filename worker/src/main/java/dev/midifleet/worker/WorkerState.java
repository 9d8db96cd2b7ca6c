package dev.midifleet.worker;

/** What a worker is doing, as its row says it in lower case. */
public enum WorkerState {
  STARTING,
  RUNNING,
  /** It waits for the database or for its library's mount, and takes nothing. */
  PAUSED,
  /** It finishes the batches that it holds, and takes no more. */
  DRAINING,
  STOPPED
}
