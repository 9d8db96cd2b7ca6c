package dev.midifleet.worker;

import dev.midifleet.worker.store.Stored;
import java.util.concurrent.atomic.LongAdder;

/** What a worker has committed since it started. */
public final class WorkerTotals {
  private final LongAdder done = new LongAdder();
  private final LongAdder copied = new LongAdder();
  private final LongAdder dead = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder notes = new LongAdder();

  void add(Stored stored, long batchBytes, long batchNotes) {
    done.add(stored.done());
    copied.add(stored.copied());
    dead.add(stored.dead());
    bytes.add(batchBytes);
    notes.add(batchNotes);
  }

  /** Files with facts, copies included. */
  public long done() { return done.sum(); }

  /** Of those, files whose content was known. */
  public long copied() { return copied.sum(); }

  public long dead() { return dead.sum(); }

  /** Bytes read. */
  public long bytes() { return bytes.sum(); }

  /** Notes of the contents that were analysed. */
  public long notes() { return notes.sum(); }
}
