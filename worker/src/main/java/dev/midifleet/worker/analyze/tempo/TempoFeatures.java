package dev.midifleet.worker.analyze.tempo;

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

  private final Onsets onsets;
  private final Pulse pulse;
  private final GridFit grid;
  private final float[] file = new float[FILE];
  private float[] into = file;
  private int at;
  private final double[] waves = new double[2 * WAVES.length];
  private final double[] phases = new double[KINDS];
  private final double[] beat = new double[CONTRASTS.length];
  private final double[] half = new double[CONTRASTS.length];
  private final double[] classes = new double[CONTRASTS.length * 4];

  TempoFeatures(Onsets onsets, Pulse pulse, GridFit grid) {
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
    double worth = 0;
    for (int i = 1; i < length; i++) {
      double seconds = onsets.time(track.onset(i)) - onsets.time(track.onset(i - 1));
      double log = Math.log(seconds / period / (track.count(i) - track.count(i - 1)));
      deviations += log * log;
    }
    for (int i = 0; i < length; i++) {
      worth += onsets.band(track.onset(i), Onsets.ALL);
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
    double total = 0;
    for (int i = 0; i < onsets.size(); i++) {
      total += onsets.band(i, Onsets.ALL);
    }
    phase(period);
    put(worth / total);
    inside(track);
    contrasts(track);
  }

  /** How the first onsets lie in the grid, from the file's beginning and from the first of them; a short file's beats. */
  private void grid(double period) {
    double best = Double.NEGATIVE_INFINITY;
    for (int kind = 0; kind < GridFit.KINDS; kind++) {
      double fit = grid.fit(kind, period, 0);
      put(2 * fit);
      put(2 * grid.fit(kind, period, onsets.time(0)));
      best = Math.max(best, fit);
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

  private void inside(BeatTrack track) {
    Arrays.fill(phases, 0);
    Arrays.fill(half, 0);
    Arrays.fill(beat, 0);
    double halves = 0;
    double sum = 0;
    for (int i = 0; i < track.length(); i++) {
      int first = track.onset(i);
      for (int band = 0; band < CONTRASTS.length; band++) {
        beat[band] += onsets.band(first, CONTRASTS[band]);
      }
      if (i + 1 == track.length()) break;
      int next = track.onset(i + 1);
      double begin = onsets.time(first);
      double scale = (track.count(i + 1) - track.count(i)) / (onsets.time(next) - begin);
      for (int onset = first + 1; onset < next; onset++) {
        double phase = (onsets.time(onset) - begin) * scale;
        phase -= Math.floor(phase);
        int kind = kind(phase);
        phases[kind] += 1;
        sum += 1;
        if (kind == 1) {
          halves++;
          for (int band = 0; band < CONTRASTS.length; band++) {
            half[band] += onsets.band(onset, CONTRASTS[band]);
          }
        }
      }
    }
    for (double phase : phases) {
      put(sum > 0 ? phase / sum : 0);
    }
    double beats = track.count(track.length() - 1) + 1;
    put(halves / beats);
    put((phases[2] + phases[3]) / beats);
    put(phases[4] / beats);
    put(phases[5] / beats);
    for (int band = 0; band < CONTRASTS.length; band++) {
      double on = beat[band];
      put(on + half[band] > 0 ? (on - half[band]) / (on + half[band]) : 0);
    }
    for (int band = 0; band < CONTRASTS.length; band++) {
      double on = beat[band] / track.length();
      double off = halves > 0 ? half[band] / halves : 0;
      put(on + off > 0 ? (on - off) / (on + off) : 0);
    }
  }

  private static int kind(double phase) {
    if (phase < 0.08 || phase > 0.92) return 0;
    if (Math.abs(phase - 0.5) < 0.08) return 1;
    if (Math.abs(phase - 1 / 3.0) < 0.042) return 2;
    if (Math.abs(phase - 2 / 3.0) < 0.042) return 3;
    if (Math.abs(phase - 0.25) < 0.042 || Math.abs(phase - 0.75) < 0.042) return 4;
    return 5;
  }

  private void contrasts(BeatTrack track) {
    for (int modulus = 2; modulus <= 4; modulus++) {
      Arrays.fill(classes, 0);
      for (int i = 0; i < track.length(); i++) {
        int place = track.count(i) % modulus;
        for (int band = 0; band < CONTRASTS.length; band++) {
          classes[band * 4 + place] += onsets.band(track.onset(i), CONTRASTS[band]);
        }
      }
      for (int band = 0; band < CONTRASTS.length; band++) {
        double sum = 0;
        double max = 0;
        for (int place = 0; place < modulus; place++) {
          sum += classes[band * 4 + place];
          max = Math.max(max, classes[band * 4 + place]);
        }
        put(sum > 0 ? (max / sum * modulus - 1) / (modulus - 1) : 0);
      }
      if (modulus == 2) {
        double kicks = classes[2 * 4] - classes[2 * 4 + 1];
        double snares = classes[3 * 4 + 1] - classes[3 * 4];
        double all = classes[2 * 4] + classes[2 * 4 + 1] + classes[3 * 4 + 1] + classes[3 * 4];
        put(all > 0 ? Math.signum(kicks * snares) * Math.sqrt(Math.abs(kicks * snares)) / all * 2 : 0);
      }
    }
  }
}
