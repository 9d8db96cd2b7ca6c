package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import java.util.Arrays;

/** What is known of a candidate, as numbers of about the size of 1. */
public final class TempoFeatures {
  private static final int[] CONTRASTS = {Onsets.ALL, Onsets.LOW, Onsets.KICK, Onsets.SNARE, Onsets.HARMONY,
      Onsets.LENGTH, Onsets.CHORD, Onsets.BASS};
  private static final double[] ALL_FACTORS = {1, 2, 3, 4, 0.5, 1 / 3.0, 1.5, 0.25, 2 / 3.0, 6, 8};
  private static final double[] FACTORS = {1, 2, 0.5, 3, 1.5};
  private static final double[] WAVES = {0.5, 1, 2, 3, 4};
  private static final int HATS = 9;
  private static final int FILE = 7;
  private static final int KINDS = 6;
  /** What is learned from repetition fades where a file has no time to repeat anything: seconds. */
  private static final double STEADY_FROM = 3;
  private static final double STEADY_TO = 10;
  /** Beats from the file's beginning to the last onset. */
  private static final double[] SPANS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32};
  /** Features of each candidate. */
  public static final int COUNT = HATS + 2 + FILE + ALL_FACTORS.length + (Onsets.BANDS - 1) * FACTORS.length + 13
      + 2 * WAVES.length + KINDS + 4 + 2 * CONTRASTS.length + 3 * CONTRASTS.length + 1 + 2 * GridFit.KINDS + 3
      + SPANS.length;

  /** Of the sums: which rows they are. */
  private static final int ROW = Kernels.TALLY;
  private static final int BEATS = 0;
  private static final int HALVES = 1;
  private static final int BY_TWO = 2;
  private static final int BY_THREE = BY_TWO + 2;
  private static final int BY_FOUR = BY_THREE + 3;
  private static final int SUMS = BY_FOUR + 4;
  /** Where {@link #CONTRASTS} has them. */
  private static final int KICK = 2;
  private static final int SNARE = 3;
  /** Of a beat, for {@link #PHASE_KINDS}. */
  private static final int CELLS = 1024;
  private static final byte MIXED = -1;
  /** By cell: {@link #kind}, or {@link #MIXED} where it differs within; after them that of a whole beat. */
  private static final byte[] PHASE_KINDS = phaseKinds();

  private final Kernels kernels;
  private final Onsets onsets;
  private final Pulse pulse;
  private final GridFit grid;
  private final float[] file = new float[FILE];
  private final double[] fits = new double[GridFit.KINDS];
  private final double[] fitsFromFirst = new double[GridFit.KINDS];
  private float[] into = file;
  private int at;
  private final double[] waves = new double[2 * WAVES.length];
  /** By onset: the bands of {@link #CONTRASTS}. */
  private final double[] rows = new double[Onsets.ONSETS_MAX * ROW];
  /** The greatest number of beats, each in four sums, and of onsets between them, of which one is written in vain. */
  private final int[] from = new int[5 * Onsets.ONSETS_MAX + 1];
  private final int[] to = new int[5 * Onsets.ONSETS_MAX + 1];
  private int added;
  private final double[] sums = new double[SUMS * ROW];
  private final int[] phases = new int[KINDS];
  private double halves;
  /** Of {@link Onsets#ALL}, over all onsets. */
  private double total;

  TempoFeatures(Onsets onsets, Pulse pulse, GridFit grid, Kernels kernels) {
    this.kernels = kernels;
    this.onsets = onsets;
    this.pulse = pulse;
    this.grid = grid;
  }

  /** What is the same for all candidates of a file, once these are collected and correlated. */
  void prepare() {
    into = file;
    at = 0;
    int size = onsets.size();
    put((double) onsets.drums() / onsets.notes());
    put(Math.log(size / onsets.seconds()) / 2);
    put(Math.log((double) onsets.notes() / size));
    put(Math.log(onsets.seconds()) / 3 - 1);
    put(pulse.hasBand(Onsets.LOW) ? 1 : 0);
    put(pulse.chance(Onsets.ALL) * 10);
    double accents = 0;
    for (int i = 0; i < size; i++) {
      accents += onsets.band(i, Onsets.ACCENT);
    }
    put(accents / size * 4);
    total = 0;
    for (int i = 0; i < size; i++) {
      total += onsets.band(i, Onsets.ALL);
      for (int band = 0; band < CONTRASTS.length; band++) {
        rows[i * ROW + band] = onsets.band(i, CONTRASTS[band]);
      }
    }
  }

  private void put(double value) { into[at++] = (float) Math.clamp(value, -4, 4); }

  /** Writes the features of one candidate, whose beats were tracked. */
  void describe(double period, double refined, BeatTrack track, float[] features, int from) {
    into = features;
    at = from;
    double octaves = Math.log(60 / refined / 100) / Math.log(2);
    for (int hat = 0; hat < HATS; hat++) {
      put(Math.max(0, 1 - Math.abs(octaves - (hat - 4) * 0.5) / 0.5));
    }
    put(octaves);
    put(octaves * octaves);
    for (float value : file) {
      put(value);
    }
    int first = at;
    correlations(period);
    beats(refined, track);
    float steady = (float) Math.clamp((onsets.seconds() - STEADY_FROM) / (STEADY_TO - STEADY_FROM), 0, 1);
    for (int i = first; i < at; i++) {
      features[i] *= steady;
    }
    grid(refined);
  }

  private void correlations(double period) {
    for (double factor : ALL_FACTORS) {
      put(2 * pulse.at(Onsets.ALL, factor * period));
    }
    for (int band = 1; band < Onsets.BANDS; band++) {
      for (double factor : FACTORS) {
        put(2 * pulse.at(band, factor * period));
      }
    }
  }

  private void beats(double period, BeatTrack track) {
    int length = track.length();
    int beats = track.count(length - 1) + 1;
    double deviations = 0;
    for (int i = 1; i < length; i++) {
      double seconds = onsets.time(track.onset(i)) - onsets.time(track.onset(i - 1));
      double log = Math.log(seconds / period / (track.count(i) - track.count(i - 1)));
      deviations += log * log;
    }
    double span = onsets.time(track.onset(length - 1)) - onsets.time(track.onset(0));
    put(track.reward() / beats);
    put(1 - (double) length / beats);
    put(5 * Math.sqrt(deviations / Math.max(1, length - 1)));
    put(span / onsets.seconds());
    put((double) length / onsets.size());
    put(Math.log((double) onsets.size() / (onsets.seconds() / period + 1)));
    put(Math.log((double) onsets.notes() / (onsets.seconds() / period + 1)) / 2);
    put(Math.log(onsets.seconds() / period) / 3 - 1);
    double start = onsets.time(track.onset(0));
    put(Math.cos(2 * Math.PI * start / period));
    put(Math.cos(Math.PI * start / period));
    put(Math.cos(Math.PI * start / period / 2));
    put(start / period < 0.05 ? 1 : 0);
    phase(period);
    tally(track);
    put(sums[BEATS * ROW] / total);
    inside(track);
    contrasts();
  }

  /** How the first onsets lie in the grid, from the file's beginning and from the first of them; a short file's beats. */
  private void grid(double period) {
    grid.fit(period, 0, fits);
    grid.fit(period, onsets.time(0), fitsFromFirst);
    double best = Double.NEGATIVE_INFINITY;
    for (int kind = 0; kind < GridFit.KINDS; kind++) {
      put(2 * fits[kind]);
      put(2 * fitsFromFirst[kind]);
      best = Math.max(best, fits[kind]);
    }
    put(2 * best);
    double evidence = best * Math.min(onsets.size(), 32);
    put(evidence / 4);
    double last = onsets.time(onsets.size() - 1) / period;
    put(last < 32 ? last - 4 * Math.floor(last / 4) - 2 : 0);
    for (int span = 0; span < SPANS.length; span++) {
      boolean isIn = last >= SPANS[span] && (span + 1 == SPANS.length || last < SPANS[span + 1]);
      put(isIn && last < 64 ? 1 : 0);
    }
  }

  /** How the onsets of the first beats lie in the grid of the tempo, from the file's beginning on and at best. */
  private void phase(double period) {
    double first = onsets.time(0);
    double end = first + Math.max(4, 12 * period);
    Arrays.fill(waves, 0);
    double weights = 0;
    for (int i = 0; i < onsets.size() && onsets.time(i) <= end; i++) {
      double weight = onsets.band(i, Onsets.ALL);
      weights += weight;
      double angle = 2 * Math.PI * onsets.time(i) / period;
      for (int wave = 0; wave < WAVES.length; wave++) {
        waves[2 * wave] += weight * Math.cos(angle * WAVES[wave]);
        waves[2 * wave + 1] += weight * Math.sin(angle * WAVES[wave]);
      }
    }
    for (int wave = 0; wave < WAVES.length; wave++) {
      put(waves[2 * wave] / weights);
      put(Math.hypot(waves[2 * wave], waves[2 * wave + 1]) / weights);
    }
  }

  /**
   * Which onsets are added up, and where: beats all together and by their numbers modulo 2, 3 and 4, and those half a beat
   * after one; how many there are in the other parts of a beat goes into {@link #phases}.
   */
  private void tally(BeatTrack track) {
    double[] times = onsets.times();
    Arrays.fill(phases, 0);
    added = 0;
    int next = track.onset(0);
    for (int i = 0; i < track.length(); i++) {
      int first = next;
      int count = track.count(i);
      add(first, BEATS);
      add(first, BY_TWO + count % 2);
      add(first, BY_THREE + count % 3);
      add(first, BY_FOUR + count % 4);
      if (i + 1 == track.length()) break;
      next = track.onset(i + 1);
      double begin = times[first];
      double scale = (track.count(i + 1) - count) / (times[next] - begin);
      for (int onset = first + 1; onset < next; onset++) {
        double phase = (times[onset] - begin) * scale;
        phase -= Math.floor(phase);
        int kind = quickKind(phase);
        phases[kind]++;
        from[added] = onset;
        to[added] = HALVES;
        added += kind == 1 ? 1 : 0;
      }
    }
    halves = phases[1];
    Arrays.fill(sums, 0);
    kernels.addRows(rows, from, to, added, sums);
  }

  private void add(int onset, int row) {
    from[added] = onset;
    to[added] = row;
    added++;
  }

  private void inside(BeatTrack track) {
    int sum = 0;
    for (int phase : phases) {
      sum += phase;
    }
    for (int phase : phases) {
      put(sum > 0 ? (double) phase / sum : 0);
    }
    double beats = track.count(track.length() - 1) + 1;
    put(halves / beats);
    put((phases[2] + phases[3]) / beats);
    put(phases[4] / beats);
    put(phases[5] / beats);
    for (int band = 0; band < CONTRASTS.length; band++) {
      double on = sums[BEATS * ROW + band];
      double half = sums[HALVES * ROW + band];
      put(on + half > 0 ? (on - half) / (on + half) : 0);
    }
    for (int band = 0; band < CONTRASTS.length; band++) {
      double on = sums[BEATS * ROW + band] / track.length();
      double off = halves > 0 ? sums[HALVES * ROW + band] / halves : 0;
      put(on + off > 0 ? (on - off) / (on + off) : 0);
    }
  }

  private static byte[] phaseKinds() {
    byte[] kinds = new byte[CELLS + 1];
    kinds[CELLS] = (byte) kind(1);
    for (int cell = 0; cell < CELLS; cell++) {
      int kind = kind((double) cell / CELLS);
      kinds[cell] = (byte) (kind == kind(Math.nextDown((cell + 1.0) / CELLS)) ? kind : MIXED);
    }
    return kinds;
  }

  /** The same as {@link #kind}, for phases from 0 to 1. */
  static int quickKind(double phase) {
    int kind = PHASE_KINDS[(int) (phase * CELLS)];
    return kind == MIXED ? kind(phase) : kind;
  }

  static int kind(double phase) {
    if (phase < 0.08 || phase > 0.92) return 0;
    if (Math.abs(phase - 0.5) < 0.08) return 1;
    if (Math.abs(phase - 1 / 3.0) < 0.042) return 2;
    if (Math.abs(phase - 2 / 3.0) < 0.042) return 3;
    if (Math.abs(phase - 0.25) < 0.042 || Math.abs(phase - 0.75) < 0.042) return 4;
    return 5;
  }

  private void contrasts() {
    for (int modulus = 2; modulus <= 4; modulus++) {
      int first = (modulus == 2 ? BY_TWO : modulus == 3 ? BY_THREE : BY_FOUR) * ROW;
      for (int band = 0; band < CONTRASTS.length; band++) {
        double sum = 0;
        double max = 0;
        for (int place = 0; place < modulus; place++) {
          double value = sums[first + place * ROW + band];
          sum += value;
          max = Math.max(max, value);
        }
        put(sum > 0 ? (max / sum * modulus - 1) / (modulus - 1) : 0);
      }
      if (modulus == 2) {
        double evenKicks = sums[first + KICK];
        double oddKicks = sums[first + ROW + KICK];
        double evenSnares = sums[first + SNARE];
        double oddSnares = sums[first + ROW + SNARE];
        double kicks = evenKicks - oddKicks;
        double snares = oddSnares - evenSnares;
        double all = evenKicks + oddKicks + oddSnares + evenSnares;
        put(all > 0 ? Math.signum(kicks * snares) * Math.sqrt(Math.abs(kicks * snares)) / all * 2 : 0);
      }
    }
  }
}
