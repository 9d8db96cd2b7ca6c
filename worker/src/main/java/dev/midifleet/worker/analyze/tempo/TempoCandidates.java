package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;

/**
 * Tempi that the onsets of a piece may have, each with the features by which {@link TempoModel} chooses: the peaks of two
 * comb scores over the correlations, and their halves, doubles, thirds and triples, refined by the beat tracker; in a file
 * of a few seconds also the tempi in whose grid, from the file's beginning on, the onsets lie best.
 */
public final class TempoCandidates {
  public static final int CANDIDATES_MAX = 24;
  public static final double BPM_MAX = 340;
  private static final double BPM_MIN = 24;
  private static final double STEP = 1.01;
  private static final int GRID = (int) (Math.log(BPM_MAX / BPM_MIN) / Math.log(STEP)) + 1;
  private static final double SAME = 0.025;
  private static final int[] PEAKS = {6, 4};
  private static final int[] RELATED = {4, 2};
  private static final double[] RELATIVES = {2, 0.5, 3, 1 / 3.0, 1.5, 2 / 3.0, 4, 0.25};
  private static final double PRIOR_SECONDS = 0.6;
  private static final double PRIOR_OCTAVES = 1.4;
  private static final int ONSETS_MIN = 4;
  /** Files that are no longer have candidates by the grid that begins with the file. */
  private static final double SHORT_SECONDS = 16;
  private static final int GRID_PEAKS = 8;
  private static final double FINE_STEP = 1.005;
  private static final double FINE_PRIOR_BPM = 110;
  private static final double FINE_PRIOR_OCTAVES = 0.5;
  private static final int FINE_GRID = (int) (Math.log(BPM_MAX / BPM_MIN) / Math.log(FINE_STEP)) + 1;
  /** By step of the grid. */
  private static final double[] PERIODS = new double[GRID];
  private static final double[] PRIORS = new double[GRID];
  private static final double[] FINE_PERIODS = new double[FINE_GRID];
  /** Logarithms. */
  private static final double[] FINE_PRIORS = new double[FINE_GRID];

  static {
    for (int i = 0; i < GRID; i++) {
      PERIODS[i] = 60 / (BPM_MIN * Math.pow(STEP, i));
      double octaves = Math.log(PERIODS[i] / PRIOR_SECONDS) / Math.log(2) / PRIOR_OCTAVES;
      PRIORS[i] = Math.exp(-octaves * octaves / 2);
    }
    for (int i = 0; i < FINE_GRID; i++) {
      double bpm = BPM_MIN * Math.pow(FINE_STEP, i);
      double octaves = Math.log(bpm / FINE_PRIOR_BPM) / Math.log(2) / FINE_PRIOR_OCTAVES;
      FINE_PERIODS[i] = 60 / bpm;
      FINE_PRIORS[i] = -octaves * octaves / 2;
    }
  }

  private final Onsets onsets = new Onsets();
  private final Pulse pulse;
  private final GridFit grid = new GridFit();
  private final BeatTrack track = new BeatTrack();
  private final TempoFeatures describer;
  private final double[] combs = new double[GRID];
  private final double[] evidence = new double[FINE_GRID];
  private final double[] periods = new double[CANDIDATES_MAX];
  private final double[] bpms = new double[CANDIDATES_MAX];
  private final float[] features = new float[CANDIDATES_MAX * TempoFeatures.COUNT];
  private int size;

  public TempoCandidates(Kernels kernels) {
    pulse = new Pulse(kernels);
    describer = new TempoFeatures(onsets, pulse, grid, kernels);
  }

  /**
   * Returns how many there are: 0 where there are too few onsets to say anything.
   *
   * @param firstSecond
   *          where the first note begins
   */
  public int find(Score score, double firstSecond) {
    size = 0;
    onsets.collect(score, firstSecond);
    if (onsets.size() < ONSETS_MIN || onsets.seconds() < 0.5) return 0;
    pulse.correlate(onsets);
    grid.prepare(onsets);
    byGrid();
    int byGrid = size;
    propose();
    track.prepare(onsets);
    describer.prepare();
    for (int i = 0; i < size; i++) {
      track.track(onsets, periods[i]);
      double refined = i < byGrid ? periods[i] : track.refined(onsets, periods[i]);
      describer.describe(periods[i], refined, track, features, i * TempoFeatures.COUNT);
      bpms[i] = 60 / refined;
    }
    return size;
  }

  /** Beats a minute, by candidate. */
  public double[] bpms() { return bpms; }

  /** By candidate, {@link TempoFeatures#COUNT} each; good until the next call of {@link #find}. */
  public float[] features() {
    return features;
  }

  /** The periods in whose grid a short file's onsets lie best, from the file's beginning on. */
  private void byGrid() {
    if (onsets.seconds() > SHORT_SECONDS) return;
    for (int i = 0; i < FINE_GRID; i++) {
      evidence[i] = grid.evidence(FINE_PERIODS[i]) + FINE_PRIORS[i];
    }
    for (int peak = 0; peak < GRID_PEAKS; peak++) {
      int top = -1;
      for (int i = 1; i < FINE_GRID - 1; i++) {
        if (evidence[i] >= evidence[i - 1] && evidence[i] >= evidence[i + 1]
            && (top < 0 || evidence[i] > evidence[top]) && isNew(FINE_PERIODS[i])) {
          top = i;
        }
      }
      if (top < 0) return;
      add(FINE_PERIODS[top]);
    }
  }

  private void propose() {
    for (int kind = 0; kind < PEAKS.length; kind++) {
      comb(kind);
      int first = size;
      for (int peak = 0; peak < PEAKS[kind]; peak++) {
        int top = highest();
        if (top < 0) break;
        combs[top] = -combs[top];
        add(refineByLags(PERIODS[top], kind));
      }
      int last = Math.min(size, first + RELATED[kind]);
      for (double factor : RELATIVES) {
        for (int i = first; i < last; i++) {
          add(periods[i] * factor);
        }
      }
    }
  }

  private void comb(int kind) {
    for (int i = 0; i < GRID; i++) {
      combs[i] = value(PERIODS[i], kind) * PRIORS[i];
    }
  }

  private double value(double period, int kind) {
    return strength(period, kind) + strength(2 * period, kind) / 2 + strength(4 * period, kind) / 4;
  }

  private double strength(double lag, int kind) {
    if (kind == 0) return pulse.at(Onsets.ALL, lag);
    return pulse.at(Onsets.LOW, lag) + pulse.at(Onsets.KICK, lag) + pulse.at(Onsets.SNARE, lag)
        + pulse.at(Onsets.HARMONY, lag) + pulse.at(Onsets.LENGTH, lag);
  }

  /** The highest local maximum above 0 that was not taken, -1 if there is none. */
  private int highest() {
    int top = -1;
    for (int i = 1; i < GRID - 1; i++) {
      if (combs[i] > 0 && combs[i] >= Math.abs(combs[i - 1]) && combs[i] >= Math.abs(combs[i + 1])
          && (top < 0 || combs[i] > combs[top])) {
        top = i;
      }
    }
    return top;
  }

  /** Climbs in steps of a quarter percent. */
  private double refineByLags(double period, int kind) {
    double best = period;
    double bestValue = value(period, kind);
    for (int step = -4; step <= 4; step++) {
      double other = period * (1 + 0.0025 * step);
      double value = value(other, kind);
      if (value > bestValue) {
        bestValue = value;
        best = other;
      }
    }
    return best;
  }

  private void add(double period) {
    if (size == CANDIDATES_MAX || period < 60 / BPM_MAX || period > 60 / BPM_MIN) return;
    if (isNew(period)) {
      periods[size++] = period;
    }
  }

  private boolean isNew(double period) {
    for (int i = 0; i < size; i++) {
      if (Math.abs(periods[i] / period - 1) < SAME) return false;
    }
    return true;
  }
}
