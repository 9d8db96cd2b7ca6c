package dev.midifleet.common.failure;

/**
 * Why a file could not be used, and what becomes of it. The names are stored in {@code dead_files.kind}; a new kind must
 * say its fate here and nowhere else.
 */
public enum FailureKind {
  /** Holds no {@code MThd}, with or without a wrapper. */
  NOT_MIDI(Fate.DEAD),
  /** 0 bytes. */
  EMPTY(Fate.DEAD),
  /** Larger than the limits for bytes or notes. */
  TOO_LARGE(Fate.DEAD),
  /** Starts like a Standard MIDI File, but nothing in it can be used. */
  MALFORMED(Fate.DEAD),
  /** PostgreSQL refused this file's row though the rest of its batch was taken. */
  REFUSED_BY_DATABASE(Fate.DEAD),
  /** Its path, or a link in it, leads out of its library. */
  OUTSIDE_LIBRARY(Fate.DEAD),
  /** Not there; a mount may come back. */
  MISSING(Fate.RETRY),
  /** There, but it could not be opened or read. */
  UNREADABLE(Fate.RETRY),
  /** Its size or its bytes changed while it was read. */
  CHANGED_WHILE_READ(Fate.RETRY),
  /** Its worker died or hung each time it was tried, alone. */
  CRASHED_WORKER(Fate.DEAD),
  /** A fault of ours: an exception other than {@link FileFailure} in parse or analysis. */
  INTERNAL_ERROR(Fate.DEAD);

  /** What follows the first failure of this kind. */
  public enum Fate {
    /** Recorded as a dead letter at once: the same bytes fail again. */
    DEAD,
    /** Tried again after a delay, as often as the settings say, then recorded. */
    RETRY
  }

  private final Fate fate;

  FailureKind(Fate fate) { this.fate = fate; }

  /** Whether a later try may succeed without anyone mending the file. */
  public boolean isRetried() {
    return fate == Fate.RETRY;
  }
}
