package dev.midifleet.worker.parse;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.GmSystem;
import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The program of each channel, and whether it plays drums. While tracks are read one after the other, each note takes what
 * its channel last heard in that order, which is right where a channel's programs stand in the track of its notes. Where
 * they do not, or where GM2, GS or XG move the drums, {@link #settle} goes over all notes again in the order of time.
 *
 * <p>Drums: channel 10 (9 counted from 0); with GS, parts whose "use for rhythm part" is on; with GM2, bank 120; with XG,
 * banks 126 and 127 (120 too, as synthesizers accept it), and a channel 10 with another bank is not drums. A bank counts
 * from the next program change on.
 */
final class Channels {
  private static final int CHANNELS = 16;
  private static final int DRUM_CHANNEL = 9;
  private static final int NONE = -1;
  private static final int SEVERAL = -2;
  private static final int ORDER_KEEP = 1 << 18;

  private static final int PROGRAM = 0;
  private static final int BANK = 1;
  private static final int RHYTHM = 2;
  private static final int SYSTEM = 3;
  private static final int RESET = 4;

  /** The bits that a note-on adds pitch and velocity to. */
  private final int[] voices = new int[CHANNELS];
  private final EventList events = new EventList();
  /** The track that holds a channel's programs and banks; {@link #NONE} or {@link #SEVERAL}. */
  private final int[] homes = new int[CHANNELS];
  private final RadixSort sort = new RadixSort();
  private int[] order = {};
  private boolean banked;
  private boolean rhythm;
  private boolean extended;

  private final int[] bank = new int[CHANNELS];
  private final int[] nextBank = new int[CHANNELS];
  private final int[] rhythmPart = new int[CHANNELS];
  private int system = NONE;

  int[] voices() { return voices; }

  void reset() {
    events.reset();
    Arrays.fill(homes, NONE);
    banked = false;
    rhythm = false;
    extended = false;
    if (order.length > ORDER_KEEP) {
      order = new int[0];
      sort.trim(0);
    }
    resetVoices();
  }

  private void resetVoices() {
    for (int channel = 0; channel < CHANNELS; channel++) {
      voices[channel] = (channel << 16) | (channel == DRUM_CHANNEL ? Score.DRUM : 0);
    }
  }

  /** An independent track begins (format 2). */
  void beginAnew(int tick) {
    resetVoices();
    add(RESET, 0, 0, tick);
  }

  /** Whether there were more programs, banks and parts than are kept. */
  boolean isOverfull() {
    return events.isOverfull();
  }

  void program(int channel, int program, int tick, int track) {
    voices[channel] = (voices[channel] & 0xFF_FFFF) | (program << 24);
    add(PROGRAM, channel, program, tick);
    settleIn(channel, track);
  }

  void bank(int channel, int bankMsb, int tick, int track) {
    banked = true;
    add(BANK, channel, bankMsb, tick);
    settleIn(channel, track);
  }

  void rhythmPart(int channel, boolean on, int tick) {
    rhythm = true;
    add(RHYTHM, channel, on ? 1 : 0, tick);
  }

  void system(GmSystem value, int tick) {
    extended |= value == GmSystem.XG || value == GmSystem.GM2;
    add(SYSTEM, 0, value.code(), tick);
  }

  private void add(int kind, int channel, int value, int tick) {
    events.add(tick, (kind << 24) | (channel << 16) | value);
  }

  private void settleIn(int channel, int track) {
    homes[channel] = homes[channel] == NONE || homes[channel] == track ? track : SEVERAL;
  }

  /** Mends the voices of all notes where reading track by track got them wrong. */
  void settle(Score score) {
    if (score.noteCount() > 0 && (rhythm || (extended && banked) || isSpread(score))) {
      replay(score);
    }
  }

  /** Whether a channel has notes outside the only track that has its programs. */
  private boolean isSpread(Score score) {
    if (events.isEmpty() || score.trackCount() < 2) return false;
    int[] all = score.voices();
    for (int track = 0; track < score.trackCount(); track++) {
      int channels = 0;
      for (int i = score.firstNote(track); i < score.firstNote(track + 1); i++) {
        channels |= 1 << Score.channel(all[i]);
      }
      for (; channels != 0; channels &= channels - 1) {
        int home = homes[Integer.numberOfTrailingZeros(channels)];
        if (home != NONE && home != track) return true;
      }
    }
    return false;
  }

  private void replay(Score score) {
    int count = score.noteCount();
    if (order.length < count) {
      order = new int[count + (count >> 1)];
    }
    sort.order(score.onsets(), count, order);
    events.sort();
    startOver();
    int[] onsets = score.onsets();
    int[] all = score.voices();
    int next = 0;
    for (int i = 0; i < count; i++) {
      int note = order[i];
      while (next < events.size() && events.tick(next) <= onsets[note]) {
        apply(events.value(next++));
      }
      int voice = all[note];
      all[note] = (voice & 0xFFFF) | voices[Score.channel(voice)];
    }
  }

  private void startOver() {
    resetVoices();
    Arrays.fill(bank, NONE);
    Arrays.fill(nextBank, NONE);
    Arrays.fill(rhythmPart, NONE);
    system = NONE;
  }

  private void apply(int event) {
    int channel = (event >>> 16) & 0xF;
    int value = event & 0xFFFF;
    switch (event >>> 24) {
      case PROGRAM -> {
        bank[channel] = nextBank[channel];
        setVoice(channel, value);
      }
      case BANK -> nextBank[channel] = value;
      case RHYTHM -> {
        rhythmPart[channel] = value;
        setVoice(channel, voices[channel] >>> 24);
      }
      case SYSTEM -> {
        system = value;
        for (int each = 0; each < CHANNELS; each++) {
          rhythmPart[each] = NONE;
          setVoice(each, voices[each] >>> 24);
        }
      }
      default -> startOver();
    }
  }

  private void setVoice(int channel, int program) {
    voices[channel] = (channel << 16) | (isDrum(channel) ? Score.DRUM : 0) | (program << 24);
  }

  private boolean isDrum(int channel) {
    int active = bank[channel];
    if (system == GmSystem.XG.code() && active != NONE) {
      return active == 120 || active >= 126;
    }
    if (system == GmSystem.GM2.code() && (active == 120 || active == 121)) {
      return active == 120;
    }
    return rhythmPart[channel] == NONE ? channel == DRUM_CHANNEL : rhythmPart[channel] == 1;
  }
}
