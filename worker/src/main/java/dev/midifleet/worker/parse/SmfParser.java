package dev.midifleet.worker.parse;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.score.Container;
import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import java.lang.foreign.MemorySegment;

/**
 * Reads a Standard MIDI File (RP-001), alone or in a RIFF wrapper (RP-029), as tolerantly as it can be read: what departs
 * from the standard costs a bit of {@link Issue}, and the file is refused only if nothing in it can be used.
 *
 * <p>Chunks follow one another by their lengths. A length is believed where it leads to the end of the file or to what
 * looks like another chunk; otherwise the track is read to its end-of-track event, or to the next {@code MTrk}. Takes time
 * in proportion to the bytes, allocates nothing that a length in the file asks for, and is reused: one a thread.
 */
public final class SmfParser {
  /** Bytes that must be readable, and 0, after the content. */
  public static final int SLACK = 16;

  private static final int MTHD = Bytes.id("MThd");
  private static final int MTRK = Bytes.id("MTrk");
  private static final int RIFF = Bytes.id("RIFF");
  private static final int RMID = Bytes.id("RMID");
  private static final int DATA = Bytes.id("data");
  private static final int CHUNK_HEAD = 8;
  private static final int HEADER_BODY = 6;
  private static final int NO_HEADER = -1;
  /** As many as a header can count. */
  private static final int TRACKS_MAX = 0xFFFF;

  private final Score score;
  private final Channels channels = new Channels();
  private final TrackParser tracks;
  private long start;
  private long end;
  private int declaredTracks;

  /**
   * @param score
   *          what is filled by each {@link #parse}
   * @param notesMax
   *          a file with more notes is TOO_LARGE
   */
  public SmfParser(Score score, int notesMax) { this(score, notesMax, true); }

  /**
   * @param hasShortcut
   *          false for the slow twin that tests compare with: every event takes the way of the unusual ones
   */
  SmfParser(Score score, int notesMax, boolean hasShortcut) {
    this.score = score;
    this.tracks = new TrackParser(score, channels, notesMax, hasShortcut);
  }

  /**
   * Reads one file into the score; what stood there is gone.
   *
   * @param bytes
   *          a native segment, with at least {@link #SLACK} bytes of 0 after the content
   * @param offset
   *          where the content begins in it
   * @param length
   *          bytes of content
   * @throws FileFailure
   *           EMPTY, NOT_MIDI, MALFORMED or TOO_LARGE; the score is then of no use
   */
  public void parse(MemorySegment bytes, long offset, long length) throws FileFailure {
    score.reset();
    channels.reset();
    tracks.reset();
    start = offset;
    end = offset + length;
    if (length == 0) {
      throw new FileFailure(FailureKind.EMPTY, 0, "the file has 0 bytes");
    }
    long chunks = readHead(bytes);
    readChunks(bytes, chunks);
    finish();
  }

  /** Finds and reads the header; returns where the first chunk after it should be. */
  private long readHead(MemorySegment bytes) throws FileFailure {
    long at = Bytes.find(bytes, MTHD, start, end);
    if (at < 0) return withoutHead(bytes);
    if (at > start && !isWrapped(bytes, at)) {
      score.addIssue(Issue.JUNK_BEFORE_HEADER);
    }
    long body = at + CHUNK_HEAD;
    if (end - body < HEADER_BODY) {
      throw new FileFailure(FailureKind.MALFORMED, at - start,
          "the header needs " + (CHUNK_HEAD + HEADER_BODY) + " bytes, " + (end - at) + " are left");
    }
    long length = Integer.toUnsignedLong(Bytes.bigInt(bytes, at + 4));
    int format = Bytes.bigShort(bytes, body);
    declaredTracks = Bytes.bigShort(bytes, body + 2);
    score.setHeader(format, usable(Bytes.bigShort(bytes, body + 4)));
    addIf(format > 2, Issue.FORMAT_UNKNOWN);
    addIf(length != HEADER_BODY, Issue.HEADER_LENGTH);
    boolean isBelieved = length >= HEADER_BODY && length <= end - body
        && (isChunk(bytes, body + length) || !isChunk(bytes, body + HEADER_BODY));
    return body + (isBelieved ? length : HEADER_BODY);
  }

  private long withoutHead(MemorySegment bytes) throws FileFailure {
    long track = Bytes.find(bytes, MTRK, start, end);
    if (track < 0) {
      throw new FileFailure(FailureKind.NOT_MIDI, 0, "neither MThd nor MTrk in " + (end - start) + " bytes");
    }
    score.addIssue(Issue.HEADER_MISSING);
    score.setHeader(1, Score.DEFAULT_DIVISION);
    declaredTracks = NO_HEADER;
    return track;
  }

  /** Whether a RIFF wrapper of type RMID stands before the header; if so, the file ends where its data ends. */
  private boolean isWrapped(MemorySegment bytes, long header) {
    if (Bytes.bigInt(bytes, start) != RIFF || Bytes.bigInt(bytes, start + 8) != RMID) return false;
    score.setContainer(Container.RMID);
    if (header - start >= 20 && Bytes.bigInt(bytes, header - 8) == DATA) {
      long dataEnd = header + Bytes.littleUnsignedInt(bytes, header - 4);
      // A chunk that ends with padding or inside its own header is no bound to go by.
      if (dataEnd < end && dataEnd > header + CHUNK_HEAD + HEADER_BODY) {
        end = dataEnd;
      }
    }
    return true;
  }

  private int usable(int division) {
    boolean isSmpte = division >= 0x8000;
    boolean isUsable = isSmpte ? framesPerSecond(division) > 0 && (division & 0xFF) > 0 : division > 0;
    addIf(!isUsable, Issue.DIVISION_INVALID);
    return isUsable ? division : Score.DEFAULT_DIVISION;
  }

  private static double framesPerSecond(int division) {
    return switch (-(byte) (division >> 8)) {
      case 24 -> 24;
      case 25 -> 25;
      case 29 -> 30_000 / 1001.0;
      case 30 -> 30;
      default -> 0;
    };
  }

  private void readChunks(MemorySegment bytes, long from) throws FileFailure {
    long at = from;
    while (end - at >= CHUNK_HEAD) {
      int id = Bytes.bigInt(bytes, at);
      if (id == MTRK) {
        at = readTrack(bytes, at);
      } else if (id == MTHD && score.trackCount() > 0) {
        break;
      } else if (isChunk(bytes, at)) {
        score.addIssue(Issue.ALIEN_CHUNK);
        at += CHUNK_HEAD + Integer.toUnsignedLong(Bytes.bigInt(bytes, at + 4));
      } else {
        long next = Bytes.find(bytes, MTRK, at, end);
        if (next < 0) break;
        score.addIssue(Issue.JUNK_BETWEEN_CHUNKS);
        at = next;
      }
    }
    if (at < end) {
      score.addIssue(Issue.JUNK_AFTER);
      addIf(holdsNotes(bytes, at, end), Issue.NOTES_PASSED_OVER);
    }
  }

  /** Reads the track whose chunk begins at {@code at}, and returns where the next chunk should be. */
  private long readTrack(MemorySegment bytes, long at) throws FileFailure {
    long body = at + CHUNK_HEAD;
    long declaredEnd = body + Integer.toUnsignedLong(Bytes.bigInt(bytes, at + 4));
    boolean isBelieved = declaredEnd == end || (declaredEnd < end && isChunk(bytes, declaredEnd));
    long limit = declaredEnd;
    if (!isBelieved) {
      long next = Bytes.find(bytes, MTRK, body, end);
      limit = next < 0 ? end : next;
    }
    int track = score.trackCount();
    if (track == TRACKS_MAX) {
      throw new FileFailure(FailureKind.TOO_LARGE, at - start, "more than " + TRACKS_MAX + " tracks");
    }
    boolean isIndependent = score.format() == 2 && track > 0;
    int startTick = isIndependent ? score.lastTick() : 0;
    if (isIndependent) {
      score.resetTempo(startTick);
      channels.beginAnew(startTick);
    }
    score.beginTrack();
    long stop = tracks.parse(bytes, body, limit, track, startTick, start);
    score.endTrack(tracks.endTick());
    if (score.isOverfull() || channels.isOverfull()) {
      throw new FileFailure(FailureKind.TOO_LARGE, at - start,
          "more than " + EventList.EVENTS_MAX + " tempi, signatures, resets, or programs and banks");
    }
    return afterTrack(bytes, declaredEnd, isBelieved, limit, stop);
  }

  private long afterTrack(MemorySegment bytes, long declaredEnd, boolean isBelieved, long limit, long stop) {
    if (!tracks.isEnded()) {
      boolean isCutOff = limit == end && declaredEnd > end;
      addIf(isCutOff, Issue.CUT_OFF);
      addIf(!isBelieved && !isCutOff, Issue.TRACK_LENGTH);
      return limit;
    }
    if (stop == declaredEnd) return stop;
    if (!isBelieved || Bytes.bigInt(bytes, stop) == MTRK) {
      score.addIssue(Issue.TRACK_LENGTH);
      return stop;
    }
    score.addIssue(Issue.DATA_AFTER_END);
    addIf(holdsNotes(bytes, stop, declaredEnd), Issue.NOTES_PASSED_OVER);
    return declaredEnd;
  }

  /** Whether a note-on with its two data bytes stands there. */
  private static boolean holdsNotes(MemorySegment bytes, long from, long to) {
    for (long at = from; at + 3 <= to; at++) {
      if ((Bytes.unsigned(bytes, at) & 0xF0) != 0x90) continue;
      int velocity = Bytes.unsigned(bytes, at + 2);
      if (Bytes.unsigned(bytes, at + 1) < 0x80 && velocity > 0 && velocity < 0x80) return true;
    }
    return false;
  }

  /** Whether four printable letters and a length that fits stand there. */
  private boolean isChunk(MemorySegment bytes, long at) {
    if (at > end - CHUNK_HEAD) return false;
    int id = Bytes.bigInt(bytes, at);
    if (id == MTRK || id == MTHD) return true;
    for (int shift = 0; shift < 32; shift += 8) {
      int letter = (id >>> shift) & 0xFF;
      if (letter < 0x20 || letter > 0x7E) return false;
    }
    return Integer.toUnsignedLong(Bytes.bigInt(bytes, at + 4)) <= end - at - CHUNK_HEAD;
  }

  private void finish() throws FileFailure {
    if (declaredTracks == NO_HEADER && score.noteCount() == 0) {
      throw new FileFailure(FailureKind.NOT_MIDI, 0, "no MThd, and no note in what follows MTrk");
    }
    if (score.trackCount() == 0 && declaredTracks > 0) {
      throw new FileFailure(FailureKind.MALFORMED, end - start,
          "the header claims " + declaredTracks + " tracks, and there is none");
    }
    addIf(declaredTracks != NO_HEADER && declaredTracks != score.trackCount(), Issue.TRACK_COUNT);
    addIf(score.format() == 0 && score.trackCount() > 1, Issue.FORMAT_0_WITH_TRACKS);
    int division = score.division();
    score.tempos().sort();
    score.timeSignatures().sort();
    score.keySignatures().sort();
    score.systems().sort();
    if (division >= 0x8000) {
      score.tempoMap().buildSmpte(framesPerSecond(division), division & 0xFF);
    } else {
      score.tempoMap().build(division, score.tempos());
    }
    channels.settle(score);
  }

  private void addIf(boolean met, Issue issue) {
    if (met) {
      score.addIssue(issue);
    }
  }
}
