package dev.midifleet.bench.accuracy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events of a Standard MIDI File that is by the letter, to be changed and written again.
 *
 * @param division
 *          the header's word
 * @param tracks
 *          events of each track, ends of track included
 */
record MidiEvents(int format, int division, List<List<Event>> tracks) {
  private static final int MTHD = 0x4D546864;
  private static final int MTRK = 0x4D54726B;

  /**
   * One event.
   *
   * @param bytes
   *          status first, always; of a meta or system exclusive event its length too
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Event(long tick, byte[] bytes) {
    int status() { return bytes[0] & 0xFF; }

    int channel() { return status() & 0xF; }

    boolean isMeta(int type) { return status() == 0xFF && bytes[1] == type; }

    boolean isOfChannel() { return status() < 0xF0; }

    boolean isOfKey() { return status() < 0xB0; }
  }

  /** The events of a file, or nothing where it is not by the letter. */
  static Optional<MidiEvents> read(byte[] file) {
    try {
      ByteBuffer in = ByteBuffer.wrap(file);
      if (in.getInt() != MTHD || in.getInt() != 6) return Optional.empty();
      int format = in.getShort();
      int count = in.getShort();
      int division = in.getShort() & 0xFFFF;
      List<List<Event>> tracks = new ArrayList<>();
      while (tracks.size() < count) {
        if (in.getInt() != MTRK) return Optional.empty();
        int length = in.getInt();
        tracks.add(track(in.slice(in.position(), length)));
        in.position(in.position() + length);
      }
      return format > 1 || in.hasRemaining() ? Optional.empty() : Optional.of(new MidiEvents(format, division, tracks));
    } catch (RuntimeException _) {
      // Not by the letter, in one of many ways.
      return Optional.empty();
    }
  }

  private static List<Event> track(ByteBuffer in) {
    List<Event> events = new ArrayList<>();
    long tick = 0;
    int running = 0;
    while (in.hasRemaining()) {
      tick += quantity(in);
      int first = in.get(in.position()) & 0xFF;
      var bytes = new ByteArrayOutputStream();
      if (first >= 0xF0) {
        running = 0;
        bytes.write(in.get());
        if (first == 0xFF) {
          bytes.write(in.get());
        } else if (first != 0xF0 && first != 0xF7) {
          throw new IllegalArgumentException("a system message");
        }
        int length = quantity(in);
        bytes.writeBytes(quantity(length));
        byte[] body = new byte[length];
        in.get(body);
        bytes.writeBytes(body);
      } else {
        if (first >= 0x80) {
          running = in.get() & 0xFF;
        } else if (running == 0) {
          throw new IllegalArgumentException("no status");
        }
        bytes.write(running);
        for (int i = running >= 0xC0 && running < 0xE0 ? 1 : 2; i > 0; i--) {
          byte data = in.get();
          if (data < 0) throw new IllegalArgumentException("a data byte above 127");
          bytes.write(data);
        }
      }
      events.add(new Event(tick, bytes.toByteArray()));
    }
    return events;
  }

  /** The file of these events. */
  byte[] write(boolean withRunningStatus) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(14).putInt(MTHD).putInt(6).putShort((short) format)
        .putShort((short) tracks.size()).putShort((short) division).array());
    for (List<Event> track : tracks) {
      var body = new ByteArrayOutputStream();
      long now = 0;
      int running = 0;
      for (Event event : track) {
        body.writeBytes(quantity(event.tick - now));
        now = event.tick;
        int skip = withRunningStatus && event.status() == running ? 1 : 0;
        body.write(event.bytes, skip, event.bytes.length - skip);
        running = event.isOfChannel() ? event.status() : 0;
      }
      out.writeBytes(ByteBuffer.allocate(8).putInt(MTRK).putInt(body.size()).array());
      out.writeBytes(body.toByteArray());
    }
    return out.toByteArray();
  }

  private static int quantity(ByteBuffer in) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int next = in.get();
      value = (value << 7) | (next & 0x7F);
      if (next >= 0) return value;
    }
    throw new IllegalArgumentException("a quantity of more than four bytes");
  }

  private static byte[] quantity(long value) {
    int septets = Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    byte[] bytes = new byte[septets];
    for (int i = 0; i < septets; i++) {
      bytes[i] = (byte) ((value >>> (7 * (septets - 1 - i)) & 0x7F) | (i < septets - 1 ? 0x80 : 0));
    }
    return bytes;
  }
}
