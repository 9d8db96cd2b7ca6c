package dev.midifleet.producer.register;

/**
 * What registering has found so far, in files.
 *
 * @param added
 *          not known before
 * @param changed
 *          known, with another size or time: to be analysed again
 * @param unchanged
 *          known, and as they were
 * @param settled
 *          of those unchanged, files that nothing waits to be done for: analysed, dead or dropped
 * @param dead
 *          of those settled, dead letters
 * @param dropped
 *          of those settled, dead letters that were given up
 */
public record Registered(long added, long changed, long unchanged, long settled, long dead, long dropped) {
  static final Registered NONE = new Registered(0, 0, 0, 0, 0, 0);

  /** All files seen. */
  public long found() { return added + changed + unchanged; }

  Registered plus(Registered other) {
    return new Registered(added + other.added, changed + other.changed, unchanged + other.unchanged,
        settled + other.settled, dead + other.dead, dropped + other.dropped);
  }
}
