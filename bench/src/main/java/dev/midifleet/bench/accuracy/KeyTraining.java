package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.analyze.KeyFeature;
import dev.midifleet.worker.analyze.KeyModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a {@link KeyModel}: softmax regression with an L2 penalty. The penalty is the one of a fixed list, and the
 * temperature the one of all, that predict best (log loss) over folds by group inside the cases that are given; so a model
 * that is to be scored on other groups never saw them. A piece with many performances weighs like the root of their number.
 */
final class KeyTraining {
  private static final double[] PENALTIES = {1, 3, 10, 30};
  private static final double TEMPERATURE_MIN = 0.5;
  private static final double TEMPERATURE_MAX = 3;
  private static final double TEMPERATURE_STEP = 1.02;
  private static final int FEATURES = KeyFeature.values().length;

  /**
   * What came out.
   *
   * @param logLoss
   *          mean over the inner folds, in natural units, each case by a fit that never saw its group
   */
  record Trained(KeyModel model, double penalty, double temperature, double logLoss) {}

  private KeyTraining() {}

  static Trained train(List<KeyCase> cases) {
    double[] weights = weights(cases);
    Trained best = null;
    for (double penalty : PENALTIES) {
      List<double[]> scores = new ArrayList<>();
      List<KeyCase> scored = new ArrayList<>();
      List<Double> scoredWeights = new ArrayList<>();
      for (int fold = 0; fold < Truth.FOLDS; fold++) {
        crossFit(cases, weights, fold, penalty, scores, scored, scoredWeights);
      }
      double temperature = temperature(scored, scores, scoredWeights);
      double loss = loss(scored, scores, scoredWeights, temperature);
      if (best == null || loss < best.logLoss()) {
        best = new Trained(new KeyModel(new double[FEATURES + 1][2]), penalty, temperature, loss);
      }
    }
    if (best == null) throw new IllegalStateException("no penalty to choose");
    double[][] fitted = KeyRegression.fit(cases, weights, best.penalty());
    for (double[] row : fitted) {
      row[0] /= best.temperature();
      row[1] /= best.temperature();
    }
    return new Trained(new KeyModel(fitted), best.penalty(), best.temperature(), best.logLoss());
  }

  private static void crossFit(List<KeyCase> cases, double[] weights, int fold, double penalty, List<double[]> scores,
      List<KeyCase> scored, List<Double> scoredWeights) {
    List<KeyCase> seen = new ArrayList<>();
    List<Double> seenWeights = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      if (cases.get(i).label().fold() != fold) {
        seen.add(cases.get(i));
        seenWeights.add(weights[i]);
      }
    }
    if (seen.isEmpty() || seen.size() == cases.size()) return;
    double[][] fitted = KeyRegression.fit(seen, seenWeights.stream().mapToDouble(w -> w).toArray(), penalty);
    for (int i = 0; i < cases.size(); i++) {
      if (cases.get(i).label().fold() == fold) {
        scores.add(KeyRegression.scores(fitted, cases.get(i)));
        scored.add(cases.get(i));
        scoredWeights.add(weights[i]);
      }
    }
  }

  /** One over the root of the number of cases of the same group. */
  private static double[] weights(List<KeyCase> cases) {
    Map<String, Integer> sizes = new HashMap<>();
    cases.forEach(each -> sizes.merge(each.label().text("group"), 1, Integer::sum));
    return cases.stream().mapToDouble(each -> 1 / Math.sqrt(sizes.getOrDefault(each.label().text("group"), 1)))
        .toArray();
  }

  private static double temperature(List<KeyCase> cases, List<double[]> scores, List<Double> weights) {
    double best = 1;
    double least = loss(cases, scores, weights, best);
    for (double each = TEMPERATURE_MIN; each <= TEMPERATURE_MAX; each *= TEMPERATURE_STEP) {
      double loss = loss(cases, scores, weights, each);
      if (loss < least) {
        least = loss;
        best = each;
      }
    }
    return best;
  }

  private static double loss(List<KeyCase> cases, List<double[]> scores, List<Double> weights, double temperature) {
    double sum = 0;
    double of = 0;
    for (int i = 0; i < cases.size(); i++) {
      double[] z = scores.get(i);
      double odds = 0;
      for (double each : z) {
        odds += StrictMath.exp((each - z[cases.get(i).key()]) / temperature);
      }
      sum += weights.get(i) * StrictMath.log(odds);
      of += weights.get(i);
    }
    return of == 0 ? 0 : sum / of;
  }
}
