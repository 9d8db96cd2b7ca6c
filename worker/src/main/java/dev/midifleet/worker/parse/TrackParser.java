package dev.midifleet.worker.parse;

import static dev.midifleet.worker.parse.Bytes.WORD;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.score.ControllerTable;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import java.lang.foreign.MemorySegment;

/**
 * Reads the events of one track into the score. One load of eight bytes holds a whole channel message with the delta time
 * before it; what was understood is shifted out of the word. No load is checked against the end of the content, because
 * the slack after it stands; each event is checked once against the end of its track.
 */
final class TrackParser {
  /** Beside a running status that a meta or system exclusive event has cancelled by the letter. */
  private static final int CANCELLED = 0x100;
  private static final int HUGE_DELTA = 1 << 21;
  private static final int HIGH_DATA = 0x8080;
  private static final int BEND_CENTRE = 8192;

  private final Score score;
  private final Channels channels;
  private final ControllerTable controllers;
  private final NotePairing pairing = new NotePairing();
  private final SystemEvents system;
  private final int notesMax;
  private int endTick;
  private int foundStatus;

  TrackParser(Score score, Channels channels, int notesMax) {
    this.score = score;
    this.channels = channels;
    this.controllers = score.controllers();
    this.system = new SystemEvents(score, channels);
    this.notesMax = notesMax;
  }

  /** Makes it fit for a new file, whatever became of the one before. */
  void reset() { pairing.reset(); }

  /** Where the track ended, in ticks. */
  int endTick() { return endTick; }

  /** Whether the track had an end-of-track event. */
  boolean isEnded() { return system.isEnded(); }

  /**
   * Reads events from {@code start} until the end of track or {@code limit}.
   *
   * @param track
   *          its number, counted from 0
   * @param startTick
   *          the tick of its beginning
   * @param file
   *          where the file begins in {@code bytes}, for the offset of a failure
   * @return where reading ended: after the end-of-track event, at the limit, or at an event that reaches beyond it
   * @throws FileFailure
   *           TOO_LARGE, when there are more notes than allowed
   */
  long parse(MemorySegment bytes, long start, long limit, int track, int startTick, long file) throws FileFailure {
    // Long: the loop over events keeps all its state in locals, which a method of its own could not share.
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int[] channelVoices = channels.voices();
    int first = score.noteCount();
    int count = first;
    int room = Math.min(onsets.length, notesMax);
    int tick = startTick;
    int running = 0;
    long pos = start;
    long end = limit;
    system.beginTrack(track);
    pairing.beginTrack();
    while (pos < end) {
      long word = bytes.get(WORD, pos);
      int delta = (int) word & 0xFF;
      long at = pos + 1;
      word >>>= 8;
      if (delta >= 0x80) {
        if ((word & 0x80) == 0) {
          delta = ((delta & 0x7F) << 7) | ((int) word & 0x7F);
          at++;
          word >>>= 8;
        } else {
          at = longDelta(bytes, pos, end);
          if (at < 0) break;
          delta = system.quantity();
          word = bytes.get(WORD, at);
        }
      }
      int status = (int) word & 0xFF;
      if (status >= 0x80) {
        word >>>= 8;
        at++;
      } else if (running >= 0x80 && running < CANCELLED) {
        status = running;
      } else {
        at = withoutStatus(bytes, at, end, running);
        status = foundStatus;
        word = bytes.get(WORD, at);
      }
      int now = later(tick, delta);
      if ((status & 0xE0) == 0x80) {
        if (at + 2 > end) break;
        word = (word & HIGH_DATA) == 0 ? word : lowered(word);
        int slot = ((status & 0xF) << 7) | ((int) word & 0x7F);
        int velocity = (int) word & 0x7F00;
        if (status < 0x90 || velocity == 0) {
          pairing.end(slot, now, ends);
        } else {
          if (count == room) {
            room = grow(count, pos - file);
            onsets = score.onsets();
            ends = score.ends();
            voices = score.voices();
          }
          onsets[count] = now;
          voices[count] = channelVoices[status & 0xF] | velocity | (slot & 0x7F);
          pairing.begin(slot, count++, ends);
        }
        running = status;
        pos = at + 2;
      } else {
        boolean ofChannel = status < 0xF0;
        long next = ofChannel
            ? channelMessage(status, word, at, end, now, track)
            : system.read(bytes, status, at, end, now);
        if (next < 0) break;
        pos = next;
        running = ofChannel ? status : runningAfter(status, running);
        end = system.isEnded() ? next : limit;
      }
      tick = now;
    }
    finish(first, count, tick, pos < end);
    return pos;
  }

  private void finish(int first, int count, int tick, boolean cut) {
    score.setNoteCount(count);
    int hanging = pairing.endAll(score, first, tick);
    score.addHangingNotes(hanging);
    endTick = tick;
    addIf(hanging > 0, Issue.NOTE_HANGING);
    addIf(pairing.isOverlapped(), Issue.NOTE_OVERLAP);
    addIf(pairing.isStray(), Issue.NOTE_OFF_STRAY);
    addIf(cut, Issue.EVENT_CUT);
    addIf(!system.isEnded(), Issue.END_MISSING);
  }

  private void addIf(boolean met, Issue issue) {
    if (met) {
      score.addIssue(issue);
    }
  }

  private long longDelta(MemorySegment bytes, long at, long limit) {
    long next = system.quantity(bytes, at, limit);
    addIf(next >= 0 && system.quantity() >= HUGE_DELTA, Issue.HUGE_DELTA);
    return next;
  }

  /** Finds {@link #foundStatus} where a data byte stands in its place, and returns where its data begins. */
  private long withoutStatus(MemorySegment bytes, long from, long limit, int running) {
    if (running != 0) {
      score.addIssue(Issue.RUNNING_STATUS_CARRIED);
      foundStatus = running & 0xFF;
      return from;
    }
    long at = from;
    while (at < limit && Bytes.unsigned(bytes, at) < 0x80) {
      at++;
    }
    score.addIssue(Issue.DATA_WITHOUT_STATUS);
    // At the limit any status will do: its event does not fit.
    foundStatus = at < limit ? Bytes.unsigned(bytes, at) : 0x80;
    return at + 1;
  }

  private int later(int tick, int delta) {
    int sum = tick + delta;
    if (sum >= 0) return sum;
    score.addIssue(Issue.TICKS_CLAMPED);
    return Integer.MAX_VALUE;
  }

  private long lowered(long word) {
    score.addIssue(Issue.DATA_BYTE_HIGH);
    return (word & 0x8000) == 0 ? word : word | 0x7F00;
  }

  /** Doubles the room for notes and returns it. */
  private int grow(int count, long byteOffset) throws FileFailure {
    if (count >= notesMax) {
      throw new FileFailure(FailureKind.TOO_LARGE, byteOffset, "more than " + notesMax + " notes");
    }
    score.setNoteCount(count);
    score.growNotes();
    return Math.min(score.onsets().length, notesMax);
  }

  /** Reads a channel message that is no note; returns where it ends, or -1 if that is beyond the limit. */
  private long channelMessage(int status, long word, long at, long limit, int tick, int track) {
    int kind = status & 0xF0;
    boolean single = kind == 0xC0 || kind == 0xD0;
    long next = at + (single ? 1 : 2);
    if (next > limit) return -1;
    addIf((word & (single ? 0x80 : HIGH_DATA)) != 0, Issue.DATA_BYTE_HIGH);
    int first = Math.min((int) word & 0xFF, 0x7F);
    int second = Math.min((int) (word >>> 8) & 0xFF, 0x7F);
    switch (kind) {
      case 0xB0 -> {
        controllers.add(first, second);
        if (first == 0) {
          channels.bank(status & 0xF, second, tick, track);
        }
      }
      case 0xC0 -> channels.program(status & 0xF, first, tick, track);
      case 0xD0 -> controllers.add(ControllerTable.CHANNEL_PRESSURE, first);
      case 0xE0 -> controllers.add(ControllerTable.PITCH_BEND, (second << 7 | first) - BEND_CENTRE);
      default -> controllers.add(ControllerTable.KEY_PRESSURE, second);
    }
    return next;
  }

  private static int runningAfter(int status, int running) {
    if (status >= 0xF8 && status < 0xFF) return running;
    if (running == 0 || (status > 0xF0 && status < 0xF7)) return 0;
    return running | CANCELLED;
  }
}
