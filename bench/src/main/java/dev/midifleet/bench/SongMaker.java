package dev.midifleet.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes one file of about a wanted size: melodies, chords and drums in a key, with the mix of events that real files
 * have: of all events some 80 % are starts and ends of notes, 16 % controllers, 3 % pitch bends; two in five by running
 * status; most deltas of one byte, a third of them 0.
 */
final class SongMaker {
  private static final int[] MAJOR = {0, 2, 4, 5, 7, 9, 11};
  private static final int[] MINOR = {0, 2, 3, 5, 7, 8, 10};
  private static final int[] DRUMS = {35, 36, 38, 40, 42, 42, 44, 46, 49, 51};
  private static final int DRUM_CHANNEL = 9;
  private static final double BYTES_PER_NOTE = 9.3;
  /** A step of a track is a controller, a bend, or a chord. */
  private static final double BYTES_PER_STEP = 11;

  private final Dice dice;
  private final int wantedBytes;
  private final int division;
  private final boolean withRunningStatus;
  private final boolean endsByVelocityZero;
  private final boolean performed;
  private final int tonic;
  private final boolean minor;
  private final int[] scale;
  private final int voices;
  private final long ticks;
  private final ArrayDeque<Tempo> tempos = new ArrayDeque<>();
  private final int tempoChanges;

  private record Tempo(long tick, int microsPerQuarter) {}

  SongMaker(Dice dice, int wantedBytes) {
    this.dice = dice;
    this.wantedBytes = wantedBytes;
    division = dice.pick(480, 480, 480, 384, 120, 96, 192, 1024, 960, 240);
    withRunningStatus = dice.chance(0.6);
    endsByVelocityZero = dice.chance(0.5);
    performed = dice.chance(0.3);
    tonic = dice.between(0, 11);
    minor = dice.chance(0.4);
    scale = minor ? MINOR : MAJOR;
    voices = Math.clamp((int) (wantedBytes / 3000.0 * dice.between(0.5, 1.3)), 1, 16);
    double notesPerBeat = dice.between(3.0, 6.0) * (1 + voices / 3.0);
    double beats = Math.max(4, wantedBytes / BYTES_PER_NOTE / notesPerBeat);
    ticks = (long) (beats * division);
    if (dice.chance(0.95)) {
      tempos.add(new Tempo(0, dice.between(300_000, 900_000)));
      int more = dice.chance(0.2) ? (int) Math.min(beats / 4, dice.between(1, 30)) : 0;
      for (int i = 1; i <= more; i++) {
        tempos.add(new Tempo(ticks * i / (more + 1), dice.between(300_000, 900_000)));
      }
    }
    tempoChanges = tempos.size();
  }

  GeneratedFile make() {
    boolean oneTrack = dice.chance(0.3);
    List<byte[]> tracks = new ArrayList<>();
    int notes = 0;
    if (!oneTrack) {
      TrackWriter conductor = track();
      header(conductor);
      temposUntil(conductor, Long.MAX_VALUE);
      tracks.add(conductor.finish());
    }
    int rest = wantedBytes - tracks.stream().mapToInt(track -> track.length + 8).sum() - 14;
    for (int i = 0; i < (oneTrack ? 1 : voices); i++) {
      TrackWriter track = track();
      if (oneTrack) {
        header(track);
        play(track, rest, 0, voices);
      } else {
        play(track, rest / voices, i, 1);
      }
      notes += track.notes();
      tracks.add(track.finish());
    }
    return new GeneratedFile(file(tracks, oneTrack), notes, tempoChanges, tracks.size());
  }

  private TrackWriter track() { return new TrackWriter(withRunningStatus, endsByVelocityZero); }

  private byte[] file(List<byte[]> tracks, boolean oneTrack) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(14).put(new byte[]{'M', 'T', 'h', 'd'}).putInt(6)
        .putShort((short) (oneTrack ? 0 : 1)).putShort((short) tracks.size()).putShort((short) division).array());
    for (byte[] track : tracks) {
      out.writeBytes(ByteBuffer.allocate(8).put(new byte[]{'M', 'T', 'r', 'k'}).putInt(track.length).array());
      out.writeBytes(track);
    }
    return out.toByteArray();
  }

  private void header(TrackWriter track) {
    track.text(0, 0x03, "Song " + dice.between(1, 1_000_000));
    track.meta(0, 0x58, (byte) dice.pick(4, 4, 4, 3, 2, 6), (byte) 2, (byte) 24, (byte) 8);
    if (dice.chance(0.5)) {
      track.meta(0, 0x59, (byte) dice.between(-5, 5), (byte) (minor ? 1 : 0));
    }
  }

  private void temposUntil(TrackWriter track, long tick) {
    for (Tempo next = tempos.peek(); next != null && next.tick() <= tick; next = tempos.peek()) {
      tempos.remove();
      int micros = next.microsPerQuarter();
      track.meta(next.tick(), 0x51, (byte) (micros >> 16), (byte) (micros >> 8), (byte) micros);
    }
  }

  /** Plays on {@code channels} channels from the first on, until the bytes are used up. */
  private void play(TrackWriter track, int bytes, int firstChannel, int channels) {
    for (int channel = firstChannel; channel < firstChannel + channels; channel++) {
      if (channels == 1) {
        track.text(0, 0x03, "Voice " + channel);
      }
      track.channelEvent(0, 0xC0 | channel, dice.between(0, 127), 0);
      track.channelEvent(0, 0xB0 | channel, 7, dice.between(60, 127));
      track.channelEvent(0, 0xB0 | channel, 10, dice.between(20, 107));
    }
    boolean expressive = dice.chance(0.5);
    double averageStep = Math.max(1, ticks * BYTES_PER_STEP / Math.max(bytes, BYTES_PER_STEP));
    int degree = dice.between(14, 35);
    int velocity = dice.between(60, 100);
    for (double time = 0; track.expectedSize() < bytes; time += averageStep * dice.between(0.5, 1.5)) {
      long tick = performed ? (long) time : quantize((long) time);
      temposUntil(track, tick);
      int channel = firstChannel + (channels == 1 ? 0 : dice.between(0, channels - 1));
      double what = dice.between(0.0, 1.0);
      if (what < (expressive ? 0.45 : 0.15)) {
        track.channelEvent(tick, 0xB0 | channel, dice.pick(64, 64, 64, 67, 11, 1, 7), dice.between(0, 127));
      } else if (what < (expressive ? 0.54 : 0.18)) {
        track.channelEvent(tick, 0xE0 | channel, 0, dice.between(40, 88));
      } else if (channel == DRUM_CHANNEL) {
        track.note(tick, channel, dice.pick(DRUMS), vary(velocity), Math.max(1, division / 8));
      } else {
        degree = Math.clamp(degree + dice.between(-3, 3), 7, 50);
        chord(track, tick, channel, degree, velocity);
      }
    }
    temposUntil(track, Long.MAX_VALUE);
  }

  private void chord(TrackWriter track, long tick, int channel, int degree, int velocity) {
    int size = dice.pick(1, 1, 1, 1, 1, 1, 2, 2, 3, 4);
    long duration = Math.max(1,
        division * (long) dice.pick(1, 2, 2, 2, 4, 8) / 4 - (performed ? dice.between(0, 9) : 0));
    for (int i = 0; i < size; i++) {
      int step = degree + 2 * i;
      int pitch = Math.min(127, tonic + 12 * (step / 7) + scale[step % 7]);
      track.note(tick + (performed ? i : 0), channel, pitch, vary(velocity), duration);
    }
  }

  private int vary(int velocity) {
    return performed ? Math.clamp(velocity + (long) dice.between(-20, 20), 1, 127) : velocity;
  }

  private long quantize(long tick) {
    int grid = Math.max(1, division / 4);
    return tick / grid * grid;
  }
}
