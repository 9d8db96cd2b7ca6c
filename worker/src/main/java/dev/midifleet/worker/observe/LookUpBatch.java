package dev.midifleet.worker.observe;

import java.util.Set;
import java.util.UUID;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** PostgreSQL is asked which contents of a batch are known. */
@Name("midifleet.LookUpBatch")
@Label("Look Up Batch")
@Description("PostgreSQL is asked which contents of a batch are known")
@Registered
public final class LookUpBatch extends StageEvent {
  @Label("Contents")
  final int contents;
  @Label("Known")
  int known;

  public LookUpBatch(long batch, int contents) {
    super(batch);
    this.contents = contents;
  }

  /** Notes how many of them are known; returns those. */
  public Set<UUID> known(Set<UUID> answer) {
    known = answer.size();
    return answer;
  }
}
