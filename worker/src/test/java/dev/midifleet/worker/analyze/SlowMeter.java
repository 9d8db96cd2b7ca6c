package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.assertj.core.data.Offset;

/** The oracle of {@link MeterFeatures} and {@link Meter}: signals as lists, sets of pitch classes, sums by definition. */
final class SlowMeter {
  private static final int LENGTH_MAX = 16;
  private static final MeterModel MODEL = MeterModel.load();

  /** A note and the sixteenth that it begins in, from the first note's. */
  private record Heard(SlowNote note, int slot, int length) {}

  private SlowMeter() {}

  static void check(SlowScore score, Analysis facts) {
    RhythmOracle rhythm = score.rhythm();
    float[] features = MeterFeatures.of(score.score, new ScalarKernels());
    List<Heard> heard = rhythm.size() > 0 && rhythm.isFollowed() ? heard(rhythm) : List.of();
    if (heard.stream().map(Heard::slot).distinct().count() < 8) {
      assertThat(features).isNull();
      assertThat(facts.meterEstimate).isEqualTo(Analysis.UNKNOWN);
      return;
    }
    assertThat(features).isNotNull();
    double mean = score.pitched.stream().mapToInt(SlowNote::pitch).average().orElse(0);
    List<double[]> signals = signals(heard, mean);
    double[] expected = new double[MeterFeatures.COUNT];
    int lags = MeterFeatures.LAGS.length;
    for (int row = 0; row < signals.size(); row++) {
      double[] centred = centred(signals.get(row));
      for (int i = 0; i < lags; i++) {
        expected[row * lags + i] = correlation(centred, MeterFeatures.LAGS[i]);
      }
    }
    for (int i = 0; i < lags; i++) {
      expected[signals.size() * lags + i] = returning(heard, MeterFeatures.LAGS[i]);
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) features[i]).as("signal %d, lag %d", i / lags, MeterFeatures.LAGS[i % lags])
          .isEqualTo(expected[i], Offset.offset(1e-4));
    }
    checkChoice(expected, facts);
  }

  private static void checkChoice(double[] features, Analysis facts) {
    int[] classes = MODEL.classes();
    double best = Double.NEGATIVE_INFINITY;
    double chosen = Double.NaN;
    for (int i = 0; i < classes.length; i++) {
      double rating = MODEL.biases()[i];
      for (int feature = 0; feature < features.length; feature++) {
        rating += features[feature] * MODEL.weights()[feature * classes.length + i];
      }
      best = Math.max(best, rating);
      chosen = classes[i] == facts.meterEstimate ? rating : chosen;
    }
    assertThat(chosen).as("of meter_estimate %d", facts.meterEstimate).isEqualTo(best, Offset.offset(5e-3));
  }

  private static List<Heard> heard(RhythmOracle rhythm) {
    List<RhythmOracle.Place> places = rhythm.places().stream().filter(place -> place.bar() >= 0).toList();
    int first = places.stream().mapToInt(RhythmOracle.Place::absolute).min().orElse(0);
    List<Heard> heard = new ArrayList<>();
    for (RhythmOracle.Place place : places) {
      int length = Math.clamp(rhythm.endSlot(place.note().end()) - place.absolute(), 1, LENGTH_MAX);
      if (place.absolute() - first < MeterFeatures.SLOTS_MAX) {
        heard.add(new Heard(place.note(), place.absolute() - first, length));
      }
    }
    return heard;
  }

  private static List<double[]> signals(List<Heard> heard, double mean) {
    int size = heard.stream().mapToInt(Heard::slot).max().orElseThrow() + 1;
    double[] counts = new double[size];
    double[] lengths = new double[size];
    double[] velocities = new double[size];
    double[] bass = new double[size];
    double[] harmony = new double[size];
    boolean[][] sounding = new boolean[size + LENGTH_MAX][12];
    for (Heard each : heard) {
      int slot = each.slot;
      counts[slot]++;
      velocities[slot] = Math.max(velocities[slot], each.note.velocity() / 127.0);
      if (each.note.isDrum()) continue;
      lengths[slot] = Math.max(lengths[slot], Math.sqrt(each.length));
      bass[slot] = Math.max(bass[slot], Math.min(2, (mean - each.note.pitch()) / 12));
      for (int at = slot; at < slot + each.length; at++) {
        sounding[at][each.note.pitch() % 12] = true;
      }
    }
    for (int slot = 0; slot < size; slot++) {
      harmony[slot] = counts[slot] == 0 ? 0 : novelty(sounding, slot);
    }
    Arrays.setAll(counts, slot -> Math.log(1 + Math.min(15, counts[slot])));
    return List.of(counts, lengths, velocities, bass, harmony);
  }

  /** Of the quarter from a sixteenth on against the one before. */
  private static double novelty(boolean[][] sounding, int slot) {
    int before = 0;
    int after = 0;
    int both = 0;
    for (int i = 0; i < 12; i++) {
      boolean isBefore = false;
      boolean isAfter = false;
      for (int near = 0; near < 4; near++) {
        isBefore |= slot - 4 + near >= 0 && sounding[slot - 4 + near][i];
        isAfter |= sounding[slot + near][i];
      }
      before += isBefore ? 1 : 0;
      after += isAfter ? 1 : 0;
      both += isBefore && isAfter ? 1 : 0;
    }
    return before * after == 0 ? 0 : 1 - both / Math.sqrt((double) before * after);
  }

  private static double[] centred(double[] signal) {
    double mean = Arrays.stream(signal).average().orElseThrow();
    return Arrays.stream(signal).map(value -> value - mean).toArray();
  }

  private static double correlation(double[] signal, int lag) {
    double power = 0;
    double product = 0;
    for (int i = 0; i < signal.length; i++) {
      power += signal[i] * signal[i];
      product += i < lag ? 0 : signal[i] * signal[i - lag];
    }
    return power > 1e-3 && signal.length > lag + 4 ? product / power : 0;
  }

  /** The share of (onset, pitch) that were there a lag earlier; of pitches 64 apart one stands for both. */
  private static double returning(List<Heard> heard, int lag) {
    BitSet all = new BitSet();
    heard.forEach(each -> all.set(each.slot * 64 + each.note.pitch() % 64));
    return (double) all.stream().filter(each -> each >= 64 * lag && all.get(each - 64 * lag)).count()
        / all.cardinality();
  }
}
