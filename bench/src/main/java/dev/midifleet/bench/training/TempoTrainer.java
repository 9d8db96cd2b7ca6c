package dev.midifleet.bench.training;

import dev.midifleet.worker.analyze.tempo.TempoCandidates;
import dev.midifleet.worker.analyze.tempo.TempoFeatures;
import dev.midifleet.worker.analyze.tempo.TempoModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Trains a {@link TempoModel}: Adam on the negative logarithm of the probability that the softmax gives to right
 * candidates, and with less weight to those that are right but for the octave; features are left out at random, weights
 * decay. Several such networks from different beginnings, whose ratings are averaged, are one network with all their units.
 * One seed, one thread, and sums in an order that no width of vectors changes: the same examples give the same model.
 */
final class TempoTrainer {
  private static final int FEATURES = TempoFeatures.COUNT;
  private static final int NETWORKS = 3;
  private static final int HIDDEN = 12;
  private static final int EPOCHS = 40;
  private static final int BATCH = 64;
  private static final double RATE = 5e-3;
  private static final double DECAY = 3e-4;
  private static final float DROPPED = 0.2f;
  private static final double OCTAVE_WEIGHT = 0.3;
  private static final double SMALLEST_DEVIATION = 0.02;
  private static final long SEED = 20_251;
  /** Hymns' and makam pieces' labels are one transcriber's taste. */
  private static final Map<String, Double> WEIGHTS = Map.of("hymns", 0.35, "symbtr", 0.35);

  private final Random random;
  private final List<TempoExample> examples;
  /** Of all candidates, standardized, by candidate and then by feature; those of an example stand together. */
  private final float[][] rows;
  private final int[] firstRows;
  private final double meanWeight;
  /** Layer in, biases and layer out one after the other, and their gradients and moments. */
  private final float[] weights = new float[(HIDDEN + 1) * FEATURES + 2 * HIDDEN];
  private final float[] gradients = new float[weights.length];
  /** Of layer in, by unit and then by feature. */
  private final float[][] steep = new float[HIDDEN + 1][FEATURES];
  private final float[] moments = new float[weights.length];
  private final float[] squares = new float[weights.length];
  private final float[] mask = new float[FEATURES];
  /** Of a batch: by feature and then by candidate, by unit and then by candidate. */
  private final float[] column = new float[BATCH * TempoCandidates.CANDIDATES_MAX];
  private final float[][] units = new float[HIDDEN + 1][BATCH * TempoCandidates.CANDIDATES_MAX];
  private int step;

  private TempoTrainer(List<TempoExample> examples, float[][] rows, int[] firstRows, long seed) {
    this.examples = examples;
    this.rows = rows;
    this.firstRows = firstRows;
    this.random = new Random(seed);
    this.meanWeight = examples.stream().mapToDouble(TempoTrainer::weight).average().orElse(1);
  }

  static TempoModel train(List<TempoExample> all) {
    List<TempoExample> examples = all.stream().filter(TempoExample::teaches).toList();
    float[] means = new float[FEATURES];
    float[] scales = new float[FEATURES];
    standardize(examples, means, scales);
    int[] firstRows = new int[examples.size() + 1];
    for (int i = 0; i < examples.size(); i++) {
      firstRows[i + 1] = firstRows[i] + examples.get(i).bpms().length;
    }
    float[][] rows = new float[firstRows[examples.size()]][FEATURES];
    for (int i = 0; i < examples.size(); i++) {
      float[] features = examples.get(i).features();
      for (int j = 0; j < features.length; j++) {
        int feature = j % FEATURES;
        rows[firstRows[i] + j / FEATURES][feature] = (features[j] - means[feature]) * scales[feature];
      }
    }
    List<float[]> networks = new ArrayList<>();
    for (int network = 0; network < NETWORKS; network++) {
      var trainer = new TempoTrainer(examples, rows, firstRows, SEED + network);
      trainer.initialize();
      trainer.run();
      networks.add(trainer.weights);
    }
    return join(networks, means, scales);
  }

  private static double weight(TempoExample example) { return WEIGHTS.getOrDefault(example.kind(), 1.0); }

  private static void standardize(List<TempoExample> examples, float[] means, float[] scales) {
    double[] sums = new double[FEATURES];
    double[] squareSums = new double[FEATURES];
    long count = 0;
    for (TempoExample example : examples) {
      for (int i = 0; i < example.features().length; i++) {
        double value = example.features()[i];
        sums[i % FEATURES] += value;
        squareSums[i % FEATURES] += value * value;
      }
      count += example.bpms().length;
    }
    for (int i = 0; i < FEATURES; i++) {
      double mean = sums[i] / count;
      means[i] = (float) mean;
      scales[i] = (float) (1 / (Math.sqrt(Math.max(0, squareSums[i] / count - mean * mean)) + SMALLEST_DEVIATION));
    }
  }

  private void initialize() {
    for (int i = 0; i < HIDDEN * FEATURES; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(FEATURES));
    }
    for (int unit = 0; unit < HIDDEN; unit++) {
      weights[(HIDDEN + 1) * FEATURES + HIDDEN + unit] = (float) (0.3 * random.nextGaussian() / Math.sqrt(HIDDEN));
    }
  }

  private void run() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      order.add(i);
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      double rate = RATE * 0.5 * (1 + Math.cos(Math.PI * epoch / EPOCHS)) + 1e-5;
      for (int from = 0; from < order.size(); from += BATCH) {
        for (int i = 0; i < FEATURES; i++) {
          mask[i] = random.nextFloat() < DROPPED ? 0 : 1 / (1 - DROPPED);
        }
        learn(order.subList(from, Math.min(order.size(), from + BATCH)));
        update(rate);
      }
    }
  }

  private void learn(List<Integer> batch) {
    forward(batch);
    Arrays.fill(gradients, 0);
    for (float[] of : steep) {
      Arrays.fill(of, 0);
    }
    int row = 0;
    for (int index : batch) {
      row = addExample(index, row, weight(examples.get(index)) / meanWeight / batch.size());
    }
    for (int unit = 0; unit <= HIDDEN; unit++) {
      for (int i = 0; i < FEATURES; i++) {
        gradients[unit * FEATURES + i] = steep[unit][i] * mask[i];
      }
    }
  }

  /** The units of all candidates of the batch; the last is the linear one. */
  private void forward(List<Integer> batch) {
    int count = 0;
    for (int index : batch) {
      count += firstRows[index + 1] - firstRows[index];
    }
    for (int unit = 0; unit <= HIDDEN; unit++) {
      Arrays.fill(units[unit], 0, count, unit < HIDDEN ? weights[(HIDDEN + 1) * FEATURES + unit] : 0);
    }
    for (int feature = 0; feature < FEATURES; feature++) {
      if (mask[feature] == 0) continue;
      int at = 0;
      for (int index : batch) {
        for (int row = firstRows[index]; row < firstRows[index + 1]; row++) {
          column[at++] = rows[row][feature] * mask[feature];
        }
      }
      for (int unit = 0; unit <= HIDDEN; unit++) {
        addTimes(units[unit], weights[unit * FEATURES + feature], column, count);
      }
    }
    for (int unit = 0; unit < HIDDEN; unit++) {
      for (int i = 0; i < count; i++) {
        units[unit][i] = (float) Math.tanh(units[unit][i]);
      }
    }
  }

  /** With one index for both arrays, which the compiler makes vectors of. */
  private static void addTimes(float[] to, float factor, float[] from, int count) {
    for (int i = 0; i < count; i++) {
      to[i] += factor * from[i];
    }
  }

  /** Adds one example's gradient, whose candidates begin at a row of the batch; returns where they end. */
  private int addExample(int index, int row, double weight) {
    TempoExample example = examples.get(index);
    int count = example.bpms().length;
    double[] shares = shares(row, count);
    double right = 1e-12;
    double octave = 1e-12;
    boolean hasRight = false;
    boolean hasOctave = false;
    for (int i = 0; i < count; i++) {
      boolean isRight = example.right()[i];
      boolean isOctave = example.rightWithOctaves()[i];
      right += isRight ? shares[i] : 0;
      octave += isOctave ? shares[i] : 0;
      hasRight |= isRight;
      hasOctave |= isOctave;
    }
    for (int i = 0; i < count; i++) {
      double exact = hasRight ? shares[i] - (example.right()[i] ? shares[i] / right : 0) : 0;
      double loose = hasOctave
          ? shares[i] - (example.rightWithOctaves()[i] ? shares[i] / octave : 0)
          : 0;
      backward(rows[firstRows[index] + i], row + i, (float) (weight * (exact + OCTAVE_WEIGHT * loose)));
    }
    return row + count;
  }

  private double[] shares(int row, int count) {
    double[] shares = new double[count];
    double top = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      double rating = units[HIDDEN][row + i];
      for (int unit = 0; unit < HIDDEN; unit++) {
        rating += units[unit][row + i] * weights[(HIDDEN + 1) * FEATURES + HIDDEN + unit];
      }
      shares[i] = rating;
      top = Math.max(top, rating);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = Math.exp(shares[i] - top);
      sum += shares[i];
    }
    for (int i = 0; i < count; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  private void backward(float[] features, int row, float gradient) {
    for (int unit = 0; unit <= HIDDEN; unit++) {
      float inner = gradient;
      if (unit < HIDDEN) {
        float value = units[unit][row];
        int bias = (HIDDEN + 1) * FEATURES + unit;
        inner = gradient * weights[bias + HIDDEN] * (1 - value * value);
        gradients[bias] += inner;
        gradients[bias + HIDDEN] += gradient * value;
      }
      addTimes(steep[unit], inner, features, FEATURES);
    }
  }

  private void update(double rate) {
    step++;
    double first = 1 - Math.pow(0.9, step);
    double second = 1 - Math.pow(0.999, step);
    for (int i = 0; i < weights.length; i++) {
      float gradient = (float) (gradients[i] + DECAY * weights[i]);
      moments[i] = 0.9f * moments[i] + 0.1f * gradient;
      squares[i] = 0.999f * squares[i] + 0.001f * gradient * gradient;
      weights[i] -= (float) (rate * (moments[i] / first) / (Math.sqrt(squares[i] / second) + 1e-8));
    }
  }

  private static TempoModel join(List<float[]> networks, float[] means, float[] scales) {
    int count = networks.size();
    float[] in = new float[(count * HIDDEN + 1) * FEATURES];
    float[] biases = new float[count * HIDDEN];
    float[] out = new float[count * HIDDEN];
    int layer = (HIDDEN + 1) * FEATURES;
    for (int network = 0; network < count; network++) {
      float[] from = networks.get(network);
      System.arraycopy(from, 0, in, network * HIDDEN * FEATURES, HIDDEN * FEATURES);
      for (int i = 0; i < FEATURES; i++) {
        in[count * HIDDEN * FEATURES + i] += from[HIDDEN * FEATURES + i] / count;
      }
      System.arraycopy(from, layer, biases, network * HIDDEN, HIDDEN);
      for (int unit = 0; unit < HIDDEN; unit++) {
        out[network * HIDDEN + unit] = from[layer + HIDDEN + unit] / count;
      }
    }
    return new TempoModel(count * HIDDEN, means, scales, in, biases, out, 1, 0);
  }
}
