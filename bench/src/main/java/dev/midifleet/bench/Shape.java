package dev.midifleet.bench;

import java.nio.ByteBuffer;

/** Files of one kind of input each, of one track: what a parser finds easy in one, it may find hard in another. */
public enum Shape {
  /** Notes and nothing else, all by running status, deltas of one byte: some three bytes an event. */
  RUNNING_STATUS(24_000),
  /** A status with each event, and deltas of two to four bytes. */
  LONG_DELTAS(24_000),
  /** System exclusive messages of 8 to 400 bytes, a note with each. */
  SYSEX_HEAVY(24_000),
  /** Some twenty notes: what a file costs beside its events. */
  TINY(180);

  private static final long SEED = 11;
  private static final int DIVISION = 480;
  private static final byte EXCLUSIVE_END = (byte) 0xF7;

  private final int bytes;

  Shape(int bytes) { this.bytes = bytes; }

  /** The file of this index; the same on every machine. */
  byte[] file(int index) {
    var dice = new Dice(SEED + ordinal(), index);
    var track = new TrackWriter(this != LONG_DELTAS, this != LONG_DELTAS);
    track.meta(0, 0x51, (byte) 7, (byte) 0xA1, (byte) 0x20);
    long tick = 0;
    while (track.expectedSize() < bytes) {
      tick += step(dice);
      if (this == SYSEX_HEAVY) {
        byte[] data = new byte[dice.between(8, 400)];
        for (int i = 0; i < data.length; i++) {
          data[i] = (byte) dice.between(0, 0x7F);
        }
        data[data.length - 1] = EXCLUSIVE_END;
        track.exclusive(tick, data);
      }
      // No pitch sounds twice at once, so that pairing is the same in every program.
      track.note(tick, 0, dice.between(30, 100), dice.between(1, 127), 1);
    }
    byte[] events = track.finish();
    return ByteBuffer.allocate(22 + events.length).put(new byte[]{'M', 'T', 'h', 'd'}).putInt(6).putShort((short) 0)
        .putShort((short) 1).putShort((short) DIVISION).put(new byte[]{'M', 'T', 'r', 'k'}).putInt(events.length)
        .put(events).array();
  }

  private long step(Dice dice) { return this == LONG_DELTAS ? 1L << dice.between(8, 23) : dice.between(2, 60); }
}
