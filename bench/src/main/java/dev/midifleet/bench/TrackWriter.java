package dev.midifleet.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.PriorityQueue;

/** Writes the events of one track in the order of time; remembers which notes are still to end. */
final class TrackWriter {
  private static final int META = 0xFF;
  private static final int EXCLUSIVE = 0xF0;
  private static final int NOTE_ON = 0x90;
  private static final int NOTE_OFF = 0x80;
  private static final int PROGRAM_CHANGE = 0xC0;

  private final boolean withRunningStatus;
  private final boolean endsByVelocityZero;
  /** Tick, channel and pitch of each note's end: {@code tick << 16 | channel << 8 | pitch}. */
  private final PriorityQueue<Long> ends = new PriorityQueue<>();
  private byte[] bytes = new byte[1024];
  private int size;
  private long tick;
  private int runningStatus;
  private int notes;

  TrackWriter(boolean withRunningStatus, boolean endsByVelocityZero) {
    this.withRunningStatus = withRunningStatus;
    this.endsByVelocityZero = endsByVelocityZero;
  }

  /** Bytes so far, with those that the ends of sounding notes will take. */
  int expectedSize() {
    return size + 4 * ends.size();
  }

  int notes() { return notes; }

  /** Starts a note; its end is written when its time has come. */
  void note(long at, int channel, int pitch, int velocity, long duration) {
    channelEvent(at, NOTE_ON | channel, pitch, velocity);
    ends.add(((at + duration) << 16) | (channel << 8) | pitch);
    notes++;
  }

  /** Any message of a channel but notes. */
  void channelEvent(long at, int status, int first, int second) {
    advanceTo(at);
    write(at, status, first, second);
  }

  private void write(long at, int status, int first, int second) {
    delta(at);
    if (!withRunningStatus || status != runningStatus) {
      put(status);
    }
    runningStatus = status;
    put(first);
    if ((status & 0xF0) != PROGRAM_CHANGE) {
      put(second);
    }
  }

  void meta(long at, int type, byte... data) {
    advanceTo(at);
    delta(at);
    put(META);
    put(type);
    variableLength(data.length);
    for (byte one : data) {
      put(one);
    }
    // A meta event ends running status.
    runningStatus = 0;
  }

  /** A system exclusive message; {@code data} begins after 0xF0, and ends with 0xF7. */
  void exclusive(long at, byte... data) {
    advanceTo(at);
    delta(at);
    put(EXCLUSIVE);
    variableLength(data.length);
    for (byte one : data) {
      put(one);
    }
    runningStatus = 0;
  }

  void text(long at, int type, String text) { meta(at, type, text.getBytes(StandardCharsets.US_ASCII)); }

  private void advanceTo(long at) {
    for (Long end = ends.peek(); end != null && end >> 16 <= at; end = ends.peek()) {
      ends.remove();
      int channel = (int) (end >> 8) & 0xF;
      int pitch = (int) (end & 0x7F);
      if (endsByVelocityZero) {
        write(end >> 16, NOTE_ON | channel, pitch, 0);
      } else {
        write(end >> 16, NOTE_OFF | channel, pitch, 64);
      }
    }
  }

  private void delta(long at) {
    variableLength(at - tick);
    tick = at;
  }

  private void variableLength(long value) {
    for (int shift = 21; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        put(((int) (value >>> shift) & 0x7F) | 0x80);
      }
    }
    put((int) (value & 0x7F));
  }

  private void put(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }

  /** Ends all notes and the track, and returns its bytes without the chunk's header. */
  byte[] finish() {
    advanceTo(Long.MAX_VALUE >> 16);
    meta(tick, 0x2F);
    return Arrays.copyOf(bytes, size);
  }
}
