package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The oracle of {@link BeatGrid} and {@link BeatPitches}: a list of notes for each beat. Numbers are added up in the
 * program's order and width: a tenth of a beat and half of a chord are common, and rounding must not decide there.
 */
final class SlowBeats {
  /** What a note fills of one beat. */
  record Part(SlowNote note, double share) {}

  final double ticks;
  final double start;
  final List<List<Part>> beats = new ArrayList<>();
  /** Length times velocity by pitch class, of each beat. */
  final List<float[]> weights = new ArrayList<>();

  /** Needs a note. */
  SlowBeats(SlowScore of) {
    Score score = of.score;
    List<SlowNote> notes = of.notes;
    int first = notes.stream().mapToInt(SlowNote::onset).min().orElseThrow();
    int last = notes.stream().mapToInt(SlowNote::end).max().orElseThrow();
    ticks = length(score, first, last);
    double phase = phase(notes) * ticks / 24;
    start = Math.floor((first - phase) / ticks) * ticks + phase;
    double count = Math.ceil((last - start) / ticks);
    for (int beat = 0; beat < Math.clamp(count, 1, 4096); beat++) {
      beats.add(new ArrayList<>());
    }
    of.pitched.forEach(this::add);
    beats.forEach(beat -> weights.add(weightsOf(beat)));
  }

  private static double length(Score score, int first, int last) {
    TempoMap map = score.tempoMap();
    if (score.isSmpte()) return Math.max(1, 0.5 / map.secondsPerTick(0));
    double beat = score.division();
    if (!score.timeSignatures().isEmpty()) {
      int signature = score.timeSignatures().value(0);
      beat *= signature >>> 8 == 8 && (signature & 0xFF) % 3 == 0 ? 1.5 : 1;
    }
    double seconds = last == first ? 1 : (map.secondsAt(last) - map.secondsAt(first)) / (last - first) * beat;
    for (int i = 0; i < 32 && seconds < 0.3; i++) {
      seconds *= 2;
      beat *= 2;
    }
    for (int i = 0; i < 32 && seconds > 1.5 && beat >= 2; i++) {
      seconds /= 2;
      beat /= 2;
    }
    return beat;
  }

  private int phase(List<SlowNote> notes) {
    double[] sums = new double[24];
    for (int i = 0; i < notes.size(); i += 1 + notes.size() / 1024) {
      SlowNote note = notes.get(i);
      if (note.isDrum()) continue;
      double beat = note.onset() / ticks;
      double length = Math.min(2, (note.end() - note.onset()) / ticks);
      sums[(int) Math.floor((beat - Math.floor(beat)) * 24 + 0.5) % 24] += note.pitch() < 52 ? 2 * length : length;
    }
    int best = 0;
    for (int i = 1; i < 24; i++) {
      best = around(sums, i) > around(sums, best) ? i : best;
    }
    return best;
  }

  private static double around(double[] sums, int phase) {
    return 2 * sums[phase] + sums[(phase + 1) % 24] + sums[(phase + 23) % 24];
  }

  private void add(SlowNote note) {
    double from = rounded(note.onset());
    double to = Math.min(Math.min(from + 16 * 1024, beats.size() * 1024.0), rounded(note.end()));
    for (int beat = (int) (from / 1024); beat < Math.min(beats.size(), to / 1024); beat++) {
      double share = Math.min(to, beat * 1024.0 + 1024) - Math.max(from, beat * 1024.0);
      beats.get(beat).add(new Part(note, share / 1024));
    }
  }

  /** In parts of 1,024 of a beat. */
  private double rounded(int tick) {
    return Math.floor((tick - start) * (1024 / ticks) + 0.5);
  }

  private static float[] weightsOf(List<Part> beat) {
    float[] weights = new float[12];
    for (Part part : beat) {
      weights[part.note.pitch() % 12] += (float) (part.share * 1024 * part.note.velocity());
    }
    return weights;
  }

  /** The lowest note that fills a tenth of a beat, of equals that on the lowest channel. */
  Optional<SlowNote> lowest(int beat) {
    return filling(beat).stream()
        .min(Comparator.comparingInt(SlowNote::pitch).thenComparingInt(SlowNote::channel));
  }

  /** The highest one of these channels, of equals that on the lowest. */
  Optional<SlowNote> highest(int beat, Set<Integer> channels) {
    return filling(beat).stream().filter(note -> channels.contains(note.channel()))
        .max(Comparator.comparingInt(SlowNote::pitch).thenComparingInt(note -> -note.channel()));
  }

  private List<SlowNote> filling(int beat) {
    return beats.get(beat).stream().filter(part -> part.share * 1024 >= 102).map(Part::note).toList();
  }
}
