package dev.midifleet.worker.score;

import java.util.Arrays;

/**
 * From ticks to seconds: the tempo events of all tracks merged into segments of one tempo each. Of several tempi at one
 * tick the last counts, equal neighbours are one segment, and before the first event the tempo is 120 BPM (RP-001). With
 * SMPTE division there is one segment, and tempo events do not touch time.
 */
public final class TempoMap {
  /** Microseconds a quarter note where a file says nothing. */
  public static final int DEFAULT_MICROS = 500_000;

  private static final int SMALL = 16;
  private static final int KEEP = 1 << 16;
  private static final double MICROS = 1e-6;
  /** Segments that are passed one by one. */
  private static final int NEAR = 16;

  private int[] ticks = new int[SMALL];
  private int[] micros = new int[SMALL];
  private double[] seconds = new double[SMALL];
  private int size;
  private double ticksPerQuarter;
  private double smpteSecondsPerTick;

  /**
   * For ticks a quarter note.
   *
   * @param events
   *          sorted; values are microseconds a quarter note, 1 or more
   */
  public void build(int ticksPerQuarter, EventList events) {
    reset(ticksPerQuarter, 0);
    for (int i = 0; i < events.size(); i++) {
      append(events.tick(i), events.value(i));
    }
  }

  /** For SMPTE division. */
  public void buildSmpte(double framesPerSecond, int ticksPerFrame) {
    reset(0, 1 / (framesPerSecond * ticksPerFrame));
  }

  private void reset(double quarter, double secondsPerTick) {
    if (ticks.length > KEEP) {
      ticks = new int[SMALL];
      micros = new int[SMALL];
      seconds = new double[SMALL];
    }
    ticksPerQuarter = quarter;
    smpteSecondsPerTick = secondsPerTick;
    size = 1;
    ticks[0] = 0;
    micros[0] = DEFAULT_MICROS;
    seconds[0] = 0;
  }

  private void append(int tick, int tempo) {
    int last = size - 1;
    if (tick == ticks[last]) {
      micros[last] = tempo;
      if (last > 0 && micros[last - 1] == tempo) {
        size--;
      }
      return;
    }
    if (micros[last] == tempo) return;
    if (size == ticks.length) {
      ticks = Arrays.copyOf(ticks, size * 2);
      micros = Arrays.copyOf(micros, size * 2);
      seconds = Arrays.copyOf(seconds, size * 2);
    }
    ticks[size] = tick;
    micros[size] = tempo;
    seconds[size] = seconds[last] + (tick - ticks[last]) * secondsPerTick(last);
    size++;
  }

  public boolean isSmpte() { return smpteSecondsPerTick > 0; }

  /** Number of segments, 1 or more. */
  public int size() { return size; }

  /** Where a segment begins; the first begins at 0. */
  public int tick(int segment) { return ticks[segment]; }

  /** Where a segment begins, in seconds. */
  public double second(int segment) { return seconds[segment]; }

  /** Microseconds a quarter note. */
  public int micros(int segment) { return micros[segment]; }

  /** Quarter notes a minute. */
  public double bpm(int segment) { return 60 / MICROS / micros[segment]; }

  public double secondsPerTick(int segment) {
    return isSmpte() ? smpteSecondsPerTick : micros[segment] * MICROS / ticksPerQuarter;
  }

  /** Seconds from tick 0. */
  public double secondsAt(int tick) { return secondsAt(tick, segmentAt(tick)); }

  /** The same where the segment is known, as in a walk in the order of ticks. */
  public double secondsAt(int tick, int segment) {
    return seconds[segment] + (tick - ticks[segment]) * secondsPerTick(segment);
  }

  /** The segment that holds a tick. */
  public int segmentAt(int tick) {
    if (size == 1 || tick < ticks[1]) return 0;
    int found = Arrays.binarySearch(ticks, 0, size, tick);
    return found >= 0 ? found : -found - 2;
  }

  /**
   * The segment that holds a tick, looked for from one that begins at or before it: next to nothing where ticks come in
   * order, and never a walk over all segments, which each of many tracks would do.
   */
  public int segmentFrom(int segment, int tick) {
    int at = segment;
    while (at + 1 < size && ticks[at + 1] <= tick) {
      at++;
      if (at - segment == NEAR) return segmentAt(tick);
    }
    return at;
  }
}
