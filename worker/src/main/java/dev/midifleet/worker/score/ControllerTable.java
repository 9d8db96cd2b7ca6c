package dev.midifleet.worker.score;

import java.util.Arrays;

/** How often each controller of a file is set, and to what: all channels and tracks together. */
public final class ControllerTable {
  /** Controller numbers, channel mode messages (120 to 127) among them. */
  public static final int CONTROLLERS = 128;
  /** The place of pitch bend (0xE0): -8192 to 8191, 0 is no bend. */
  public static final int PITCH_BEND = CONTROLLERS;
  /** The place of channel pressure (0xD0). */
  public static final int CHANNEL_PRESSURE = CONTROLLERS + 1;
  /** The place of polyphonic key pressure (0xA0). */
  public static final int KEY_PRESSURE = CONTROLLERS + 2;
  /** All places. */
  public static final int SIZE = CONTROLLERS + 3;

  private final int[] counts = new int[SIZE];
  private final int[] mins = new int[SIZE];
  private final int[] maxes = new int[SIZE];
  private final long[] sums = new long[SIZE];
  private boolean used;

  void reset() {
    if (!used) return;
    used = false;
    Arrays.fill(counts, 0);
    Arrays.fill(sums, 0);
    Arrays.fill(mins, Integer.MAX_VALUE);
    Arrays.fill(maxes, Integer.MIN_VALUE);
  }

  /** Makes it empty. */
  public ControllerTable() {
    used = true;
    reset();
  }

  /**
   * @param place
   *          a controller's number, or one of the places above
   */
  public void add(int place, int value) {
    used = true;
    counts[place]++;
    sums[place] += value;
    mins[place] = Math.min(mins[place], value);
    maxes[place] = Math.max(maxes[place], value);
  }

  public boolean isEmpty() { return !used; }

  public int count(int place) { return counts[place]; }

  /** Of no meaning where {@link #count} is 0; so are the next two. */
  public int min(int place) { return mins[place]; }

  public int max(int place) { return maxes[place]; }

  public long sum(int place) { return sums[place]; }
}
