package dev.midifleet.worker.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** The message of a batch that is committed is acked. */
@Name("midifleet.AckBatch")
@Label("Ack Batch")
@Description("The message of a batch that is committed is acked")
@Registered
public final class AckBatch extends StageEvent {
  public AckBatch(long batch) { super(batch); }
}
