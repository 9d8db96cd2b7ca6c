package dev.midifleet.worker.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/**
 * A stage of a batch, from its making to its {@link #close()}; what fails is an event too, with what is known until then.
 * While it is off, the compiler leaves nothing of it: none escapes the method that makes it.
 */
@Category("midifleet")
@Enabled(false)
@StackTrace(false)
@Registered(false)
public abstract class StageEvent extends Event implements AutoCloseable {
  @Label("Batch")
  @Description("batches.id")
  final long batch;

  StageEvent(long batch) {
    this.batch = batch;
    begin();
  }

  /** Ends it, and records it if anybody wants it. */
  @Override
  public final void close() {
    if (shouldCommit()) {
      commit();
    }
  }
}
