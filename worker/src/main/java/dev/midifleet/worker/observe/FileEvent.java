package dev.midifleet.worker.observe;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Registered;

/** A stage of one file, on a thread of the crew. */
@Registered(false)
public abstract class FileEvent extends StageEvent {
  @Label("File")
  @Description("files.id")
  final long file;
  @Label("Bytes")
  @DataAmount
  long bytes;

  FileEvent(long batch, long file) {
    super(batch);
    this.file = file;
  }

  /** How large the file is. */
  public final void bytes(long count) { bytes = count; }
}
