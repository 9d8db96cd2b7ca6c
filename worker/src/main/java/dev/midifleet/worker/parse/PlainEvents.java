package dev.midifleet.worker.parse;

import static dev.midifleet.worker.parse.Bytes.WORD;

import java.lang.foreign.MemorySegment;

/**
 * A block of events about whose bytes nothing is unusual, as nearly all are: notes, controllers, bends and key pressure,
 * with a delta time of one or two bytes. Each is written to both lists, of which only the one it belongs to grows, as a
 * branch on what cannot be foretold would be a wrong guess every other time.
 *
 * <p>How long an event is, and what its bytes are, follows from the high bits of its first five bytes, its shape. The high
 * bits of 64 bytes are collected at once, so that the way from one event to the next needs no load; all else comes out of
 * tables by shape, and the only branch in the loop leaves it.
 *
 * <p>An event is a long: its tick in the upper half; below it the second data byte from bit 16 on, the first from bit 8 on,
 * and the status.
 */
final class PlainEvents {
  /** In a block at most. */
  static final int EVENTS = 512;

  /** A delta time of two bytes, a status, two of data. */
  private static final int EVENT_BYTES_MAX = 5;
  private static final int HIGH_BITS = Long.SIZE;
  /** As many as lie in the bytes whose high bits are known, whatever their lengths. */
  private static final int GROUP = HIGH_BITS / EVENT_BYTES_MAX;
  /** A delta time of one byte and two bytes of data. */
  private static final int EVENT_BYTES_MIN = 3;
  private static final int SHAPES = 1 << EVENT_BYTES_MAX;
  /** Of a shape: of the bytes up to a status, those beyond a delta time of one byte. */
  private static final int EXTRA = 0b111;

  private static final long BYTES_HIGH = 0x8080_8080_8080_8080L;
  private static final long MESSAGE = 0x7F_7FFF;
  private static final int STATUS = 0xFF;
  /** From which no block can come to the greatest tick. */
  private static final int TICK_MAX = Integer.MAX_VALUE - EVENTS * (1 << 14);
  /** Bit n: messages of status 0xn0 to 0xnF are plain; four times, as two bits of the first data byte are beside n. */
  private static final long PLAIN = 0x4F00_4F00_4F00_4F00L;
  private static final int KIND_SHIFT = 4;
  private static final int TICK_SHIFT = 32;
  /** Of the bit that statuses from 0xA0 on have, as far as they are plain, and those of notes have not. */
  private static final int OTHER_SHIFT = 5;

  /** By shape: {@link #PLAIN}, or 0 where no plain event has it. */
  private static final long[] PLAINS = new long[SHAPES];
  /** By shape: what is taken from the event before, which is its tick, and its status where there is none. */
  private static final long[] KEPT = new long[SHAPES];
  /** By shape: the septets of the delta time in a big-endian word. */
  private static final long[] DELTAS = new long[SHAPES];

  static {
    for (int delta = 0; delta <= 1; delta++) {
      for (int status = 0; status <= 1; status++) {
        int bits = delta | status << (1 + delta);
        int bytes = EVENT_BYTES_MIN + delta + status;
        for (int shape = bits; shape < SHAPES; shape += 1 << bytes) {
          PLAINS[shape] = PLAIN;
          KEPT[shape] = -1L << TICK_SHIFT | (status == 0 ? STATUS : 0);
          DELTAS[shape] = delta == 0 ? 0x7FL << 56 : 0x7F7FL << 48;
        }
      }
    }
  }

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

  /** Whether the block ended for want of room, and not at an event that does not belong in it. */
  boolean isFull() {
    return count > EVENTS - GROUP;
  }

  /** Of the last event, or what was given. */
  int tick() { return tick; }

  /** The status of the last event, or what was given. */
  int running() { return running; }

  static int tick(long event) { return (int) (event >>> TICK_SHIFT); }

  static int status(long event) { return (int) event & STATUS; }

  static int first(long event) { return (int) event >>> 8 & 0x7F; }

  static int second(long event) { return (int) event >>> 16; }

  /**
   * Reads the next block.
   *
   * @param end
   *          of the track; at least 16 bytes after it can be read
   * @param startTick
   *          where the event before ended
   * @param startStatus
   *          the running status; 0 to 255, of which what is no plain status is none
   * @return where the first event stands that is not in it
   */
  long read(MemorySegment bytes, long from, long end, int startTick, int startStatus) {
    noteCount = 0;
    count = 0;
    tick = startTick;
    running = startStatus;
    if (startTick > TICK_MAX) return from;
    long[] into = events;
    int bottom = 0;
    int top = into.length - 1;
    long event = (long) startTick << TICK_SHIFT | startStatus;
    long pos = from;
    groups : while (bottom + GROUP <= top + 1 && pos < end) {
      long high = end - pos < HIGH_BITS ? lastHighBits(bytes, pos, end) : highBits(bytes, pos);
      for (int i = 0; i < GROUP; i++) {
        long word = bytes.get(WORD, pos);
        int shape = (int) high & (SHAPES - 1);
        int extra = Integer.bitCount((int) high & EXTRA);
        long read = (word >>> (extra << 3)) & MESSAGE;
        long next = read ^ ((read ^ event) & KEPT[shape]);
        if ((PLAINS[shape] >>> (next >>> KIND_SHIFT) & 1) == 0) break groups;
        event = next + (Long.compress(Long.reverseBytes(word), DELTAS[shape]) << TICK_SHIFT);
        int isOther = (int) (event >>> OTHER_SHIFT) & 1;
        into[bottom] = event;
        into[top] = event;
        bottom += 1 - isOther;
        top -= isOther;
        pos += EVENT_BYTES_MIN + extra;
        high = high >>> EVENT_BYTES_MIN >>> extra;
      }
    }
    noteCount = bottom;
    count = bottom + into.length - 1 - top;
    tick = tick(event);
    running = status(event);
    return pos;
  }

  /** The high bits of 64 bytes, that of the first in bit 0. */
  private static long highBits(MemorySegment bytes, long at) {
    return highBits(bytes.get(WORD, at)) | highBits(bytes.get(WORD, at + 8)) << 8
        | highBits(bytes.get(WORD, at + 16)) << 16 | highBits(bytes.get(WORD, at + 24)) << 24
        | highBits(bytes.get(WORD, at + 32)) << 32 | highBits(bytes.get(WORD, at + 40)) << 40
        | highBits(bytes.get(WORD, at + 48)) << 48 | highBits(bytes.get(WORD, at + 56)) << 56;
  }

  /** The same of fewer bytes; beyond the end all are 1, as in no event that is plain. */
  private static long lastHighBits(MemorySegment bytes, long from, long end) {
    long bits = -1L << (end - from);
    for (long at = from; at < end; at += Long.BYTES) {
      bits |= highBits(bytes.get(WORD, at)) << (at - from);
    }
    return bits;
  }

  private static long highBits(long word) { return Long.compress(word, BYTES_HIGH); }
}
