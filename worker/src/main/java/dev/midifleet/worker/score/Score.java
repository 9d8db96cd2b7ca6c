package dev.midifleet.worker.score;

import java.util.Arrays;

/**
 * What one file holds. Notes are columns of ints, in the order of tracks and within a track in the order of onsets:
 *
 * <pre>
 * onsets[i]  tick of its beginning
 * ends[i]    tick of its end, at or after the onset
 * voices[i]  bits 0-7 pitch, 8-15 velocity (1-127), 16-19 channel (0-15), 20 drums, 24-30 program
 * </pre>
 *
 * The arrays are longer than {@link #noteCount()}, and replaced when they grow: take them again after parsing. Tracks of a
 * format 2 file, which are pieces of their own, lie one after the other in time.
 *
 * <p>Mutable and reused: filled by {@code parse}, read by {@code analyze}, owned by one thread.
 */
public final class Score {
  public static final int DRUM = 1 << 20;
  /** The division that is assumed where a file has none that can be used. */
  public static final int DEFAULT_DIVISION = 480;

  private static final int SMALL = 1024;
  private static final int KEEP = 1 << 18;
  private static final int KEEP_TRACKS = 1 << 14;

  private int[] onsets = new int[SMALL];
  private int[] ends = new int[SMALL];
  private int[] voices = new int[SMALL];
  private int noteCount;
  private int[] trackFirstNote = new int[SMALL];
  private int trackCount;

  private final EventList tempos = new EventList();
  private final EventList timeSignatures = new EventList();
  private final EventList keySignatures = new EventList();
  private final EventList systems = new EventList();
  private final ControllerTable controllers = new ControllerTable();
  private final TempoMap tempoMap = new TempoMap();
  private final TextEvents texts;

  private Container container = Container.SMF;
  private int format;
  private int division;
  private int tempoEventCount;
  private long issues;
  private int hangingNotes;
  private int lastTick;

  /**
   * @param textBytesMax
   *          kept of each type of text event
   */
  public Score(int textBytesMax) { texts = new TextEvents(textBytesMax); }

  /** Makes it empty, and gives back what only a giant file needed. */
  public void reset() {
    if (onsets.length > KEEP) {
      onsets = new int[SMALL];
      ends = new int[SMALL];
      voices = new int[SMALL];
    }
    if (trackFirstNote.length > KEEP_TRACKS) {
      trackFirstNote = new int[SMALL];
    }
    noteCount = 0;
    trackCount = 0;
    tempos.reset();
    timeSignatures.reset();
    keySignatures.reset();
    systems.reset();
    controllers.reset();
    texts.reset();
    container = Container.SMF;
    format = 0;
    division = DEFAULT_DIVISION;
    tempoEventCount = 0;
    issues = 0;
    hangingNotes = 0;
    lastTick = 0;
  }

  public int[] onsets() { return onsets; }

  public int[] ends() { return ends; }

  public int[] voices() { return voices; }

  public int noteCount() { return noteCount; }

  public static int pitch(int voice) { return voice & 0x7F; }

  public static int velocity(int voice) { return (voice >>> 8) & 0x7F; }

  /** Counted from 0. */
  public static int channel(int voice) { return (voice >>> 16) & 0xF; }

  public static boolean isDrum(int voice) { return (voice & DRUM) != 0; }

  /** -1 for drums, else 0: for loops that cannot afford a branch. */
  public static int drumMask(int voice) {
    return (voice << Integer.numberOfLeadingZeros(DRUM)) >> (Integer.SIZE - 1);
  }

  /** Counted from 0. */
  public static int program(int voice) { return voice >>> 24; }

  /** Tracks that were found, with or without notes. */
  public int trackCount() { return trackCount; }

  /** The index of a track's first note; that of the track after the last is {@link #noteCount()}. */
  public int firstNote(int track) {
    return track < trackCount ? trackFirstNote[track] : noteCount;
  }

  /** Microseconds a quarter note, 1 or more. */
  public EventList tempos() { return tempos; }

  /** Numerator, and denominator from bit 8 on. */
  public EventList timeSignatures() { return timeSignatures; }

  /** Sharps (flats are negative) in bits 0-7 as a signed byte; bit 8 set for minor. */
  public EventList keySignatures() {
    return keySignatures;
  }

  /** System resets: codes of {@link GmSystem}. */
  public EventList systems() { return systems; }

  public ControllerTable controllers() { return controllers; }

  public TextEvents texts() { return texts; }

  /** Stands once the file is parsed. */
  public TempoMap tempoMap() { return tempoMap; }

  public Container container() { return container; }

  /** As the header has it, even where that is none of 0, 1, 2. */
  public int format() { return format; }

  /** The header's division word: ticks a quarter note, or SMPTE where bit 15 is set; the assumed one if it was useless. */
  public int division() {
    return division;
  }

  public boolean isSmpte() { return tempoMap.isSmpte(); }

  /** Tempo events that count, before any merging. */
  public int tempoEventCount() { return tempoEventCount; }

  /** Bits of {@link Issue}. */
  public long issues() { return issues; }

  public int hangingNotes() { return hangingNotes; }

  /** Where the longest track ends. */
  public int lastTick() { return lastTick; }

  /** Doubles the room for notes. */
  public void growNotes() {
    int capacity = onsets.length * 2;
    onsets = Arrays.copyOf(onsets, capacity);
    ends = Arrays.copyOf(ends, capacity);
    voices = Arrays.copyOf(voices, capacity);
  }

  /** Whether there were more events of one kind than are kept: then some are missing. */
  public boolean isOverfull() {
    return tempos.isOverfull() || timeSignatures.isOverfull() || keySignatures.isOverfull() || systems.isOverfull();
  }

  public void setNoteCount(int count) { noteCount = count; }

  /** Begins the next track; its notes follow. */
  public void beginTrack() {
    if (trackCount == trackFirstNote.length) {
      trackFirstNote = Arrays.copyOf(trackFirstNote, trackCount * 2);
    }
    trackFirstNote[trackCount++] = noteCount;
  }

  public void endTrack(int tick) { lastTick = Math.max(lastTick, tick); }

  public void addTempo(int tick, int micros) {
    tempos.add(tick, micros);
    tempoEventCount++;
  }

  /** Back to 120 BPM, as at the start of an independent track. */
  public void resetTempo(int tick) {
    tempos.add(tick, TempoMap.DEFAULT_MICROS);
  }

  public void addIssue(Issue issue) { issues |= issue.bit(); }

  public void addHangingNotes(int count) { hangingNotes += count; }

  public void setContainer(Container value) { container = value; }

  public void setHeader(int formatWord, int divisionWord) {
    format = formatWord;
    division = divisionWord;
  }
}
