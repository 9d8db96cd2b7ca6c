package dev.midifleet.worker.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** A file's notes become facts. */
@Name("midifleet.AnalyzeFile")
@Label("Analyze File")
@Description("A file's notes become facts")
@Registered
public final class AnalyzeFile extends NotesEvent {
  public AnalyzeFile(long batch, long file, long bytes) { super(batch, file, bytes); }
}
