package dev.midifleet.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the bytes of Standard MIDI Files (RP-001), sound ones and damaged ones.
 *
 * <pre>{@code
 * byte[] file = SmfBuilder.smf().division(480)
 *     .track(t -> t.tempo(0, 120).name("Piano").note(0, 60, 100, 0, 480).note(0, 64, 100, 480, 480))
 *     .bytes();
 * }</pre>
 *
 * What is not set is sound: format 1 (0 with a single track), the right number of tracks, right lengths, an end of
 * track. A builder is not thread-safe; {@link #bytes()} may be called again after further changes.
 */
public final class SmfBuilder {
  private static final int UNSET = Integer.MIN_VALUE;

  private final List<byte[]> chunks = new ArrayList<>();
  private byte[] junkBefore = {};
  private byte[] headerExtra = {};
  private int tracks;
  private int format = UNSET;
  private int division = 480;
  private int declaredTracks = UNSET;
  private int declaredHeaderLength = UNSET;
  private boolean withHeader = true;
  private boolean riff;
  private int length = UNSET;

  private SmfBuilder() {}

  public static SmfBuilder smf() { return new SmfBuilder(); }

  /** A small sound file: the C major scale in quarter notes at 120 BPM, one track, channel 0. */
  public static byte[] scale() {
    return scale(60);
  }

  /** {@link #scale()} on another tonic, so that contents differ. */
  public static byte[] scale(int tonic) {
    int[] steps = {0, 2, 4, 5, 7, 9, 11, 12};
    return smf().track(t -> {
      t.tempo(0, 120).timeSignature(0, 4, 4);
      for (int i = 0; i < steps.length; i++) {
        t.note(0, tonic + steps[i], 80, i * 480L, 480);
      }
    }).bytes();
  }

  public SmfBuilder format(int value) {
    format = value;
    return this;
  }

  /** The division word as it stands in the header: ticks a quarter note, or SMPTE where bit 15 is set. */
  public SmfBuilder division(int word) {
    division = word;
    return this;
  }

  /** SMPTE time. */
  public SmfBuilder smpte(int framesPerSecond, int ticksPerFrame) {
    return division(((-framesPerSecond & 0xFF) << 8) | ticksPerFrame);
  }

  /** The number of tracks that the header claims. */
  public SmfBuilder declaredTracks(int count) {
    declaredTracks = count;
    return this;
  }

  /** Bytes of the header beyond its six; its length says so. */
  public SmfBuilder headerExtra(int... bytes) {
    headerExtra = toBytes(bytes);
    return this;
  }

  /** The length that the header claims, whatever it is. */
  public SmfBuilder declaredHeaderLength(int bytes) {
    declaredHeaderLength = bytes;
    return this;
  }

  /** Leaves out MThd. */
  public SmfBuilder withoutHeader() {
    withHeader = false;
    return this;
  }

  /** Bytes before MThd (or before RIFF). */
  public SmfBuilder junkBefore(byte[] bytes) {
    junkBefore = bytes.clone();
    return this;
  }

  /** Bytes that are no chunk, after the chunks so far. */
  public SmfBuilder junk(int... bytes) {
    chunks.add(toBytes(bytes));
    return this;
  }

  /** A chunk of any kind. */
  public SmfBuilder chunk(String id, byte[] body) {
    chunks.add(chunkOf(id, body, body.length));
    return this;
  }

  /** A track; what happens in it may be said in any order of ticks. */
  public SmfBuilder track(Consumer<Track> content) {
    Track track = new Track();
    content.accept(track);
    chunks.add(track.chunk());
    tracks++;
    return this;
  }

  /** A track whose bytes are given, deltas and end of track included. */
  public SmfBuilder rawTrack(int... bytes) {
    byte[] body = toBytes(bytes);
    chunks.add(chunkOf("MTrk", body, body.length));
    tracks++;
    return this;
  }

  /** Wraps the file in RIFF, as RP-029 says. */
  public SmfBuilder riff() {
    riff = true;
    return this;
  }

  /** Cuts the finished file to so many bytes. */
  public SmfBuilder cutTo(int bytes) {
    length = bytes;
    return this;
  }

  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (withHeader) {
      int headerFormat = format != UNSET ? format : tracks == 1 ? 0 : 1;
      int count = declaredTracks != UNSET ? declaredTracks : tracks;
      int headerLength = declaredHeaderLength != UNSET ? declaredHeaderLength : 6 + headerExtra.length;
      byte[] fields = toBytes(headerFormat >> 8, headerFormat, count >> 8, count, division >> 8, division);
      out.writeBytes(chunkOf("MThd", fields, headerLength));
      out.writeBytes(headerExtra);
    }
    chunks.forEach(out::writeBytes);
    byte[] file = riff ? riffOf(out.toByteArray()) : out.toByteArray();
    byte[] whole = Arrays.copyOf(junkBefore, junkBefore.length + file.length);
    System.arraycopy(file, 0, whole, junkBefore.length, file.length);
    return length == UNSET ? whole : Arrays.copyOf(whole, Math.min(length, whole.length));
  }

  /** A variable-length quantity in as few bytes as hold it. */
  public static byte[] vlq(long value) {
    int septets = Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    byte[] bytes = new byte[septets];
    for (int i = 0; i < septets; i++) {
      int more = i < septets - 1 ? 0x80 : 0;
      bytes[i] = (byte) ((value >>> (7 * (septets - 1 - i)) & 0x7F) | more);
    }
    return bytes;
  }

  private static byte[] riffOf(byte[] smf) {
    int padding = smf.length & 1;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("RIFF"));
    out.writeBytes(littleEndian(4 + 8 + smf.length + padding));
    out.writeBytes(ascii("RMIDdata"));
    out.writeBytes(littleEndian(smf.length));
    out.writeBytes(smf);
    out.writeBytes(new byte[padding]);
    return out.toByteArray();
  }

  private static byte[] chunkOf(String id, byte[] body, int declaredLength) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii(id));
    out.writeBytes(toBytes(declaredLength >> 24, declaredLength >> 16, declaredLength >> 8, declaredLength));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) { return text.getBytes(StandardCharsets.US_ASCII); }

  private static byte[] littleEndian(int value) { return toBytes(value, value >> 8, value >> 16, value >> 24); }

  private static byte[] toBytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /**
   * The content of one track. Ticks are absolute; at one tick, note-offs come first, then meta events, then the rest.
   */
  public static final class Track {
    private static final class Event {
      final long tick;
      final int order;
      final byte[] bytes;

      Event(long tick, int order, byte[] bytes) {
        this.tick = tick;
        this.order = order;
        this.bytes = bytes;
      }
    }

    private static final int OFF = 0;
    private static final int META = 1;
    private static final int OTHER = 2;

    private final List<Event> events = new ArrayList<>();
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
    private boolean runningStatus;
    private boolean withEnd = true;
    private long endTick = UNSET;
    private int declaredLength = UNSET;

    private Track() {}

    /** A note with a true note-off; one of no length ends after it begins, though other notes' ends come first. */
    public Track note(int channel, int pitch, int velocity, long tick, long duration) {
      Track begun = on(channel, pitch, velocity, tick);
      return duration > 0
          ? begun.off(channel, pitch, tick + duration)
          : begun.add(tick, OTHER, 0x80 | channel, pitch, 64);
    }

    public Track on(int channel, int pitch, int velocity, long tick) {
      return add(tick, OTHER, 0x90 | channel, pitch, velocity);
    }

    public Track off(int channel, int pitch, long tick) { return add(tick, OFF, 0x80 | channel, pitch, 64); }

    /** The other way to end a note: note-on with velocity 0. */
    public Track onZero(int channel, int pitch, long tick) {
      return add(tick, OFF, 0x90 | channel, pitch, 0);
    }

    public Track program(int channel, int program, long tick) { return add(tick, META, 0xC0 | channel, program); }

    public Track control(int channel, int controller, int value, long tick) {
      return add(tick, META, 0xB0 | channel, controller, value);
    }

    /** FF 51 with the whole microseconds nearest to the tempo. */
    public Track tempo(long tick, double quartersPerMinute) {
      return tempoMicros(tick, Math.toIntExact(Math.round(60e6 / quartersPerMinute)));
    }

    public Track tempoMicros(long tick, int microsPerQuarter) {
      return meta(tick, 0x51, toBytes(microsPerQuarter >> 16, microsPerQuarter >> 8, microsPerQuarter));
    }

    /**
     * @param denominator
     *          a power of two, as in 6/8
     */
    public Track timeSignature(long tick, int numerator, int denominator) {
      return meta(tick, 0x58, toBytes(numerator, Integer.numberOfTrailingZeros(denominator), 24, 8));
    }

    /**
     * @param sharps
     *          number of sharps, negative for flats
     */
    public Track keySignature(long tick, int sharps, boolean minor) {
      return meta(tick, 0x59, toBytes(sharps, minor ? 1 : 0));
    }

    /** FF 03 at tick 0. */
    public Track name(String name) { return text(0, 0x03, name); }

    /** A text event in UTF-8. */
    public Track text(long tick, int type, String text) {
      return meta(tick, type, text.getBytes(StandardCharsets.UTF_8));
    }

    public Track meta(long tick, int type, byte[] body) {
      ByteArrayOutputStream event = new ByteArrayOutputStream();
      event.writeBytes(toBytes(0xFF, type));
      event.writeBytes(vlq(body.length));
      event.writeBytes(body);
      events.add(new Event(tick, META, event.toByteArray()));
      return this;
    }

    /** F0, its length, and these bytes, which should end with F7. */
    public Track sysex(long tick, int... body) {
      ByteArrayOutputStream event = new ByteArrayOutputStream();
      event.write(0xF0);
      event.writeBytes(vlq(body.length));
      event.writeBytes(toBytes(body));
      events.add(new Event(tick, META, event.toByteArray()));
      return this;
    }

    /** Any bytes as an event; its delta time is written before it. */
    public Track event(long tick, int... bytes) {
      return add(tick, OTHER, bytes);
    }

    /** Bytes after all events and before the end of track, as they are, deltas included. */
    public Track raw(int... bytes) {
      tail.writeBytes(toBytes(bytes));
      return this;
    }

    /** Leaves out repeated status bytes of channel messages. */
    public Track runningStatus() {
      runningStatus = true;
      return this;
    }

    public Track withoutEnd() {
      withEnd = false;
      return this;
    }

    /** Where the end of track stands; at the last event if this is not called. */
    public Track end(long tick) {
      endTick = tick;
      return this;
    }

    /** The length that the chunk claims. */
    public Track declaredLength(int bytes) {
      declaredLength = bytes;
      return this;
    }

    private Track add(long tick, int order, int... bytes) {
      events.add(new Event(tick, order, toBytes(bytes)));
      return this;
    }

    private byte[] chunk() {
      events.sort(Comparator.<Event>comparingLong(event -> event.tick).thenComparingInt(event -> event.order));
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      long now = 0;
      int status = 0;
      for (Event event : events) {
        body.writeBytes(vlq(event.tick - now));
        now = event.tick;
        int first = event.bytes[0] & 0xFF;
        int skip = runningStatus && first == status ? 1 : 0;
        body.write(event.bytes, skip, event.bytes.length - skip);
        status = first < 0xF0 ? first : 0;
      }
      body.writeBytes(tail.toByteArray());
      if (withEnd) {
        body.writeBytes(vlq(Math.max(0, endTick - now)));
        body.writeBytes(toBytes(0xFF, 0x2F, 0));
      }
      return chunkOf("MTrk", body.toByteArray(), declaredLength != UNSET ? declaredLength : body.size());
    }
  }
}
