package dev.midifleet.embedded;

/** The embedded PostgreSQL cannot do what was asked; the message says why, and what a person can do about it. */
public final class EmbeddedPostgresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedPostgresException(String message) { super(message); }

  EmbeddedPostgresException(String message, Throwable cause) { super(message, cause); }
}
