package dev.midifleet.common.catalog;

/** Where a batch runs. */
public enum Lane {
  /** Through the queue, many files at a time. */
  BULK,
  /** Not queued: one file alone in a child process, because a batch with it has cost its worker. */
  SUSPECT
}
