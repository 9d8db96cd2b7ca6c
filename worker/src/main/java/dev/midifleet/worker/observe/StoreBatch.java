package dev.midifleet.worker.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** The transaction of a batch, with the wait for a connection. */
@Name("midifleet.StoreBatch")
@Label("Store Batch")
@Description("The transaction of a batch, with the wait for a connection")
@Registered
public final class StoreBatch extends StageEvent {
  @Label("Files")
  final int files;
  @Label("Rows")
  @Description("Rows of facts: one a content that was not known")
  final int rows;

  public StoreBatch(long batch, int files, int rows) {
    super(batch);
    this.files = files;
    this.rows = rows;
  }
}
