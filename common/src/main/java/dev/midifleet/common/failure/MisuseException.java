package dev.midifleet.common.failure;

/** Somebody asked for what makes no sense; the message is for that person, and says what would. */
public class MisuseException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MisuseException(String message) { super(message); }
}
