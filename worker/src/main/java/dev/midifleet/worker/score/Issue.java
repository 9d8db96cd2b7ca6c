package dev.midifleet.worker.score;

/**
 * What was met in a file that is not as the standard (RP-001) has it, or that a reader should know of. Its place in this
 * list is its bit in {@code issue_bits}: never reorder, only append.
 */
public enum Issue {
  /** Bytes stand before MThd (MacBinary, mail headers, a RIFF wrapper of another kind). */
  JUNK_BEFORE_HEADER(ParseStatus.REPAIRED),
  /** There is no MThd, only tracks; 480 ticks a quarter note were assumed. */
  HEADER_MISSING(ParseStatus.PARTIAL),
  /** The header's length is not 6. */
  HEADER_LENGTH(ParseStatus.REPAIRED),
  /** The format is none of 0, 1, 2; read as 1. */
  FORMAT_UNKNOWN(ParseStatus.REPAIRED),
  /** The division is 0 or no SMPTE rate; 480 ticks a quarter note were assumed. */
  DIVISION_INVALID(ParseStatus.REPAIRED),
  /** The header claims another number of tracks than there are. */
  TRACK_COUNT(ParseStatus.REPAIRED),
  /** Format 0 with more than one track; all were read. */
  FORMAT_0_WITH_TRACKS(ParseStatus.REPAIRED),
  /** A track's length is wrong; the track was read to its end, or to where the next begins. */
  TRACK_LENGTH(ParseStatus.REPAIRED),
  /** The file ends inside a track. */
  CUT_OFF(ParseStatus.PARTIAL),
  /** Bytes between chunks belong to none. */
  JUNK_BETWEEN_CHUNKS(ParseStatus.REPAIRED),
  /** A chunk that is no track; passing it over is what the standard asks for. */
  ALIEN_CHUNK(ParseStatus.CLEAN),
  /** Bytes after the last chunk. */
  JUNK_AFTER(ParseStatus.REPAIRED),
  /** A track without an end-of-track event. */
  END_MISSING(ParseStatus.REPAIRED),
  /** A track goes on after its end-of-track event (a second one, or events that no player plays). */
  DATA_AFTER_END(ParseStatus.REPAIRED),
  /** Running status was used across a meta or system exclusive event, which cancel it. */
  RUNNING_STATUS_CARRIED(ParseStatus.REPAIRED),
  /** Data bytes without a status, passed over. */
  DATA_WITHOUT_STATUS(ParseStatus.PARTIAL),
  /** A data byte above 127: velocities and values became 127, pitches lost their top bit. */
  DATA_BYTE_HIGH(ParseStatus.REPAIRED),
  /** A variable-length quantity of more than four bytes. */
  QUANTITY_TOO_LONG(ParseStatus.REPAIRED),
  /** A system common or real-time message, which cannot stand in a file; passed over. */
  SYSTEM_MESSAGE(ParseStatus.REPAIRED),
  /** The last event of a track reaches beyond its end, and was dropped. */
  EVENT_CUT(ParseStatus.PARTIAL),
  /** A meta event whose length is not that of its type. */
  META_LENGTH(ParseStatus.REPAIRED),
  /** A system exclusive event whose length is wrong; passed over up to its F7. */
  SYSEX_LENGTH(ParseStatus.REPAIRED),
  /** A tempo of 0, ignored. */
  TEMPO_INVALID(ParseStatus.REPAIRED),
  /** A tempo event in another track than the first of a format 1 file; it counts all the same. */
  TEMPO_OUTSIDE_FIRST_TRACK(ParseStatus.CLEAN),
  /** A time or key signature that cannot be, ignored. */
  SIGNATURE_INVALID(ParseStatus.REPAIRED),
  /** A delta time of 2,097,152 ticks or more. */
  HUGE_DELTA(ParseStatus.CLEAN),
  /** Time went beyond 2,147,483,647 ticks and stood still there. */
  TICKS_CLAMPED(ParseStatus.PARTIAL),
  /** Notes that nothing ended; they were ended with their track. */
  NOTE_HANGING(ParseStatus.REPAIRED),
  /** Note-offs where no note sounded. */
  NOTE_OFF_STRAY(ParseStatus.CLEAN),
  /** A note began while one of the same channel and pitch sounded; the first to begin is the first to end. */
  NOTE_OVERLAP(ParseStatus.CLEAN),
  /** More text than is kept. */
  TEXT_CUT(ParseStatus.CLEAN),
  /** Text with bytes that its character set does not have; they are shown as {@code \xE9}. */
  TEXT_UNDECODABLE(ParseStatus.CLEAN),
  /** What was passed over after an end of track or after the last chunk holds what looks like notes. */
  NOTES_PASSED_OVER(ParseStatus.PARTIAL);

  private final ParseStatus status;

  Issue(ParseStatus status) { this.status = status; }

  /** What the file's status is at best, once this was met. */
  public ParseStatus status() { return status; }

  // The place in the list is the stored code, as the class says.
  public long bit() { return 1L << ordinal(); }

  public boolean isIn(long bits) { return (bits & bit()) != 0; }

  /** The worst status of all issues in {@code bits}. */
  public static ParseStatus statusOf(long bits) {
    if ((bits & PARTIAL_BITS) != 0) return ParseStatus.PARTIAL;
    return (bits & REPAIRED_BITS) != 0 ? ParseStatus.REPAIRED : ParseStatus.CLEAN;
  }

  private static final long PARTIAL_BITS = bitsOf(ParseStatus.PARTIAL);
  private static final long REPAIRED_BITS = bitsOf(ParseStatus.REPAIRED);

  private static long bitsOf(ParseStatus status) {
    long bits = 0;
    for (Issue issue : values()) {
      if (issue.status == status) {
        bits |= issue.bit();
      }
    }
    return bits;
  }
}
