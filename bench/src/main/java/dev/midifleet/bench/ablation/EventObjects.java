package dev.midifleet.bench.ablation;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A parser as most are: each event becomes an object, and notes are made of these objects. It reads sound files only; on
 * damaged ones it throws some RuntimeException.
 */
final class EventObjects {
  private static final int META = 0xFF;
  private static final int EXCLUSIVE = 0xF0;
  private static final int ESCAPE = 0xF7;
  private static final int NOTE_OFF = 0x80;
  private static final int NOTE_ON = 0x90;
  private static final int HEADER_BYTES = 14;
  private static final int MTRK = 0x4D54726B;

  private EventObjects() {}

  /** An event, at a tick. */
  sealed interface Event {
    /** Since the track's beginning. */
    long tick();
  }

  /** A message of a channel; {@code second} is 0 where it has but one. */
  record ChannelEvent(long tick, int status, int first, int second) implements Event {}

  /** A meta event, its bytes copied. */
  record MetaEvent(long tick, int type, ByteBuffer data) implements Event {}

  /** A system exclusive message, its bytes copied. */
  record ExclusiveEvent(long tick, ByteBuffer data) implements Event {}

  /** A note with its end. */
  static final class Note {
    final long onset;
    final int channel;
    final int pitch;
    final int velocity;
    long end;

    Note(long onset, int channel, int pitch, int velocity) {
      this.onset = onset;
      this.channel = channel;
      this.pitch = pitch;
      this.velocity = velocity;
    }
  }

  /** The events of each track. */
  static List<List<Event>> parse(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    bytes.position(HEADER_BYTES);
    List<List<Event>> tracks = new ArrayList<>();
    while (bytes.remaining() > Long.BYTES) {
      if (bytes.getInt() != MTRK) throw new IllegalArgumentException("no track at " + bytes.position());
      int length = bytes.getInt();
      tracks.add(track(bytes.slice(bytes.position(), length)));
      bytes.position(bytes.position() + length);
    }
    return tracks;
  }

  private static List<Event> track(ByteBuffer bytes) {
    List<Event> events = new ArrayList<>();
    long tick = 0;
    int running = 0;
    while (bytes.hasRemaining()) {
      // Where the product's ticks end too; a made file in five hundred reaches beyond.
      tick = Math.min(tick + quantity(bytes), Integer.MAX_VALUE);
      int status = bytes.get(bytes.position()) & 0xFF;
      if (status < NOTE_OFF) {
        status = running;
      } else {
        bytes.get();
      }
      switch (status) {
        case META -> events.add(new MetaEvent(tick, bytes.get() & 0xFF, body(bytes)));
        case EXCLUSIVE, ESCAPE -> events.add(new ExclusiveEvent(tick, body(bytes)));
        default -> {
          running = status;
          boolean isSingle = (status & 0xE0) == 0xC0;
          events.add(new ChannelEvent(tick, status, bytes.get(), isSingle ? 0 : bytes.get()));
        }
      }
    }
    return events;
  }

  private static ByteBuffer body(ByteBuffer bytes) {
    byte[] data = new byte[quantity(bytes)];
    bytes.get(data);
    return ByteBuffer.wrap(data);
  }

  private static int quantity(ByteBuffer bytes) {
    int value = 0;
    int septet;
    do {
      septet = bytes.get();
      value = (value << 7) | (septet & 0x7F);
    } while (septet < 0);
    return value;
  }

  /** The notes of all tracks in the order of tracks and onsets; of a pitch that sounds twice, the older one ends first. */
  static List<Note> notes(List<List<Event>> tracks) {
    List<Note> notes = new ArrayList<>();
    for (List<Event> track : tracks) {
      Map<Integer, Deque<Note>> sounding = new HashMap<>();
      for (Event event : track) {
        if (!(event instanceof ChannelEvent message) || message.status >= NOTE_ON + 16) continue;
        int channel = message.status & 0xF;
        int slot = channel << 7 | message.first;
        if (message.status >= NOTE_ON && message.second > 0) {
          var note = new Note(message.tick, channel, message.first, message.second);
          notes.add(note);
          sounding.computeIfAbsent(slot, _ -> new ArrayDeque<>()).add(note);
        } else {
          Deque<Note> begun = sounding.get(slot);
          Note oldest = begun == null ? null : begun.poll();
          if (oldest != null) {
            oldest.end = message.tick;
          }
        }
      }
      long last = track.isEmpty() ? 0 : track.getLast().tick();
      sounding.values().forEach(left -> left.forEach(note -> note.end = last));
    }
    return notes;
  }
}
