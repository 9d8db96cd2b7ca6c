package dev.midifleet.worker.observe;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** A batch, from the first file that is read to its ack, whatever became of it. */
@Name("midifleet.WorkBatch")
@Label("Work Batch")
@Description("A batch, from the first file that is read to its ack, whatever became of it")
@Registered
public final class WorkBatch extends StageEvent {
  @Label("Files")
  final int files;
  @Label("Bytes")
  @DataAmount
  long bytes;
  @Label("Notes")
  @Description("Of the files that were analysed")
  long notes;

  public WorkBatch(long batch, int files) {
    super(batch);
    this.files = files;
  }

  /** What was stored of it. */
  public void stored(long byteCount, long noteCount) {
    bytes = byteCount;
    notes = noteCount;
  }
}
