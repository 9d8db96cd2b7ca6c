package dev.midifleet.common.queue;

/** A message that is not a {@link BatchMessage}; its message says why. Data, not a bug: it has no stack trace. */
final class UnreadableMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableMessageException(String reason) { super(reason, null, false, false); }

  String reason() { return String.valueOf(getMessage()); }
}
