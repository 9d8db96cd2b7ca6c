package dev.midifleet.worker.score;

import java.util.Arrays;

/**
 * The text meta events (FF 01 to FF 0F) of a file as they stand in it: bytes in one buffer, each with its type, track and
 * tick. Of each type only so many bytes are kept; what is beyond is dropped whole.
 */
public final class TextEvents {
  public static final int TEXT = 0x01;
  public static final int COPYRIGHT = 0x02;
  public static final int TRACK_NAME = 0x03;
  public static final int INSTRUMENT_NAME = 0x04;
  public static final int LYRIC = 0x05;
  public static final int MARKER = 0x06;
  public static final int CUE = 0x07;

  private static final int TYPES = 16;
  private static final int SMALL_BYTES = 4096;
  private static final int SMALL_EVENTS = 64;
  private static final int KEEP_EVENTS = 1 << 14;

  private final int bytesMax;
  private final int[] bytesOfType = new int[TYPES];
  private byte[] bytes = new byte[SMALL_BYTES];
  private int[] ends = new int[SMALL_EVENTS];
  private int[] ticks = new int[SMALL_EVENTS];
  private int[] typesAndTracks = new int[SMALL_EVENTS];
  private int size;

  /**
   * @param bytesMax
   *          kept of each type
   */
  public TextEvents(int bytesMax) { this.bytesMax = bytesMax; }

  public int size() { return size; }

  public int type(int index) { return typesAndTracks[index] & (TYPES - 1); }

  /** Counted from 0, at most 2^28 - 1. */
  public int track(int index) { return typesAndTracks[index] >>> 4; }

  public int tick(int index) { return ticks[index]; }

  /** Where its bytes begin in {@link #bytes()}. */
  public int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** Where its bytes end in {@link #bytes()}. */
  public int end(int index) { return ends[index]; }

  /** The bytes of all events, one after the other. */
  public byte[] bytes() { return bytes; }

  /** All bytes in use. */
  public int byteCount() { return size == 0 ? 0 : ends[size - 1]; }

  /**
   * Makes room for a text.
   *
   * @return where its {@code length} bytes belong in {@link #bytes()}, or -1 if it is not to be kept
   */
  public int add(int type, int track, int tick, int length) {
    if (length > bytesMax - bytesOfType[type]) return -1;
    int start = byteCount();
    if (start + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(start + length, bytes.length * 2));
    }
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      ticks = Arrays.copyOf(ticks, size * 2);
      typesAndTracks = Arrays.copyOf(typesAndTracks, size * 2);
    }
    bytesOfType[type] += length;
    ends[size] = start + length;
    ticks[size] = tick;
    typesAndTracks[size++] = (track << 4) | type;
    return start;
  }

  /** How many bytes of this type may still come. */
  public int room(int type) { return bytesMax - bytesOfType[type]; }

  /** Keeps nothing more of this type: what follows a gap would be read as one with what stands before it. */
  public void cut(int type) {
    bytesOfType[type] = bytesMax;
  }

  public void reset() {
    size = 0;
    Arrays.fill(bytesOfType, 0);
    if (ends.length > KEEP_EVENTS) {
      ends = new int[SMALL_EVENTS];
      ticks = new int[SMALL_EVENTS];
      typesAndTracks = new int[SMALL_EVENTS];
    }
  }
}
