package dev.midifleet.worker.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** A file's bytes become notes. */
@Name("midifleet.ParseFile")
@Label("Parse File")
@Description("A file's bytes become notes")
@Registered
public final class ParseFile extends NotesEvent {
  public ParseFile(long batch, long file, long bytes) { super(batch, file, bytes); }
}
