package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.analyze.KeyFeature;
import dev.midifleet.worker.analyze.KeyFeatures;
import java.util.Arrays;
import java.util.List;

/**
 * The fit itself: weighted log loss of a softmax over the keys, minimised by Newton's method with halved steps; convex, so
 * there is one answer. Each feature has a coefficient common to both modes and one for their difference, which costs nine
 * times as much: what minor has of its own must be earned, as the files in minor are few.
 */
final class KeyRegression {
  private static final int KEYS = KeyFeatures.KEYS;
  private static final int FEATURES = KeyFeature.values().length;
  /** Common ones, differences, and the bias of minor. */
  private static final int SIZE = 2 * FEATURES + 1;
  private static final double DIFFERENCE = 1 / 3.0;
  private static final double BIAS_PENALTY = 0.1;
  private static final int STEPS_MAX = 50;
  private static final int HALVINGS_MAX = 20;
  private static final double ENOUGH = 1e-6;
  /** Keys less likely than this do not bend the loss. */
  private static final double UNLIKELY = 1e-9;

  private final List<KeyCase> cases;
  private final double[] weights;
  private final double[] penalties = new double[SIZE];
  /** By case, then by key, then by coefficient. */
  private final double[][][] inputs;
  private final double[] scales;

  private KeyRegression(List<KeyCase> cases, double[] weights, double penalty) {
    this.cases = cases;
    this.weights = weights;
    Arrays.fill(penalties, penalty);
    penalties[SIZE - 1] = BIAS_PENALTY;
    scales = scales(cases);
    inputs = new double[cases.size()][KEYS][SIZE];
    for (int i = 0; i < cases.size(); i++) {
      fill(cases.get(i).features(), inputs[i]);
    }
  }

  /** Weights of major and minor by feature, and a last row of biases. */
  static double[][] fit(List<KeyCase> cases, double[] weights, double penalty) {
    var regression = new KeyRegression(cases, weights, penalty);
    return regression.unfold(regression.minimize());
  }

  /** The scores of the keys by such weights. */
  static double[] scores(double[][] weights, KeyCase of) {
    double[] scores = new double[KEYS];
    for (int key = 0; key < KEYS; key++) {
      int mode = KeyName.isMinor(key) ? 1 : 0;
      scores[key] = weights[FEATURES][mode];
      for (int feature = 0; feature < FEATURES; feature++) {
        scores[key] += weights[feature][mode] * of.features()[feature * KEYS + key];
      }
    }
    return scores;
  }

  private void fill(float[] features, double[][] input) {
    for (int key = 0; key < KEYS; key++) {
      double sign = KeyName.isMinor(key) ? DIFFERENCE : -DIFFERENCE;
      for (int feature = 0; feature < FEATURES; feature++) {
        double value = features[feature * KEYS + key] / scales[feature];
        input[key][feature] = value;
        input[key][FEATURES + feature] = sign * value;
      }
      input[key][SIZE - 1] = KeyName.isMinor(key) ? 1 : 0;
    }
  }

  /** Standard deviations of the features over keys and cases. */
  private static double[] scales(List<KeyCase> cases) {
    double[] scales = new double[FEATURES];
    for (int feature = 0; feature < FEATURES; feature++) {
      double sum = 0;
      double squares = 0;
      for (KeyCase each : cases) {
        for (int key = 0; key < KEYS; key++) {
          double value = each.features()[feature * KEYS + key];
          sum += value;
          squares += value * value;
        }
      }
      double count = (double) cases.size() * KEYS;
      double variance = squares / count - sum / count * (sum / count);
      scales[feature] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    return scales;
  }

  private double[][] unfold(double[] coefficients) {
    double[][] rows = new double[FEATURES + 1][2];
    for (int feature = 0; feature < FEATURES; feature++) {
      double own = DIFFERENCE * coefficients[FEATURES + feature];
      rows[feature][0] = (coefficients[feature] - own) / scales[feature];
      rows[feature][1] = (coefficients[feature] + own) / scales[feature];
    }
    rows[FEATURES][1] = coefficients[SIZE - 1];
    return rows;
  }

  private double[] minimize() {
    double[] at = new double[SIZE];
    double value = value(at);
    for (int step = 0; step < STEPS_MAX; step++) {
      double[] gradient = new double[SIZE];
      double[][] hessian = new double[SIZE][SIZE];
      derive(at, gradient, hessian);
      double[] direction = solve(hessian, gradient);
      double length = 1;
      double[] next = moved(at, direction, length);
      double nextValue = value(next);
      for (int half = 0; half < HALVINGS_MAX && nextValue > value; half++) {
        length /= 2;
        next = moved(at, direction, length);
        nextValue = value(next);
      }
      if (nextValue >= value) break;
      double gain = value - nextValue;
      at = next;
      value = nextValue;
      if (gain < ENOUGH) break;
    }
    return at;
  }

  private static double[] moved(double[] from, double[] direction, double length) {
    double[] to = from.clone();
    for (int i = 0; i < SIZE; i++) {
      to[i] -= length * direction[i];
    }
    return to;
  }

  private double value(double[] at) {
    double value = 0;
    for (int j = 0; j < SIZE; j++) {
      value += penalties[j] * at[j] * at[j] / 2;
    }
    double[] probabilities = new double[KEYS];
    for (int i = 0; i < inputs.length; i++) {
      value -= weights[i]
          * StrictMath.log(Math.max(1e-300, probability(inputs[i], at, probabilities, cases.get(i).key())));
    }
    return value;
  }

  /** Fills in all probabilities and returns that of one key. */
  private static double probability(double[][] input, double[] at, double[] probabilities, int key) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < KEYS; k++) {
      double score = 0;
      for (int j = 0; j < SIZE; j++) {
        score += input[k][j] * at[j];
      }
      probabilities[k] = score;
      max = Math.max(max, score);
    }
    double sum = 0;
    for (int k = 0; k < KEYS; k++) {
      probabilities[k] = StrictMath.exp(probabilities[k] - max);
      sum += probabilities[k];
    }
    for (int k = 0; k < KEYS; k++) {
      probabilities[k] /= sum;
    }
    return probabilities[key];
  }

  private void derive(double[] at, double[] gradient, double[][] hessian) {
    for (int j = 0; j < SIZE; j++) {
      gradient[j] = penalties[j] * at[j];
      hessian[j][j] = penalties[j];
    }
    double[] probabilities = new double[KEYS];
    for (int i = 0; i < inputs.length; i++) {
      double[] mean = new double[SIZE];
      probability(inputs[i], at, probabilities, cases.get(i).key());
      for (int k = 0; k < KEYS; k++) {
        double[] input = inputs[i][k];
        double share = weights[i] * probabilities[k];
        for (int j = 0; j < SIZE; j++) {
          mean[j] += probabilities[k] * input[j];
        }
        if (share > UNLIKELY) {
          addSquare(hessian, input, share);
        }
      }
      addSquare(hessian, mean, -weights[i]);
      double[] right = inputs[i][cases.get(i).key()];
      for (int j = 0; j < SIZE; j++) {
        gradient[j] += weights[i] * (mean[j] - right[j]);
      }
    }
  }

  /** Adds the lower triangle of the vector's product with itself. */
  private static void addSquare(double[][] matrix, double[] vector, double factor) {
    for (int row = 0; row < SIZE; row++) {
      double each = factor * vector[row];
      double[] into = matrix[row];
      for (int column = 0; column <= row; column++) {
        into[column] += each * vector[column];
      }
    }
  }

  /** By Cholesky, in place; the matrix is positive definite and its lower triangle is given. */
  private static double[] solve(double[][] matrix, double[] right) {
    double[] x = right.clone();
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column <= row; column++) {
        double sum = matrix[row][column];
        for (int k = 0; k < column; k++) {
          sum -= matrix[row][k] * matrix[column][k];
        }
        matrix[row][column] = column == row ? Math.sqrt(sum) : sum / matrix[column][column];
      }
      for (int k = 0; k < row; k++) {
        x[row] -= matrix[row][k] * x[k];
      }
      x[row] /= matrix[row][row];
    }
    for (int row = SIZE - 1; row >= 0; row--) {
      for (int k = row + 1; k < SIZE; k++) {
        x[row] -= matrix[k][row] * x[k];
      }
      x[row] /= matrix[row][row];
    }
    return x;
  }
}
