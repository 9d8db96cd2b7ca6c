package dev.midifleet.worker.store;

/**
 * What a transaction has written.
 *
 * @param committed
 *          false if the batch had been committed, cancelled or split before: nothing was written
 * @param copied
 *          of those done, files whose content was known
 * @param refused
 *          of the dead, files whose rows the database refused
 */
public record Stored(boolean committed, int done, int copied, int dead, int retried, int refused) {
  static final Stored NOTHING = new Stored(false, 0, 0, 0, 0, 0);

  /** The sum of two parts of one transaction. */
  Stored plus(Stored other) {
    return new Stored(committed || other.committed, done + other.done, copied + other.copied, dead + other.dead,
        retried + other.retried, refused + other.refused);
  }
}
