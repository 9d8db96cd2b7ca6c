package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against a second, slow implementation that filters lists of notes by the features' definitions. */
class KeyFeaturesTest {
  private static final double[] AS_MAJOR = {.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081};
  private static final double[] AS_MINOR = {.220, .006, .104, .123, .019, .103, .012, .214, .062, .022, .061, .052};
  private static final double[] AE_MAJOR = {17.7661, .145624, 14.9265, .160186, 19.8049, 11.3587, .291248, 22.062,
      .145624, 8.15494, .232998, 4.95122};
  private static final double[] AE_MINOR = {18.2648, .737619, 14.0499, 16.8599, .702494, 14.4362, .702494, 18.6161,
      4.56621, 1.93186, 7.37619, 1.75623};
  private static final int EVERY = 25;

  private final Score score = new Score(256);
  private final SmfParser parser = new SmfParser(score, 10_000_000);
  private final KeyFeatures features = new KeyFeatures(KernelSelector.kernels());

  private record Note(int pitch, long onset, long end) {
    long ticks() { return end - onset; }
  }

  @Test
  void agree_with_their_definitions_on_random_scores() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int span = 1 + random.nextInt(round % 3 == 0 ? 500 : 300_000);
      compare(SmfBuilder.smf().division(1 + random.nextInt(960)).track(t -> {
        for (int i = 8 + random.nextInt(200); i >= 0; i--) {
          t.note(random.nextInt(11), 20 + random.nextInt(90), 64, random.nextInt(span), random.nextInt(2000));
        }
      }).bytes(), "seed " + seed + ", round " + round);
    }
  }

  @Test
  void agree_with_their_definitions_on_real_files() throws IOException {
    List<Path> files = Corpus.files();
    for (int i = 0; i < files.size(); i += EVERY) {
      byte[] file = Files.readAllBytes(files.get(i));
      try {
        compare(file, files.get(i).toString());
      } catch (FileFailure e) {
        // What the parser refuses has no features.
        assertThat(e.kind()).as(files.get(i).toString()).isNotNull();
      }
    }
  }

  private void compare(byte[] file, String what) throws FileFailure {
    parser.parse(NativeBytes.of(file), 0, file.length);
    if (score.isSmpte()) return;
    List<Note> notes = notes();
    long classes = notes.stream().map(note -> note.pitch % 12).distinct().count();
    boolean isKnown = features.compute(score);
    if (notes.size() < 8 || classes < 3) {
      assertThat(isKnown).as(what).isFalse();
    }
    if (!isKnown) return;
    double[][] expected = expected(notes);
    for (KeyFeature feature : KeyFeature.values()) {
      for (int key = 0; key < 24; key++) {
        assertThat((double) features.values()[feature.ordinal() * 24 + key]).as("%s: %s, key %s", what, feature, key)
            .isEqualTo(expected[feature.ordinal()][key], Offset.offset(2e-5));
      }
    }
  }

  private List<Note> notes() {
    List<Note> notes = new ArrayList<>();
    for (int i = 0; i < score.noteCount(); i++) {
      if (!Score.isDrum(score.voices()[i])) {
        long onset = score.onsets()[i];
        notes.add(new Note(Score.pitch(score.voices()[i]), onset, Math.max(onset + 1, score.ends()[i])));
      }
    }
    return notes;
  }

  private double[][] expected(List<Note> notes) {
    long first = notes.stream().mapToLong(Note::onset).min().orElseThrow();
    long last = notes.stream().mapToLong(Note::onset).max().orElseThrow();
    long end = notes.stream().mapToLong(Note::end).max().orElseThrow();
    int beat = score.division();
    double[][] all = new double[KeyFeature.values().length][];
    double[] whole = ticks(notes, note -> true);
    put(all, KeyFeature.WHOLE, correlations(whole, AS_MAJOR, AS_MINOR));
    put(all, KeyFeature.WHOLE_AARDEN, correlations(whole, AE_MAJOR, AE_MINOR));
    put(all, KeyFeature.OWN_THIRD, ownThird(whole));
    double[] eighth = ticks(notes, note -> part(note, first, end) < 3);
    put(all, KeyFeature.FIRST_EIGHTH, albrecht(eighth));
    put(all, KeyFeature.OWN_THIRD_AT_FIRST, ownThird(eighth));
    put(all, KeyFeature.LAST_EIGHTH, albrecht(ticks(notes, note -> part(note, first, end) >= 21)));
    put(all, KeyFeature.FIRST_PART, albrecht(ticks(notes, note -> part(note, first, end) == 0)));
    put(all, KeyFeature.LAST_PART, albrecht(ticks(notes, note -> part(note, first, end) == 23)));
    put(all, KeyFeature.OPENING, albrecht(ticks(notes, note -> note.onset - first <= beat / 8)));
    put(all, KeyFeature.ENDING, albrecht(ticks(notes, note -> note.onset >= last - 2L * beat)));
    List<Note> sounding = notes.stream().filter(note -> note.end > last).toList();
    put(all, KeyFeature.LAST_BASS, tonic(sounding.stream().mapToInt(Note::pitch).min().orElseThrow()));
    put(all, KeyFeature.LAST_TOP, tonic(sounding.stream().mapToInt(Note::pitch).max().orElseThrow()));
    put(all, KeyFeature.VOTES, votes(notes, first, end));
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

  private static double[] extremes(List<Note> notes, long first, long width, Comparator<Note> order) {
    double[] counts = new double[12];
    notes.stream().mapToLong(note -> (note.onset - first) / width).distinct().forEach(slot -> counts[notes.stream()
        .filter(note -> (note.onset - first) / width == slot).min(order).orElseThrow().pitch % 12]++);
    return counts;
  }

  private static double[] votes(List<Note> notes, long first, long end) {
    double[] votes = new double[24];
    int voters = 0;
    for (int i = 0; i < 24; i++) {
      int part = i;
      double[] scores = albrecht(ticks(notes, note -> part(note, first, end) == part));
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
    double meanX = Arrays.stream(x).average().orElseThrow();
    double meanY = Arrays.stream(y).average().orElseThrow();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - meanX) * (y[i] - meanY);
    }
    return sum;
  }
}
