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
 * decay. One seed, one thread: the same examples give the same model.
 */
final class TempoTrainer {
  private static final int FEATURES = TempoFeatures.COUNT;
  private static final int HIDDEN = 12;
  private static final int EPOCHS = 40;
  private static final int BATCH = 64;
  private static final double RATE = 5e-3;
  private static final double DECAY = 3e-4;
  private static final float DROPPED = 0.2f;
  private static final double OCTAVE_WEIGHT = 0.3;
  private static final double SMALLEST_DEVIATION = 0.02;
  private static final long SEED = 20_251;
  /** Hymns' and makam pieces' labels are one transcriber's taste; fills are a bar long. */
  private static final Map<String, Double> WEIGHTS = Map.of("hymns", 0.35, "symbtr", 0.35, "asap scores", 0.7,
      "groove_drums fills", 0.7);

  private final Random random = new Random(SEED);
  private final List<TempoExample> examples = new ArrayList<>();
  private final float[] means = new float[FEATURES];
  private final float[] scales = new float[FEATURES];
  /** Layer in, biases and layer out one after the other, and their gradients and moments. */
  private final float[] weights = new float[(HIDDEN + 1) * FEATURES + 2 * HIDDEN];
  private final float[] gradients = new float[weights.length];
  private final float[] moments = new float[weights.length];
  private final float[] squares = new float[weights.length];
  private final float[] mask = new float[FEATURES];
  private final float[][] rows = new float[TempoCandidates.CANDIDATES_MAX][FEATURES];
  private final float[][] units = new float[TempoCandidates.CANDIDATES_MAX][HIDDEN];
  private double meanWeight;
  private int step;

  private TempoTrainer() {}

  static TempoModel train(List<TempoExample> examples) {
    var trainer = new TempoTrainer();
    for (TempoExample example : examples) {
      if (example.bpms().length > 0) {
        trainer.examples.add(example);
        trainer.meanWeight += weight(example);
      }
    }
    trainer.meanWeight /= trainer.examples.size();
    trainer.standardize();
    trainer.initialize();
    trainer.run();
    return trainer.model();
  }

  private static double weight(TempoExample example) { return WEIGHTS.getOrDefault(example.kind(), 1.0); }

  private void standardize() {
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
    List<TempoExample> order = new ArrayList<>(examples);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      double rate = RATE * 0.5 * (1 + Math.cos(Math.PI * epoch / EPOCHS)) + 1e-5;
      for (int from = 0; from < order.size(); from += BATCH) {
        List<TempoExample> batch = order.subList(from, Math.min(order.size(), from + BATCH));
        for (int i = 0; i < FEATURES; i++) {
          mask[i] = random.nextFloat() < DROPPED ? 0 : 1 / (1 - DROPPED);
        }
        Arrays.fill(gradients, 0);
        for (TempoExample example : batch) {
          add(example, weight(example) / meanWeight / batch.size());
        }
        update(rate);
      }
    }
  }

  /** Adds one example's gradient. */
  private void add(TempoExample example, double weight) {
    int count = example.bpms().length;
    double[] shares = new double[count];
    double top = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      shares[i] = forward(example.features(), i);
      top = Math.max(top, shares[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      shares[i] = Math.exp(shares[i] - top);
      sum += shares[i];
    }
    double right = 1e-12;
    double octave = 1e-12;
    boolean hasRight = false;
    boolean hasOctave = false;
    for (int i = 0; i < count; i++) {
      shares[i] /= sum;
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
      backward(i, (float) (weight * (exact + OCTAVE_WEIGHT * loose)));
    }
  }

  private double forward(float[] features, int candidate) {
    float[] row = rows[candidate];
    for (int i = 0; i < FEATURES; i++) {
      row[i] = (features[candidate * FEATURES + i] - means[i]) * scales[i] * mask[i];
    }
    double rating = 0;
    for (int unit = 0; unit <= HIDDEN; unit++) {
      float sum = dot(row, unit * FEATURES);
      if (unit < HIDDEN) {
        float value = (float) Math.tanh(sum + weights[(HIDDEN + 1) * FEATURES + unit]);
        units[candidate][unit] = value;
        rating += value * weights[(HIDDEN + 1) * FEATURES + HIDDEN + unit];
      } else {
        rating += sum;
      }
    }
    return rating;
  }

  /** In four sums, so that the processor need not wait for each. */
  private float dot(float[] row, int from) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 3 < FEATURES; i += 4) {
      a += row[i] * weights[from + i];
      b += row[i + 1] * weights[from + i + 1];
      c += row[i + 2] * weights[from + i + 2];
      d += row[i + 3] * weights[from + i + 3];
    }
    for (; i < FEATURES; i++) {
      a += row[i] * weights[from + i];
    }
    return a + b + c + d;
  }

  private void backward(int candidate, float gradient) {
    float[] row = rows[candidate];
    for (int unit = 0; unit <= HIDDEN; unit++) {
      float inner = gradient;
      if (unit < HIDDEN) {
        float value = units[candidate][unit];
        int bias = (HIDDEN + 1) * FEATURES + unit;
        inner = gradient * weights[bias + HIDDEN] * (1 - value * value);
        gradients[bias] += inner;
        gradients[bias + HIDDEN] += gradient * value;
      }
      int from = unit * FEATURES;
      for (int i = 0; i < FEATURES; i++) {
        gradients[from + i] += inner * row[i];
      }
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

  private TempoModel model() {
    int biases = (HIDDEN + 1) * FEATURES;
    return new TempoModel(HIDDEN, means, scales, Arrays.copyOf(weights, biases),
        Arrays.copyOfRange(weights, biases, biases + HIDDEN),
        Arrays.copyOfRange(weights, biases + HIDDEN, biases + 2 * HIDDEN), 1, 0);
  }
}
