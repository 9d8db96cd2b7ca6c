package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The oracle of {@link Onsets} and {@link Pulse}: lists of notes, and a Gaussian for each pair of onsets. */
final class SlowOnsets {
  /** A note in seconds. Those that begin in the same 2 ms keep the order of the score, as in the program. */
  private record Heard(double begin, double end, long key, int voice) {
    double root() { return Math.sqrt(Score.velocity(voice)); }

    boolean isDrum() { return Score.isDrum(voice); }

    int pitch() { return Score.pitch(voice); }
  }

  final double firstSecond;
  final List<Double> times = new ArrayList<>();
  /** By onset, then by band, without HARMONY and what comes of the onsets before: {@link #BANDS}. */
  final List<double[]> bands = new ArrayList<>();

  /** Those that a moment has by itself. */
  static final int[] BANDS = {Onsets.ALL, Onsets.ONE, Onsets.LOW, Onsets.KICK, Onsets.SNARE, Onsets.CYMBAL,
      Onsets.LENGTH, Onsets.CHORD};

  SlowOnsets(Score score) {
    List<Heard> all = new ArrayList<>();
    for (int i = 0; i < score.noteCount(); i++) {
      double begin = score.tempoMap().secondsAt(score.onsets()[i]);
      all.add(new Heard(begin, score.tempoMap().secondsAt(score.ends()[i]), 0, score.voices()[i]));
    }
    double first = all.stream().mapToDouble(Heard::begin).min().orElse(0);
    firstSecond = first;
    double window = 180;
    List<Heard> notes = within(all, first, window);
    while (notes.size() > Onsets.NOTES_MAX && window > 0.03) {
      window /= 2;
      notes = within(all, first, window);
    }
    notes = notes.subList(0, Math.min(notes.size(), Onsets.NOTES_MAX));
    List<List<Heard>> groups = new ArrayList<>();
    for (Heard note : notes.stream().sorted(Comparator.comparingLong(Heard::key)).toList()) {
      if (groups.isEmpty() || note.begin - groups.getLast().getFirst().begin > 0.03) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(note);
    }
    groups.stream().limit(Onsets.ONSETS_MAX).forEach(this::add);
  }

  private static List<Heard> within(List<Heard> all, double first, double window) {
    return all.stream().filter(note -> note.begin <= first + window)
        .map(note -> new Heard(note.begin, note.end, (long) ((note.begin - first) * 500), note.voice)).toList();
  }

  private void add(List<Heard> group) {
    double weights = group.stream().mapToDouble(Heard::root).sum();
    times.add(group.stream().mapToDouble(note -> note.root() * note.begin).sum() / weights);
    double[] values = new double[Onsets.BANDS];
    values[Onsets.ONE] = 1;
    values[Onsets.CHORD] = Math.min(6, group.size() - 1);
    for (Heard note : group) {
      boolean isKick = note.isDrum() && (note.pitch() == 35 || note.pitch() == 36);
      boolean isSnare = note.isDrum() && note.pitch() >= 37 && note.pitch() <= 40;
      boolean isLow = !note.isDrum() && note.pitch() < 52;
      values[Onsets.ALL] += (isKick || isLow ? 1.5 : 1) * note.root();
      values[Onsets.LOW] += isLow ? note.root() : 0;
      values[Onsets.KICK] += isKick ? note.root() : 0;
      values[Onsets.SNARE] += isSnare ? note.root() : 0;
      values[Onsets.CYMBAL] += note.isDrum() && !isKick && !isSnare ? note.root() : 0;
      double length = note.isDrum() ? 0 : Math.min(2, note.end - note.begin);
      values[Onsets.LENGTH] = Math.max(values[Onsets.LENGTH], length);
    }
    bands.add(values);
  }

  /**
   * By band, one Gaussian for each pair of onsets, seen forwards and backwards, at its lag rounded to 10 ms, cut as
   * {@link Pulse} documents.
   *
   * @param lag
   *          of 10 ms
   */
  static double[] correlations(Onsets onsets, int lag) {
    double sigma = 3 + 0.03 * lag;
    int reach = (int) Math.min(32, Math.ceil(2.5 * sigma));
    double[] sums = new double[Onsets.BANDS];
    double[] squares = new double[Onsets.BANDS];
    double[] products = new double[Onsets.BANDS];
    for (int i = 0; i < onsets.size(); i++) {
      for (int band = 0; band < Onsets.BANDS; band++) {
        sums[band] += onsets.band(i, band);
      }
      add(squares, onsets, i, i, 1);
      for (int j = i - 1; j >= 0; j--) {
        long apart = Math.round((onsets.time(i) - onsets.time(j)) * 100);
        if (apart - lag > reach) break;
        add(products, onsets, i, j, gaussian(apart - lag, sigma, reach) + gaussian(-apart - lag, sigma, reach));
      }
    }
    double seconds = Math.max(onsets.seconds(), 0.1);
    double rest = seconds - lag / 100.0;
    double area = 0;
    for (int shift = -reach; shift <= reach; shift++) {
      area += gaussian(shift, sigma, reach);
    }
    for (int band = 0; band < Onsets.BANDS; band++) {
      double chance = sums[band] * sums[band] / squares[band] / seconds / 100 * area;
      products[band] = squares[band] == 0 || rest <= 0
          ? 0
          : products[band] / squares[band] * Math.min(4, seconds / rest) - chance;
    }
    return products;
  }

  private static double gaussian(long shift, double sigma, int reach) {
    return Math.abs(shift) <= reach ? Math.exp(-0.5 * shift * shift / sigma / sigma) : 0;
  }

  private static void add(double[] to, Onsets onsets, int i, int j, double weight) {
    for (int band = 0; band < to.length; band++) {
      to[band] += weight * onsets.band(i, band) * onsets.band(j, band);
    }
  }
}
