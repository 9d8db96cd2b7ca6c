package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.Arrays;

/**
 * The moments at which notes begin, in seconds, over at most {@link #SECONDS_MAX} from the first on: notes within 30 ms of
 * the first of them are one onset. Each has a strength in several bands, which tell different things about the metre.
 * Reused from file to file; at most {@link #NOTES_MAX} notes and {@link #ONSETS_MAX} onsets are looked at, the earliest.
 */
final class Onsets {
  static final int SECONDS_MAX = 180;
  static final int ONSETS_MAX = 2048;
  /** The root of the velocity of each note, half as much again where it is low or a kick. */
  static final int ALL = 0;
  /** 1 for each onset. */
  static final int ONE = 1;
  /** Notes below pitch 52. */
  static final int LOW = 2;
  static final int KICK = 3;
  static final int SNARE = 4;
  static final int CYMBAL = 5;
  /** Pitch classes that were not heard in the last seconds. */
  static final int HARMONY = 6;
  /** A lowest note, below middle C, that differs from the last such one. */
  static final int BASS = 7;
  /** Seconds of the longest note, at most 2. */
  static final int LENGTH = 8;
  /** Seconds to the next onset, at most 1.5. */
  static final int GAP = 9;
  /** Notes beyond the first, at most 6. */
  static final int CHORD = 10;
  /** Loudness above that of the onsets before. */
  static final int ACCENT = 11;
  static final int BANDS = 12;
  /** Floats from one onset to the next in {@link #bands()}; those after the bands are 0. */
  static final int STRIDE = Kernels.ROW;

  private static final int INDEX_BITS = 14;
  static final int NOTES_MAX = 1 << INDEX_BITS;
  private static final int KEYS_A_SECOND = 500;
  private static final double TOGETHER_SECONDS = 0.03;
  private static final int LOW_PITCH = 52;
  private static final int MIDDLE_C = 60;
  private static final float LOW_WEIGHT = 1.5f;
  private static final double HARMONY_SECONDS = 1.5;
  private static final double LENGTH_MAX = 2;
  private static final double GAP_MAX = 1.5;
  private static final int CHORD_MAX = 6;
  private static final double LOUDNESS_MEMORY = 0.9;
  private static final double LOUDNESS_UNIT = 32;
  private static final int CLASSES = 12;
  private static final float[] ROOTS = roots();

  private final RadixSort sort = new RadixSort();
  private final int[] keys = new int[NOTES_MAX];
  private final double[] noteTimes = new double[NOTES_MAX];
  private final float[] noteLengths = new float[NOTES_MAX];
  private final int[] noteVoices = new int[NOTES_MAX];
  private final double[] classTimes = new double[CLASSES];

  private int notes;
  private int size;
  private final double[] times = new double[ONSETS_MAX];
  private final float[] bands = new float[ONSETS_MAX * STRIDE];
  private int drums;
  private double loudness;
  private int lastBass;

  /** How many there are. */
  int size() { return size; }

  /** Seconds from the beginning of the file. */
  double time(int onset) { return times[onset]; }

  double[] times() { return times; }

  /** By onset, then by band. */
  float[] bands() { return bands; }

  float band(int onset, int band) { return bands[onset * STRIDE + band]; }

  /** Notes that were looked at. */
  int notes() { return notes; }

  int drums() { return drums; }

  /** From the first onset to the last. */
  double seconds() { return size == 0 ? 0 : times[size - 1] - times[0]; }

  void collect(Score score, double firstSecond) {
    double window = SECONDS_MAX;
    while (!gather(score, firstSecond, firstSecond + window)) {
      window /= 2;
    }
    sort.sort(keys, notes);
    cluster();
  }

  /** Returns false where there are too many notes. */
  private boolean gather(Score score, double firstSecond, double end) {
    TempoMap map = score.tempoMap();
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int count = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      int segment = 0;
      for (int i = score.firstNote(track); i < score.firstNote(track + 1); i++) {
        segment = map.segmentFrom(segment, onsets[i]);
        double time = map.secondsAt(onsets[i], segment);
        if (time > end) break;
        if (count == NOTES_MAX) {
          if (end - firstSecond > TOGETHER_SECONDS) return false;
          break;
        }
        noteTimes[count] = time;
        noteLengths[count] = (float) (map.secondsAt(ends[i], map.segmentAt(ends[i])) - time);
        noteVoices[count] = voices[i];
        keys[count] = (int) ((time - firstSecond) * KEYS_A_SECOND) << INDEX_BITS | count;
        count++;
      }
    }
    notes = count;
    return true;
  }

  private void cluster() {
    size = 0;
    drums = 0;
    loudness = 0;
    lastBass = -1;
    Arrays.fill(classTimes, Double.NEGATIVE_INFINITY);
    int next = 0;
    while (next < notes && size < ONSETS_MAX) {
      int from = next;
      double begin = noteTimes[keys[from] & NOTES_MAX - 1];
      do {
        next++;
      } while (next < notes && noteTimes[keys[next] & NOTES_MAX - 1] - begin <= TOGETHER_SECONDS);
      fill(from, next);
      size++;
    }
    for (int i = 0; i + 1 < size; i++) {
      bands[i * STRIDE + GAP] = (float) Math.min(GAP_MAX, times[i + 1] - times[i]);
    }
  }

  private void fill(int from, int to) {
    int base = size * STRIDE;
    Arrays.fill(bands, base, base + BANDS, 0);
    double weights = 0;
    double moments = 0;
    int loudest = 0;
    int lowest = MIDDLE_C;
    for (int i = from; i < to; i++) {
      int note = keys[i] & NOTES_MAX - 1;
      int voice = noteVoices[note];
      float weight = ROOTS[Score.velocity(voice)];
      weights += weight;
      moments += weight * noteTimes[note];
      loudest = Math.max(loudest, Score.velocity(voice));
      if (Score.isDrum(voice)) {
        drums++;
        drum(base, Score.pitch(voice), weight);
      } else {
        lowest = Math.min(lowest, Score.pitch(voice));
        pitched(base, note, weight);
      }
    }
    times[size] = moments / weights;
    bands[base + ONE] = 1;
    bands[base + CHORD] = Math.min(CHORD_MAX, to - from - 1);
    bands[base + ACCENT] = (float) (Math.max(0, loudest - loudness) / LOUDNESS_UNIT);
    loudness = size == 0 ? loudest : LOUDNESS_MEMORY * loudness + (1 - LOUDNESS_MEMORY) * loudest;
    if (lowest < MIDDLE_C) {
      bands[base + BASS] = lowest == lastBass ? 0 : 1;
      lastBass = lowest;
    }
  }

  private void drum(int base, int pitch, float weight) {
    int band = switch (pitch) {
      case 35, 36 -> KICK;
      case 37, 38, 39, 40 -> SNARE;
      default -> CYMBAL;
    };
    bands[base + band] += weight;
    bands[base + ALL] += band == KICK ? LOW_WEIGHT * weight : weight;
  }

  private void pitched(int base, int note, float weight) {
    int pitch = Score.pitch(noteVoices[note]);
    boolean isLow = pitch < LOW_PITCH;
    bands[base + ALL] += isLow ? LOW_WEIGHT * weight : weight;
    bands[base + LOW] += isLow ? weight : 0;
    bands[base + LENGTH] = (float) Math.max(bands[base + LENGTH], Math.min(LENGTH_MAX, noteLengths[note]));
    int pitchClass = pitch % CLASSES;
    double time = noteTimes[note];
    bands[base + HARMONY] += (float) (1 - Math.exp((classTimes[pitchClass] - time) / HARMONY_SECONDS));
    classTimes[pitchClass] = time;
  }

  private static float[] roots() {
    float[] roots = new float[128];
    for (int velocity = 0; velocity < roots.length; velocity++) {
      roots[velocity] = (float) Math.sqrt(velocity);
    }
    return roots;
  }
}
