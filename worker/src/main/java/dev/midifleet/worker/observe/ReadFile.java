package dev.midifleet.worker.observe;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;

/** A file is opened, read and hashed. */
@Name("midifleet.ReadFile")
@Label("Read File")
@Description("A file is opened, read and hashed")
@Registered
public final class ReadFile extends FileEvent {
  public ReadFile(long batch, long file) { super(batch, file); }
}
