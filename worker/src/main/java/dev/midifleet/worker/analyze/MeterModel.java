package dev.midifleet.worker.analyze;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Weights of a multinomial logistic regression over {@link MeterFeatures}, read from {@code meter-model.txt}: lines of
 * numbers, the classes, the biases, then a line of weights (one a class) for each feature. Lines with # say where it is from.
 */
final class MeterModel {
  private static final String RESOURCE = "meter-model.txt";

  private final int[] classes;
  private final float[] biases;
  private final float[] weights;

  private MeterModel(int[] classes, float[] biases, float[] weights) {
    this.classes = classes;
    this.biases = biases;
    this.weights = weights;
  }

  int[] classes() { return classes; }

  float[] biases() { return biases; }

  /** By feature, then by class. */
  float[] weights() { return weights; }

  static MeterModel load() {
    try (InputStream in = Objects.requireNonNull(MeterModel.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return parse(new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }

  private static MeterModel parse(List<String> lines) {
    List<float[]> rows = lines.stream().filter(line -> !line.startsWith("#")).map(MeterModel::numbers).toList();
    int count = rows.getFirst().length;
    if (rows.size() != MeterFeatures.COUNT + 2)
      throw new IllegalStateException(RESOURCE + ": " + rows.size() + " lines");
    int[] classes = new int[count];
    float[] weights = new float[MeterFeatures.COUNT * count];
    for (int i = 0; i < count; i++) {
      classes[i] = (int) rows.getFirst()[i];
      for (int feature = 0; feature < MeterFeatures.COUNT; feature++) {
        weights[feature * count + i] = rows.get(feature + 2)[i];
      }
    }
    return new MeterModel(classes, rows.get(1), weights);
  }

  private static float[] numbers(String line) {
    String[] words = line.split(" ", -1);
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
  }
}
