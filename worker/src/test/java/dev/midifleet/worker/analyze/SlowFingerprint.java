package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The oracle of {@link Fingerprint}: sets and sorted maps, with an arithmetic of its own. */
final class SlowFingerprint {
  private static final double[] LENGTHS = {0.8203 / 64, 0.8203 / 32, 0.8203 / 16, 0.8203 / 8, 0.8203 / 4, 0.8203 / 2,
      0.8203, 1.6406, 3.2812, 6.5624, 13.1248};

  private final List<Heard> notes = new ArrayList<>();
  private final double beat;
  private final int first;

  private record Heard(int pitch, boolean isDrum, int begin, int end) {}

  SlowFingerprint(Score score) {
    beat = score.isSmpte() ? 0.5 / score.tempoMap().secondsPerTick(0) : score.division();
    Map<Integer, List<Integer>> begins = new TreeMap<>();
    Map<Integer, List<Integer>> ends = new TreeMap<>();
    for (int i = 0; i < score.noteCount(); i++) {
      int key = Score.pitch(score.voices()[i]) + (Score.isDrum(score.voices()[i]) ? 1000 : 0);
      begins.computeIfAbsent(key, _ -> new ArrayList<>()).add(score.onsets()[i]);
      ends.computeIfAbsent(key, _ -> new ArrayList<>()).add(score.ends()[i]);
    }
    begins.forEach((key, same) -> {
      List<Integer> sorted = same.stream().sorted().toList();
      List<Integer> sortedEnds = ends.getOrDefault(key, List.of()).stream().sorted().toList();
      for (int i = 0; i < sorted.size(); i++) {
        notes.add(new Heard(key % 1000, key >= 1000, sorted.get(i), sortedEnds.get(i)));
      }
    });
    first = notes.stream().mapToInt(Heard::begin).min().orElse(0);
  }

  /** What the note hash is of, each sound a number, in order, each once: step, class of length, pitch, drum. */
  LongBuffer sounds() {
    return sounds(0);
  }

  /** The same moved so that the lowest pitch is 0. */
  LongBuffer transposedSounds() {
    return sounds(notes.stream().filter(note -> !note.isDrum).mapToInt(Heard::pitch).min().orElse(0));
  }

  private LongBuffer sounds(int lowest) {
    return LongBuffer.wrap(notes.stream().mapToLong(note -> {
      int length = note.end - note.begin;
      long lengthClass = length == 0 ? 0 : lengthClass(length / beat);
      int pitch = note.isDrum ? 128 + note.pitch : note.pitch - lowest;
      return (step(note.begin) * 100 + lengthClass) * 256 + pitch;
    }).sorted().distinct().toArray());
  }

  Set<List<Integer>> grams() {
    Set<List<Integer>> grams = new HashSet<>();
    for (int sign : new int[]{1, -1}) {
      List<Heard> line = line(sign);
      for (int i = 0; i + 5 < line.size(); i++) {
        List<Integer> gram = new ArrayList<>();
        for (int j = i; j < i + 5; j++) {
          gram.add(line.get(j + 1).pitch - line.get(j).pitch);
          gram.add(lengthClass((step(line.get(j + 1).begin) - step(line.get(j).begin)) / 24.0));
        }
        grams.add(gram);
      }
    }
    return grams;
  }

  /** The sketch as unsigned numbers, empty where there is none. */
  List<Integer> sketch() {
    Map<Integer, TreeSet<Long>> bins = new TreeMap<>();
    for (List<Integer> gram : grams()) {
      long word = 0;
      for (int i = 0; i < gram.size(); i += 2) {
        word = word * 4096 + (gram.get(i) + 128L) * 16 + gram.get(i + 1);
      }
      long hash = splitMix(word);
      bins.computeIfAbsent((int) (hash >>> 58), _ -> new TreeSet<>()).add((hash & 0x03FF_FFFF_FFFF_FFFFL) * 32);
    }
    List<Integer> values = new ArrayList<>();
    for (int bin = 0; bin < 64 && bins.size() >= 8; bin++) {
      int from = bin;
      for (long attempt = 1; !bins.containsKey(from); attempt++) {
        from = (int) Math.floorMod(splitMix(attempt * 64 + bin), 64L);
      }
      values.add((int) (splitMix(bins.get(from).first()) >>> 48));
    }
    return values;
  }

  static double jaccard(Set<List<Integer>> some, Set<List<Integer>> others) {
    Set<List<Integer>> common = new HashSet<>(some);
    common.retainAll(others);
    return (double) common.size() / (some.size() + others.size() - common.size());
  }

  private List<Heard> line(int sign) {
    TreeMap<Long, List<Heard>> bySteps = new TreeMap<>();
    notes.stream().filter(n -> !n.isDrum)
        .forEach(n -> bySteps.computeIfAbsent(step(n.begin), _ -> new ArrayList<>()).add(n));
    List<Heard> line = new ArrayList<>();
    for (List<Heard> chord : bySteps.values()) {
      Heard outer = chord.stream().max(Comparator.<Heard>comparingInt(n -> sign * n.pitch).thenComparingInt(n -> n.end))
          .orElseThrow();
      boolean isBelowHeld = !line.isEmpty() && step(line.getLast().end) > step(outer.begin) + 2
          && sign * line.getLast().pitch > sign * outer.pitch;
      if (!isBelowHeld) {
        line.add(outer);
      }
    }
    return line;
  }

  private long step(int tick) { return (long) Math.floor((tick - first) * 24.0 / beat + 7 / 13.0); }

  private static int lengthClass(double beats) {
    int lengthClass = 1;
    for (double border : LENGTHS) {
      lengthClass += beats >= border ? 1 : 0;
    }
    return lengthClass;
  }

  private static long splitMix(long bits) {
    long z = bits;
    z = (z ^ z >>> 30) * -4658895280553007687L;
    z = (z ^ z >>> 27) * -7723592293110705685L;
    return z ^ z >>> 31;
  }
}
