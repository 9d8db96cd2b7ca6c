package dev.midifleet.common.lifecycle;

import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Named places on the data's way, where a test may end the process, wait, or throw. Nothing in the product listens: a
 * listener is a {@link ServiceLoader} provider that a test puts on the class path, and without one a place costs nothing.
 */
public enum Checkpoint {
  /** enqueue: the files are registered, none is planned. */
  REGISTERED,
  /** enqueue: batches are committed, and not yet published. */
  PLANNED,
  /** relay: a batch is claimed, and not yet published. Its attempt is told. */
  CLAIMED,
  /** relay: batches are published, and their confirms not yet in the rows. */
  CONFIRMED,
  /** worker: a batch is taken. */
  TAKEN,
  /** worker: a file is about to be read. */
  READING,
  /** worker: a file is read, and about to be parsed and analysed. */
  ANALYZING,
  /** worker: all rows of a batch are written, and not committed. */
  STORING,
  /** worker: a batch is committed, and not acked. */
  COMMITTED;

  /** What a test does at a place. */
  public interface Listener {
    /**
     * @param what
     *          the id of a batch, the attempt of a claim, or the path of a file
     */
    void reached(Checkpoint place, Object what);
  }

  private static final class Holder {
    static final @Nullable Listener LISTENER = ServiceLoader.load(Listener.class).findFirst().orElse(null);
  }

  /** Says that a batch, or an attempt, is here now. */
  public void reached(long number) {
    Listener listener = Holder.LISTENER;
    if (listener != null) {
      listener.reached(this, number);
    }
  }

  /** Says that a file is here now. */
  public void reached(Path file) {
    Listener listener = Holder.LISTENER;
    if (listener != null) {
      listener.reached(this, file);
    }
  }
}
