package dev.midifleet.worker.analyze.kernel;

/**
 * What notes fill of the beats that they begin in and of the next ones, in columns of at most {@link #ROOM} notes: written by
 * {@link Kernels#parts}. A note sounds for at most 16 beats here: what is longer hangs, or is a drone that says nothing of
 * the chord. Times are rounded to 1/1024 of a beat. Reused.
 */
public final class BeatParts {
  /** Notes at a time: they stay in the first cache. */
  public static final int ROOM = 256;
  /** Parts of a beat. */
  public static final int UNITS = 1024;
  public static final int UNIT_BITS = 10;
  /** For which a note sounds, at most. */
  public static final int NOTE_UNITS_MAX = 16 * UNITS;
  /** That a note fills of a beat if it is to be heard there. */
  public static final int PART_MIN = UNITS / 10;
  /** From one beat to the next in {@link #rows()}: pitch classes, and room. */
  public static final int STRIDE = 16;
  /** Of {@link #heard()} and {@link #heardNext()} where a note is not. */
  public static final int MUTE = Integer.MAX_VALUE;

  final int[] rows = new int[ROOM];
  final int[] ends = new int[ROOM];
  final float[] weights = new float[ROOM];
  final float[] weightsNext = new float[ROOM];
  final int[] heard = new int[ROOM];
  final int[] heardNext = new int[ROOM];
  double start;
  double unitsPerTick;
  int all;

  /**
   * Sets the beats for the calls that follow.
   *
   * @param firstBegins
   *          tick at or before the first onset
   * @param ticks
   *          of a beat
   * @param beats
   *          as many that their units fit an int twice over
   */
  public void setBeats(double firstBegins, double ticks, int beats) {
    start = firstBegins;
    unitsPerTick = UNITS / ticks;
    all = beats * UNITS;
  }

  /** The beat that a note begins in times {@link #STRIDE} plus its pitch class; below 0 for drums and beyond the last beat. */
  public int[] rows() {
    return rows;
  }

  /** Units from the first beat on, at most where the last beat ends; of no use where a row is below 0, as all that follows. */
  public int[] ends() {
    return ends;
  }

  /** Units of the first beat times velocity, a whole number. */
  public float[] weights() { return weights; }

  /** The same of the second beat, which may be one after the last: then 0. */
  public float[] weightsNext() {
    return weightsNext;
  }

  /** The pitch from bit 4 on, the channel below, if the note is heard in its first beat; else {@link #MUTE}. */
  public int[] heard() {
    return heard;
  }

  /** The same of the second beat. */
  public int[] heardNext() { return heardNext; }

  /** What {@link #heard()} has of a note that fills so many units of a beat. */
  public static int heard(int pitchAndChannel, int units) {
    return pitchAndChannel | ((units - PART_MIN) >> (Integer.SIZE - 1) & MUTE);
  }
}
