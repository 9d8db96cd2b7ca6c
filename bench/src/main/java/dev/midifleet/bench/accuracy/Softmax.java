package dev.midifleet.bench.accuracy;

import java.util.Arrays;
import java.util.List;

/**
 * Multinomial logistic regression with a squared penalty on the weights of standardized features, fitted to the optimum by
 * accelerated gradient descent (Nesterov 1983): the same numbers each time.
 */
final class Softmax {
  private static final int STEPS = 400;
  private static final double DEVIATION_MIN = 1e-3;

  private final double[][] weights;
  private final double[] biases;

  private Softmax(double[][] weights, double[] biases) {
    this.weights = weights;
    this.biases = biases;
  }

  /** By feature, then by class, for features as they are. */
  double[][] weights() { return weights; }

  double[] biases() { return biases; }

  /**
   * Fits.
   *
   * @param examples
   *          the features of each
   * @param targets
   *          the index of the class of each
   */
  static Softmax fit(List<float[]> examples, int[] targets, int classes, double penalty) {
    int features = examples.getFirst().length;
    double[] means = new double[features];
    double[] deviations = new double[features];
    double[][] rows = standardize(examples, means, deviations);
    double[][] weights = descend(rows, targets, classes, penalty);
    double[] biases = weights[features];
    double[][] plain = Arrays.copyOf(weights, features);
    for (int i = 0; i < features; i++) {
      for (int j = 0; j < classes; j++) {
        plain[i][j] /= deviations[i];
        biases[j] -= plain[i][j] * means[i];
      }
    }
    return new Softmax(plain, biases);
  }

  private static double[][] standardize(List<float[]> examples, double[] means, double[] deviations) {
    int count = examples.size();
    double[][] rows = new double[count][means.length + 1];
    for (int i = 0; i < means.length; i++) {
      double sum = 0;
      double squares = 0;
      for (float[] example : examples) {
        sum += example[i];
        squares += example[i] * example[i];
      }
      means[i] = sum / count;
      deviations[i] = Math.sqrt(Math.max(0, squares / count - means[i] * means[i])) + DEVIATION_MIN;
      for (int row = 0; row < count; row++) {
        rows[row][i] = (examples.get(row)[i] - means[i]) / deviations[i];
      }
    }
    for (double[] row : rows) {
      row[means.length] = 1;
    }
    return rows;
  }

  private static double[][] descend(double[][] rows, int[] targets, int classes, double penalty) {
    int width = rows[0].length;
    double step = 1 / (0.5 * largestEigenvalue(rows) + penalty);
    double[][] weights = new double[width][classes];
    double[][] ahead = new double[width][classes];
    for (int time = 0; time < STEPS; time++) {
      double[][] gradient = gradient(rows, targets, ahead, penalty);
      double momentum = time / (time + 3.0);
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < classes; j++) {
          double next = ahead[i][j] - step * gradient[i][j];
          ahead[i][j] = next + momentum * (next - weights[i][j]);
          weights[i][j] = next;
        }
      }
    }
    return weights;
  }

  private static double[][] gradient(double[][] rows, int[] targets, double[][] weights, double penalty) {
    int width = weights.length;
    int classes = weights[0].length;
    double[][] gradient = new double[width][classes];
    double[] shares = new double[classes];
    for (int row = 0; row < rows.length; row++) {
      Arrays.fill(shares, 0);
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < classes; j++) {
          shares[j] += rows[row][i] * weights[i][j];
        }
      }
      toShares(shares);
      shares[targets[row]] -= 1;
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < classes; j++) {
          gradient[i][j] += rows[row][i] * shares[j];
        }
      }
    }
    for (int i = 0; i < width - 1; i++) {
      for (int j = 0; j < classes; j++) {
        gradient[i][j] += penalty * weights[i][j];
      }
    }
    return gradient;
  }

  private static void toShares(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Of the rows' scatter matrix, by power iteration. */
  private static double largestEigenvalue(double[][] rows) {
    double[] vector = new double[rows[0].length];
    Arrays.fill(vector, 1);
    double length = 1;
    for (int time = 0; time < 50; time++) {
      double[] next = new double[vector.length];
      for (double[] row : rows) {
        double product = 0;
        for (int i = 0; i < row.length; i++) {
          product += row[i] * vector[i];
        }
        for (int i = 0; i < row.length; i++) {
          next[i] += row[i] * product;
        }
      }
      length = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
      for (int i = 0; i < next.length; i++) {
        vector[i] = next[i] / length;
      }
    }
    // The iteration nears it from below.
    return 1.05 * length;
  }

  /** The index of the most likely class. */
  int classify(float[] features) {
    double[] scores = biases.clone();
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        scores[j] += features[i] * weights[i][j];
      }
    }
    int best = 0;
    for (int j = 1; j < scores.length; j++) {
      best = scores[j] > scores[best] ? j : best;
    }
    return best;
  }
}
