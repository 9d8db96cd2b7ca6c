package dev.midifleet.worker.parse;

import static dev.midifleet.worker.parse.Bytes.WORD;

import java.lang.foreign.MemorySegment;

/**
 * A block of events about whose bytes nothing is unusual, as nearly all are: notes, controllers, bends and key pressure,
 * with a delta time of one or two bytes. Each is written to both lists, of which only the one it belongs to grows, as a
 * branch on what cannot be foretold would be a wrong guess every other time.
 *
 * <p>An event is a long: its tick in the upper half; below it the status from bit 16 on, the second data byte from bit 8
 * on, and the first.
 */
final class PlainEvents {
  /** In a block at most. */
  static final int EVENTS = 512;
  /** A delta time of two bytes, a status, two of data. */
  static final int EVENT_BYTES_MAX = 5;

  private static final long HIGH_DATA = 0x8080;
  private static final long DATA = 0x7F7F;
  private static final long STATUS = 0xFF_0000;
  /** Of an event without delta time and status. */
  private static final int MESSAGE_BYTES = 2;
  /** From which no block can come to the greatest tick. */
  private static final int TICK_MAX = Integer.MAX_VALUE - EVENTS * (1 << 14);
  /** Bit n: whether messages of status 0xn0 to 0xnF are not plain; below 0x80 is no status. */
  private static final int UNUSUAL = 0xFF | 1 << 0xC | 1 << 0xD | 1 << 0xF;
  private static final int STATUS_SHIFT = 16;
  private static final int TICK_SHIFT = 32;
  /** Of the bit that statuses from 0xA0 on have, as far as they are plain, and those of notes have not. */
  private static final int OTHER_SHIFT = STATUS_SHIFT + 5;

  // Notes from its beginning, what is no note from its end: one array leaves the loop enough registers.
  private final long[] events = new long[EVENTS];
  private int noteCount;
  private int tick;
  private int running;
  private int count;

  /** Note-ons and note-offs in their order, then free room, then all others, the last one first. */
  long[] events() {
    return events;
  }

  int noteCount() { return noteCount; }

  /** Of all events. */
  int count() { return count; }

  /** Of the last event, or what was given. */
  int tick() { return tick; }

  /** The status of the last event, or what was given. */
  int running() { return running; }

  static int tick(long event) { return (int) (event >>> TICK_SHIFT); }

  static int status(long event) { return (int) event >>> STATUS_SHIFT; }

  static int first(long event) { return (int) event & 0x7F; }

  static int second(long event) { return (int) event >>> 8 & 0x7F; }

  /**
   * Reads the next block.
   *
   * @param last
   *          where an event of {@link #EVENT_BYTES_MAX} bytes may still begin
   * @param startTick
   *          where the event before ended
   * @param startStatus
   *          the running status; 0 to 255, of which what is no plain status is none
   * @return where the first event stands that is not in it
   */
  long read(MemorySegment bytes, long from, long last, int startTick, int startStatus) {
    noteCount = 0;
    count = 0;
    tick = startTick;
    running = startStatus;
    if (startTick > TICK_MAX || (isUnusual(startStatus) && !hasStatus(bytes.get(WORD, from)))) return from;
    long[] into = events;
    int bottom = 0;
    int top = into.length - 1;
    // The event before, with no data: one register for tick and status.
    long state = ((long) startTick << TICK_SHIFT) | (long) startStatus << STATUS_SHIFT;
    long pos = from;
    while (bottom <= top && pos <= last) {
      long word = bytes.get(WORD, pos);
      long begin = pos;
      long before = state;
      if ((word & 0x80) == 0) {
        state += (word & 0x7F) << TICK_SHIFT;
        word >>>= 8;
      } else {
        if ((word & 0x8000) != 0) break;
        state += ((word & 0x7F) << (TICK_SHIFT + 7)) + ((word & 0x7F00) << (TICK_SHIFT - 8));
        word >>>= 16;
        pos++;
      }
      boolean isBad = false;
      if ((word & 0x80) != 0) {
        isBad = isUnusual((int) word & 0xFF);
        state = (state & ~STATUS) | (word & 0xFF) << STATUS_SHIFT;
        word >>>= 8;
        pos++;
      }
      if (isBad || (word & HIGH_DATA) != 0) {
        pos = begin;
        state = before;
        break;
      }
      long event = state | (word & DATA);
      int isOther = (int) (event >>> OTHER_SHIFT) & 1;
      into[bottom] = event;
      into[top] = event;
      bottom += 1 - isOther;
      top -= isOther;
      pos += MESSAGE_BYTES + 1;
    }
    noteCount = bottom;
    count = bottom + into.length - 1 - top;
    tick = tick(state);
    running = status(state);
    return pos;
  }

  private static boolean isUnusual(int status) { return (UNUSUAL >>> (status >>> 4) & 1) != 0; }

  private static boolean hasStatus(long word) { return ((word & 0x80) == 0 ? word & 0x8000 : word & 0x80_0000) != 0; }
}
