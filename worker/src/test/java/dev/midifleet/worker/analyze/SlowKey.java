package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;

/** The oracle of {@link KeyFeatures}, {@link KeyModel} and {@link Key}: filters lists of notes by the definitions. */
final class SlowKey {
  private static final double[] AS_MAJOR = {.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081};
  private static final double[] AS_MINOR = {.220, .006, .104, .123, .019, .103, .012, .214, .062, .022, .061, .052};
  private static final double[] AE_MAJOR = {17.7661, .145624, 14.9265, .160186, 19.8049, 11.3587, .291248, 22.062,
      .145624, 8.15494, .232998, 4.95122};
  private static final double[] AE_MINOR = {18.2648, .737619, 14.0499, 16.8599, .702494, 14.4362, .702494, 18.6161,
      4.56621, 1.93186, 7.37619, 1.75623};
  private static final List<String> MAJOR = List.of("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B");
  private static final List<String> MINOR = List.of("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B");
  /** Logarithms of odds, of which sums of floats lose this much. */
  private static final double ROUNDING = 2e-3;
  private static final Map<String, double[]> WEIGHTS = weights();
  private static final KeyFeatures FEATURES = new KeyFeatures(KernelSelector.kernels());

  private record Note(int pitch, long onset, long end) {
    long ticks() { return end - onset; }
  }

  private SlowKey() {}

  static void check(SlowScore score, Analysis facts) {
    List<Note> notes = score.pitched.stream()
        .map(note -> new Note(note.pitch(), note.onset(), Math.max(note.onset() + 1L, note.end()))).toList();
    double[] whole = ticks(notes, _ -> true);
    checkHistogram(whole, facts);
    boolean isUniform = Arrays.stream(whole).distinct().count() < 2;
    boolean isKnown = notes.size() >= 8 && Arrays.stream(whole).filter(ticks -> ticks > 0).count() >= 3 && !isUniform;
    assertThat(facts.detectedKey != null).as("a key is known").isEqualTo(isKnown);
    assertThat(FEATURES.compute(score.score)).isEqualTo(isKnown);
    if (!isKnown) return;
    int beat = score.score.isSmpte()
        ? (int) Math.max(1, Math.round(0.5 / score.tempoMap().secondsPerTick(0)))
        : score.score.division();
    double[][] expected = expected(notes, beat);
    for (KeyFeature feature : KeyFeature.values()) {
      for (int key = 0; key < 24; key++) {
        assertThat((double) FEATURES.values()[feature.ordinal() * 24 + key]).as("%s, key %s", feature, key)
            .isEqualTo(expected[feature.ordinal()][key], Offset.offset(2e-5));
      }
    }
    checkChoice(expected, facts);
  }

  private static void checkHistogram(double[] whole, Analysis facts) {
    double total = Arrays.stream(whole).sum();
    assertThat(facts.hasPitchClasses).isEqualTo(total > 0);
    for (int i = 0; i < 12; i++) {
      assertThat(facts.pitchClassShares[i] / 65_535.0).as("pitch_class_histogram %d", i)
          .isEqualTo(total > 0 ? whole[i] / total : 0, Offset.offset(0.501 / 65_535));
    }
  }

  private static void checkChoice(double[][] features, Analysis facts) {
    Map<String, Double> ratings = new HashMap<>();
    for (int key = 0; key < 24; key++) {
      int mode = key / 12;
      double rating = weight("BIAS", mode);
      for (KeyFeature feature : KeyFeature.values()) {
        rating += weight(feature.name(), mode) * features[feature.ordinal()][key];
      }
      ratings.put(mode == 0 ? MAJOR.get(key) + " major" : MINOR.get(key - 12) + " minor", rating);
    }
    List<Double> sorted = ratings.values().stream().sorted(Comparator.reverseOrder()).toList();
    double best = ratings.getOrDefault(facts.detectedKey, Double.NaN);
    double second = ratings.getOrDefault(facts.keySecond, Double.NaN);
    double odds = ratings.values().stream().mapToDouble(rating -> Math.exp(rating - sorted.getFirst())).sum();
    assertThat(best).as("of detected_key").isEqualTo(sorted.get(0), Offset.offset(ROUNDING));
    assertThat(second).as("of key_second").isEqualTo(sorted.get(1), Offset.offset(ROUNDING));
    assertThat(facts.keyMargin).as("key_margin").isEqualTo(sorted.get(0) - sorted.get(1), Offset.offset(ROUNDING));
    assertThat(facts.keyConfidence).as("key_confidence").isEqualTo(1 / odds, Offset.offset(ROUNDING));
  }

  private static double weight(String name, int mode) {
    double[] row = WEIGHTS.get(name);
    if (row == null) throw new IllegalStateException("no weights of " + name);
    return row[mode];
  }

  private static Map<String, double[]> weights() {
    return KeyModel.shipped().toText().lines().map(line -> line.trim().split(" +", -1)).collect(Collectors.toMap(
        words -> words[0], words -> new double[]{Double.parseDouble(words[1]), Double.parseDouble(words[2])}));
  }

  private static double[][] expected(List<Note> notes, int beat) {
    long first = notes.stream().mapToLong(Note::onset).min().orElseThrow();
    long last = notes.stream().mapToLong(Note::onset).max().orElseThrow();
    long end = notes.stream().mapToLong(Note::end).max().orElseThrow();
    double[][] all = new double[KeyFeature.values().length][];
    double[] whole = ticks(notes, note -> true);
    put(all, KeyFeature.WHOLE, correlations(whole, AS_MAJOR, AS_MINOR));
    put(all, KeyFeature.WHOLE_AARDEN, correlations(whole, AE_MAJOR, AE_MINOR));
    put(all, KeyFeature.OWN_THIRD, ownThird(whole));
    Map<Long, List<Note>> parts = notes.stream().collect(Collectors.groupingBy(note -> part(note, first, end)));
    double[] eighth = ofParts(parts, 0, 2);
    put(all, KeyFeature.FIRST_EIGHTH, albrecht(eighth));
    put(all, KeyFeature.OWN_THIRD_AT_FIRST, ownThird(eighth));
    put(all, KeyFeature.LAST_EIGHTH, albrecht(ofParts(parts, 21, 23)));
    put(all, KeyFeature.FIRST_PART, albrecht(ofParts(parts, 0, 0)));
    put(all, KeyFeature.LAST_PART, albrecht(ofParts(parts, 23, 23)));
    put(all, KeyFeature.OPENING, albrecht(ticks(notes, note -> note.onset - first <= beat / 8)));
    put(all, KeyFeature.ENDING, albrecht(ticks(notes, note -> note.onset >= last - 2L * beat)));
    List<Note> sounding = notes.stream().filter(note -> note.end > last).toList();
    put(all, KeyFeature.LAST_BASS, tonic(sounding.stream().mapToInt(Note::pitch).min().orElseThrow()));
    put(all, KeyFeature.LAST_TOP, tonic(sounding.stream().mapToInt(Note::pitch).max().orElseThrow()));
    put(all, KeyFeature.VOTES, votes(parts));
    long slot = Math.max(1, beat / 2);
    slot = (last - first) / slot < 512 ? slot : (last - first + 512) / 512;
    put(all, KeyFeature.BASS, albrecht(extremes(notes, first, slot, Comparator.comparingInt(Note::pitch))));
    put(all, KeyFeature.MELODY, albrecht(extremes(notes, first, slot, Comparator.comparingInt(note -> -note.pitch))));
    return all;
  }

  private static void put(double[][] all, KeyFeature feature, double[] values) { all[feature.ordinal()] = values; }

  private static long part(Note note, long first, long end) { return (note.onset - first) * 24 / (end - first); }

  private static double[] ticks(List<Note> notes, Predicate<Note> which) {
    double[] ticks = new double[12];
    notes.stream().filter(which).forEach(note -> ticks[note.pitch % 12] += note.ticks());
    return ticks;
  }

  private static double[] ofParts(Map<Long, List<Note>> parts, long from, long to) {
    double[] sums = new double[12];
    for (long part = from; part <= to; part++) {
      double[] ticks = ticks(parts.getOrDefault(part, List.of()), _ -> true);
      Arrays.setAll(sums, i -> sums[i] + ticks[i]);
    }
    return sums;
  }

  private static double[] extremes(List<Note> notes, long first, long width, Comparator<Note> order) {
    double[] counts = new double[12];
    Map<Long, Note> outer = new HashMap<>();
    notes.forEach(note -> outer.merge((note.onset - first) / width, note, BinaryOperator.minBy(order)));
    outer.values().forEach(note -> counts[note.pitch % 12]++);
    return counts;
  }

  private static double[] votes(Map<Long, List<Note>> parts) {
    double[] votes = new double[24];
    int voters = 0;
    for (List<Note> part : parts.values()) {
      double[] scores = albrecht(ticks(part, _ -> true));
      double best = Arrays.stream(scores).max().orElseThrow();
      if (best == 0) continue;
      voters++;
      long winners = Arrays.stream(scores).filter(each -> each > best - 1e-5).count();
      for (int key = 0; key < 24; key++) {
        votes[key] += scores[key] > best - 1e-5 ? 1.0 / winners : 0;
      }
    }
    for (int key = 0; key < 24; key++) {
      votes[key] /= Math.max(1, voters);
    }
    return votes;
  }

  private static double[] tonic(int pitch) {
    double[] values = new double[24];
    values[pitch % 12] = 1;
    values[12 + pitch % 12] = 1;
    return values;
  }

  private static double[] ownThird(double[] ticks) {
    double total = Arrays.stream(ticks).sum();
    double[] values = new double[24];
    for (int tonic = 0; tonic < 12 && total > 0; tonic++) {
      values[tonic] = (ticks[(tonic + 4) % 12] - ticks[(tonic + 3) % 12]) / total;
      values[12 + tonic] = -values[tonic];
    }
    return values;
  }

  private static double[] albrecht(double[] ticks) { return correlations(ticks, AS_MAJOR, AS_MINOR); }

  private static double[] correlations(double[] ticks, double[] major, double[] minor) {
    double[] results = new double[24];
    for (int key = 0; key < 24; key++) {
      double[] x = new double[12];
      for (int i = 0; i < 12; i++) {
        x[i] = ticks[(key + i) % 12];
      }
      double[] y = key < 12 ? major : minor;
      double xy = covariance(x, y);
      double xx = covariance(x, x);
      results[key] = xx == 0 ? 0 : xy / Math.sqrt(xx * covariance(y, y));
    }
    return results;
  }

  private static double covariance(double[] x, double[] y) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += x[i] / x.length;
      meanY += y[i] / y.length;
    }
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - meanX) * (y[i] - meanY);
    }
    return sum;
  }
}
