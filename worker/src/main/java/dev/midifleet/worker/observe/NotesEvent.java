package dev.midifleet.worker.observe;

import jdk.jfr.Label;
import jdk.jfr.Registered;

/** A stage in which the notes of a file are known. */
@Registered(false)
abstract class NotesEvent extends FileEvent {
  @Label("Notes")
  long notes;

  NotesEvent(long batch, long file, long bytes) {
    super(batch, file);
    this.bytes = bytes;
  }

  /** How many notes it has. */
  public final void notes(long count) { notes = count; }
}
