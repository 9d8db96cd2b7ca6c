package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.KeyFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What models say of cases that they never saw: for each part of the cases, one that was trained, penalty and temperature
 * included, on all other parts.
 */
final class KeyPredictions {
  private static final double[] BINS = {0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1};
  private static final int KEYS = KeyFeatures.KEYS;

  private final List<KeyCase> cases;
  private final int[] guesses;
  private final double[] confidences;

  private KeyPredictions(List<KeyCase> cases) {
    this.cases = cases;
    guesses = new int[cases.size()];
    confidences = new double[cases.size()];
  }

  /**
   * @param part
   *          what a case is left out with, such as its fold; a group is never in two
   */
  static KeyPredictions leavingOut(Function<KeyCase, Object> part, List<KeyCase> cases) {
    var predictions = new KeyPredictions(cases);
    for (Object each : cases.stream().map(part).distinct().toList()) {
      List<KeyCase> seen = cases.stream().filter(one -> !part.apply(one).equals(each)).toList();
      KeyTraining.Trained trained = KeyTraining.train(seen);
      System.err.printf(Locale.ROOT, "accuracy: key: without %s: penalty %.0f, temperature %.2f%n", each,
          trained.penalty(), trained.temperature());
      float[] scores = new float[KEYS];
      for (int i = 0; i < cases.size(); i++) {
        if (part.apply(cases.get(i)).equals(each)) {
          trained.model().score(cases.get(i).features(), scores);
          predictions.set(i, scores);
        }
      }
    }
    return predictions;
  }

  private void set(int index, float[] scores) {
    int best = 0;
    for (int key = 1; key < KEYS; key++) {
      best = scores[key] > scores[best] ? key : best;
    }
    double odds = 0;
    for (float each : scores) {
      odds += Math.exp(each - scores[best]);
    }
    guesses[index] = best;
    confidences[index] = 1 / odds;
  }

  /** In the order of the labels given; those that are no case have -1. */
  int[] guesses(List<Truth.Label> labels) {
    List<Truth.Label> known = cases.stream().map(KeyCase::label).toList();
    return labels.stream().mapToInt(label -> {
      int index = known.indexOf(label);
      return index < 0 ? -1 : guesses[index];
    }).toArray();
  }

  /** Of the files that say .8, are about 80 % right? */
  void reliability(Report report, String id, String title) {
    var table = report.table(id, title, "confidence", "labels", "mean confidence", "right");
    double error = 0;
    double confidence = 0;
    int right = 0;
    for (int bin = 0; bin + 1 < BINS.length; bin++) {
      List<Integer> inside = inside(bin);
      double sum = inside.stream().mapToDouble(i -> confidences[i]).sum();
      int hits = (int) inside.stream().filter(i -> guesses[i] == cases.get(i).key()).count();
      table.row(BINS[bin] + " to " + BINS[bin + 1], inside.size(), sum / inside.size(), new Share(hits, inside.size()));
      error += Math.abs(sum - hits) / cases.size();
      confidence += sum;
      right += hits;
    }
    table.row(String.format(Locale.ROOT, "all; expected calibration error %.3f", error), cases.size(),
        confidence / cases.size(), new Share(right, cases.size()));
  }

  private List<Integer> inside(int bin) {
    List<Integer> inside = new ArrayList<>();
    for (int i = 0; i < confidences.length; i++) {
      boolean isLast = bin + 2 == BINS.length;
      if (confidences[i] >= BINS[bin] && (isLast || confidences[i] < BINS[bin + 1])) {
        inside.add(i);
      }
    }
    return inside;
  }
}
