package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final int LENGTH_MAX = 16;

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void a_waltz_is_in_three_whatever_its_signature_says() throws FileFailure {
    for (int[] signature : new int[][]{{3, 4}, {4, 4}, {6, 8}}) {
      analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, signature[0], signature[1])).track(t -> {
        int[] roots = {48, 53, 55, 48, 45, 50, 55, 48};
        for (int bar = 0; bar < 32; bar++) {
          int root = roots[bar % 8];
          t.note(0, root - 12, 80, bar * 1440L, 480);
          for (int beat = 1; beat < 3; beat++) {
            t.note(0, root + 4, 60, bar * 1440L + beat * 480L, 400).note(0, root + 7, 60, bar * 1440L + beat * 480L,
                400);
          }
          t.note(1, 72 + bar % 8, 90, bar * 1440L, 960).note(1, 74 + bar % 5, 80, bar * 1440L + 960, 480);
        }
      }));
      assertThat(analysis.meterEstimate).isEqualTo(3);
    }
  }

  @Test
  void a_march_is_in_four_and_a_jig_in_six() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      int[] roots = {48, 53, 55, 48, 45, 50, 55, 48};
      for (int bar = 0; bar < 32; bar++) {
        t.note(0, roots[bar % 8] - 12, 90, bar * 1920L, 480).note(0, roots[bar % 8] - 5, 80, bar * 1920L + 960, 480);
        for (int beat = 0; beat < 4; beat++) {
          t.note(1, roots[bar % 8] + 4, 60, bar * 1920L + beat * 480L, 240);
          t.note(2, 72 + (bar + beat * beat) % 9, 100 - 10 * (beat % 2), bar * 1920L + beat * 480L, 480);
        }
      }
    }));
    assertThat(analysis.meterEstimate).isEqualTo(4);
    analyze(SmfBuilder.smf().track(t -> {
      int[] tune = {67, 71, 74, 79, 78, 76, 74, 71, 74, 71, 69, 67, 64, 67, 69, 71, 69, 67, 66, 69, 66, 62, 64, 66};
      for (int i = 0; i < 192; i++) {
        t.note(0, tune[i % 24], 90, i * 240L, 240);
        if (i % 3 == 0) {
          t.note(1, i % 6 == 0 ? 43 + i / 6 % 3 * 2 : 55, 80, i * 240L, i % 6 == 0 ? 720 : 480);
        }
      }
    }));
    assertThat(analysis.meterEstimate).isEqualTo(6);
  }

  @Test
  void notes_that_say_nothing_have_no_metre() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 4, 4).note(0, 60, 9, 0, 480).note(0, 62, 9, 480, 480)));
    assertThat(analysis.meterEstimate).isEqualTo(Analysis.UNKNOWN);
    analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 4, 4)));
    assertThat(analysis.meterEstimate).isEqualTo(Analysis.UNKNOWN);
    Random random = new Random(1);
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 400; i++) {
        t.note(0, 60, 64, random.nextInt(100_000), 100);
      }
    }));
    assertThat(analysis.meterEstimate).as("no beat").isEqualTo(Analysis.UNKNOWN);
  }

  @Test
  void slow_correlations_agree_on_random_scores() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      Score score = analyze(randomSong(random));
      assertAgreement(score, "seed " + seed + ", round " + round);
    }
  }

  private static SmfBuilder randomSong(Random random) {
    int length = 20 + random.nextInt(random.nextInt(5) == 0 ? 1500 : 150);
    return SmfBuilder.smf().track(t -> {
      for (int i = 10 + random.nextInt(150); i > 0; i--) {
        t.note(random.nextInt(4) == 0 ? 9 : 0, 30 + random.nextInt(60), 1 + random.nextInt(127),
            120L * random.nextInt(length), random.nextInt(3000));
      }
    });
  }

  private void assertAgreement(Score score, String what) {
    float[] features = MeterFeatures.of(score, new ScalarKernels());
    Set<Integer> onsets = new TreeSet<>();
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < score.noteCount(); i++) {
      first = Math.min(first, score.onsets()[i] / 120);
    }
    int size = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int slot = score.onsets()[i] / 120 - first;
      if (slot < MeterFeatures.SLOTS_MAX) {
        onsets.add(slot);
        size = Math.max(size, slot + 1);
      }
    }
    if (onsets.size() < 8) {
      assertThat(features).as(what).isNull();
      return;
    }
    List<double[]> signals = signals(score, first, size);
    for (int row = 0; row < signals.size(); row++) {
      for (int i = 0; i < MeterFeatures.LAGS.length; i++) {
        assertThat((double) Objects.requireNonNull(features)[row * MeterFeatures.LAGS.length + i])
            .as("%s, signal %d, lag %d", what, row, MeterFeatures.LAGS[i])
            .isEqualTo(correlation(signals.get(row), MeterFeatures.LAGS[i]), Offset.offset(1e-4));
      }
    }
    assertPitches(score, Objects.requireNonNull(features), first, what);
  }

  private static List<double[]> signals(Score score, int first, int size) {
    double[] counts = new double[size];
    double[] lengths = new double[size];
    double[] velocities = new double[size];
    double[] bass = new double[size];
    double[] harmony = new double[size];
    double mean = 0;
    int pitched = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      if (!Score.isDrum(score.voices()[i])) {
        mean += Score.pitch(score.voices()[i]);
        pitched++;
      }
    }
    mean /= Math.max(1, pitched);
    for (int slot = 0; slot < size; slot++) {
      int begun = 0;
      for (int i = 0; i < score.noteCount(); i++) {
        int voice = score.voices()[i];
        if (score.onsets()[i] / 120 - first != slot) continue;
        begun++;
        velocities[slot] = Math.max(velocities[slot], Score.velocity(voice) / 127.0);
        if (!Score.isDrum(voice)) {
          lengths[slot] = Math.max(lengths[slot], Math.sqrt(length(score, i)));
          bass[slot] = Math.max(bass[slot], Math.min(2, (mean - Score.pitch(voice)) / 12));
        }
      }
      counts[slot] = Math.log(1 + Math.min(15, begun));
      harmony[slot] = begun == 0 ? 0 : novelty(sounding(score, first, slot - 4), sounding(score, first, slot));
    }
    return List.of(counts, lengths, velocities, bass, harmony);
  }

  private static int length(Score score, int note) {
    int slots = Math.ceilDiv(score.ends()[note], 120) - score.onsets()[note] / 120;
    return Math.clamp(slots, 1, LENGTH_MAX);
  }

  /** Pitch classes that sound anywhere in the quarter that begins in a slot; notes after the piece's room are not there. */
  private static Set<Integer> sounding(Score score, int first, int from) {
    Set<Integer> classes = new HashSet<>();
    for (int i = 0; i < score.noteCount(); i++) {
      int begin = score.onsets()[i] / 120 - first;
      boolean isHeard = begin < MeterFeatures.SLOTS_MAX && begin < from + 4 && begin + length(score, i) > from;
      if (isHeard && !Score.isDrum(score.voices()[i])) {
        classes.add(Score.pitch(score.voices()[i]) % 12);
      }
    }
    return classes;
  }

  private static double novelty(Set<Integer> before, Set<Integer> after) {
    if (before.isEmpty() || after.isEmpty()) return 0;
    Set<Integer> both = new HashSet<>(before);
    both.retainAll(after);
    return 1 - both.size() / Math.sqrt((double) before.size() * after.size());
  }

  private static double correlation(double[] signal, int lag) {
    double mean = 0;
    for (double value : signal) {
      mean += value / signal.length;
    }
    double power = 0;
    double product = 0;
    for (int i = 0; i < signal.length; i++) {
      power += (signal[i] - mean) * (signal[i] - mean);
      product += i < lag ? 0 : (signal[i] - mean) * (signal[i - lag] - mean);
    }
    return power > 1e-3 && signal.length > lag + 4 ? product / power : 0;
  }

  private static void assertPitches(Score score, float[] features, int first, String what) {
    Set<List<Integer>> heard = new HashSet<>();
    for (int i = 0; i < score.noteCount(); i++) {
      int slot = score.onsets()[i] / 120 - first;
      if (slot < MeterFeatures.SLOTS_MAX) {
        heard.add(List.of(slot, Score.pitch(score.voices()[i]) % 64));
      }
    }
    for (int i = 0; i < MeterFeatures.LAGS.length; i++) {
      int lag = MeterFeatures.LAGS[i];
      long equal = heard.stream().filter(note -> heard.contains(List.of(note.get(0) - lag, note.get(1)))).count();
      assertThat((double) features[MeterFeatures.COUNT - MeterFeatures.LAGS.length + i])
          .as("%s, pitches, %d", what, lag)
          .isEqualTo((double) equal / heard.size(), Offset.offset(1e-5));
    }
  }

  private Score analyze(SmfBuilder smf) throws FileFailure {
    byte[] file = smf.bytes();
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
    return score;
  }
}
