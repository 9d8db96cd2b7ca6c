package dev.midifleet.worker.store;

/**
 * What a transaction has written.
 *
 * @param committed
 *          false if the batch had been committed, cancelled or split before: nothing was written
 */
public record Stored(boolean committed, int done, int copied, int dead, int retried) {
  static final Stored NOTHING = new Stored(false, 0, 0, 0, 0);
}
