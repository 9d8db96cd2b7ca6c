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
  private final PlainEvents plain = new PlainEvents();
  private final SystemEvents system;
  private final int notesMax;
  private final boolean hasShortcut;
  private int[] onsets = {};
  private int[] ends = {};
  private int[] voices = {};
  private int room;
  private int count;
  private int tick;
  private int running;
  private int track;
  private long file;
  private long end;
  private int endTick;
  private int foundStatus;

  TrackParser(Score score, Channels channels, int notesMax, boolean hasShortcut) {
    this.score = score;
    this.channels = channels;
    this.controllers = score.controllers();
    this.system = new SystemEvents(score, channels);
    this.notesMax = notesMax;
    this.hasShortcut = hasShortcut;
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
    this.track = track;
    this.file = file;
    int first = score.noteCount();
    count = first;
    takeColumns();
    tick = startTick;
    running = 0;
    end = limit;
    system.beginTrack(track);
    pairing.beginTrack();
    long pos = start;
    long next = start;
    while (next >= 0 && next < end) {
      pos = hasShortcut ? plainEvents(bytes, next) : next;
      next = pos < end ? event(bytes, pos) : pos;
    }
    pos = next < 0 ? pos : next;
    finish(first, next < 0);
    return pos;
  }

  private void takeColumns() {
    onsets = score.onsets();
    ends = score.ends();
    voices = score.voices();
    room = Math.min(onsets.length, notesMax);
  }

  /**
   * Reads notes, controllers and pitch bends for as long as nothing about their bytes is unusual. All else is left to
   * {@link #event}.
   *
   * @return where the first event stands that it leaves
   */
  private long plainEvents(MemorySegment bytes, long from) {
    long pos = from;
    while (pos < end && hasRoom()) {
      pos = plain.read(bytes, pos, end, tick, running < CANCELLED ? running : 0);
      if (plain.count() == 0) break;
      tick = plain.tick();
      running = plain.running();
      addNotes();
      addOthers();
      if (!plain.isFull()) break;
    }
    return pos;
  }

  /** Makes room for the notes of a block; false where so many would be too many. */
  private boolean hasRoom() {
    if (count + PlainEvents.EVENTS > notesMax) return false;
    while (count + PlainEvents.EVENTS > room) {
      score.setNoteCount(count);
      score.growNotes();
      takeColumns();
    }
    return true;
  }

  // Whether a note begins or ends cannot be foretold: where it sounds alone, as most do, both are done by the same arithmetic.
  private void addNotes() {
    long[] events = plain.events();
    int[] allOnsets = onsets;
    int[] allEnds = ends;
    int[] allVoices = voices;
    int[] oldest = pairing.oldest();
    int[] channelVoices = channels.voices();
    int stop = plain.noteCount();
    int begun = count;
    int elsewhere = 0;
    for (int i = 0; i < stop; i++) {
      long event = events[i];
      int now = PlainEvents.tick(event);
      int message = (int) event;
      int pitchVelocity = message >>> 8;
      int channel = message & 0xF;
      int slot = channel << 7 | (pitchVelocity & 0x7F);
      int begins = (message >>> 4) & ((pitchVelocity + 0x7F00) >>> 15) & 1;
      int note = oldest[slot];
      allOnsets[begun] = now;
      allVoices[begun] = channelVoices[channel] | pitchVelocity;
      if (note >>> (Integer.SIZE - 1) == begins && note < NotePairing.SEVERAL) {
        oldest[slot] = begun | (begins - 1);
        // The end of a note that begins is written over when it is known.
        allEnds[note ^ ((note ^ begun) & -begins)] = now;
      } else {
        elsewhere += 2 * begins - 1;
        if (begins != 0) {
          pairing.begin(slot, begun, allEnds);
        } else {
          pairing.end(slot, now, allEnds);
        }
      }
      begun += begins;
    }
    pairing.addOpen(2 * (begun - count) - stop - elsewhere);
    count = begun;
  }

  private void addOthers() {
    long[] events = plain.events();
    int others = plain.count() - plain.noteCount();
    for (int i = events.length - 1; i >= events.length - others; i--) {
      long event = events[i];
      int status = PlainEvents.status(event);
      int first = PlainEvents.first(event);
      int second = PlainEvents.second(event);
      switch (status & 0xF0) {
        case 0xB0 -> {
          controllers.add(first, second);
          if (first == 0) {
            channels.bank(status & 0xF, second, PlainEvents.tick(event), track);
          }
        }
        case 0xE0 -> controllers.add(ControllerTable.PITCH_BEND, (second << 7 | first) - BEND_CENTRE);
        default -> controllers.add(ControllerTable.KEY_PRESSURE, second);
      }
    }
  }

  /**
   * Reads one event of any kind.
   *
   * @return where it ends, or -1 if that is beyond the track's end
   */
  private long event(MemorySegment bytes, long pos) throws FileFailure {
    long word = bytes.get(WORD, pos);
    int delta = (int) word & 0xFF;
    long at = pos + 1;
    word >>>= 8;
    if (delta >= 0x80) {
      at = longDelta(bytes, pos, end);
      if (at < 0) return -1;
      delta = system.quantity();
      word = bytes.get(WORD, at);
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
    long next;
    if (status < 0xA0) {
      next = at + 2;
      if (next > end) return -1;
      note(status, (word & HIGH_DATA) == 0 ? word : lowered(word), now, pos);
      running = status;
    } else if (status < 0xF0) {
      next = channelMessage(status, word, at, end, now, track);
      running = status;
    } else {
      next = system.read(bytes, status, at, end, now);
      running = runningAfter(status, running);
      end = system.isEnded() && next >= 0 ? next : end;
    }
    if (next < 0) return -1;
    tick = now;
    return next;
  }

  private void note(int status, long word, int now, long pos) throws FileFailure {
    int slot = ((status & 0xF) << 7) | ((int) word & 0x7F);
    int velocity = (int) word & 0x7F00;
    if (status < 0x90 || velocity == 0) {
      pairing.end(slot, now, ends);
      return;
    }
    if (count == room) {
      grow(count, pos - file);
      takeColumns();
    }
    onsets[count] = now;
    voices[count] = channels.voices()[status & 0xF] | velocity | (slot & 0x7F);
    pairing.begin(slot, count++, ends);
  }

  private void finish(int first, boolean cut) {
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

  /** Doubles the room for notes. */
  private void grow(int count, long byteOffset) throws FileFailure {
    if (count >= notesMax) {
      throw new FileFailure(FailureKind.TOO_LARGE, byteOffset, "more than " + notesMax + " notes");
    }
    score.setNoteCount(count);
    score.growNotes();
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
