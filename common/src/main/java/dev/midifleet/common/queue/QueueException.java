package dev.midifleet.common.queue;

/** The queue cannot be used as it is; the message is for people, says what to do, and holds no password. */
public final class QueueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public QueueException(String message) { super(message); }
}
