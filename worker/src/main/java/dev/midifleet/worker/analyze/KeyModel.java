package dev.midifleet.worker.analyze;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A softmax regression over the 24 keys: a key's score is the sum of its {@link KeyFeature}s, each times a weight of its
 * mode, and a bias of its mode. The weights are the same for all tonics, so that what holds for C holds for every key. The
 * scores are natural logarithms of probabilities, to a common constant; they are calibrated by a temperature.
 *
 * <p>Its text form, line by line: {@code #} and a remark, or a name and its two numbers, for major and for minor.
 */
public final class KeyModel {
  /** The product's own weights, beside this class; {@code bench/train-key} writes them. */
  public static final String RESOURCE = "key-model.txt";

  private static final String BIAS = "BIAS";
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int KEYS = KeyFeatures.KEYS;
  private static final int FEATURES = KeyFeature.values().length;

  private static final class Shipped {
    static final KeyModel MODEL = load();
  }

  /** By feature, then by mode; the last row is the bias. */
  private final double[][] weights;
  /** The same by feature and key. */
  private final float[] wide = new float[(FEATURES + 1) * KEYS];

  /**
   * @param weights
   *          of major and minor by feature, and a last row of biases; temperature included
   */
  public KeyModel(double[][] weights) {
    if (weights.length != FEATURES + 1) throw new IllegalArgumentException(weights.length + " rows of weights");
    this.weights = Arrays.stream(weights).map(double[]::clone).toArray(double[][]::new);
    for (int i = 0; i < wide.length; i++) {
      wide[i] = (float) weights[i / KEYS][i % KEYS / CLASSES];
    }
  }

  /** The model of the product. */
  public static KeyModel shipped() { return Shipped.MODEL; }

  private static KeyModel load() {
    try (InputStream in = KeyModel.class.getResourceAsStream(RESOURCE)) {
      if (in == null) throw new IllegalStateException(RESOURCE + " is not on the class path");
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IllegalArgumentException
   *           when a feature is missing or unknown
   */
  static KeyModel parse(List<String> lines) {
    Map<String, double[]> rows = new HashMap<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) continue;
      String[] words = line.trim().split("\\s+", -1);
      if (words.length != 3) throw new IllegalArgumentException(line);
      rows.put(words[0], new double[]{Double.parseDouble(words[1]), Double.parseDouble(words[2])});
    }
    double[][] weights = new double[FEATURES + 1][];
    for (int i = 0; i <= FEATURES; i++) {
      double[] row = rows.remove(name(i));
      if (row == null) throw new IllegalArgumentException("no weights of " + name(i));
      weights[i] = row;
    }
    if (!rows.isEmpty()) throw new IllegalArgumentException("unknown features " + rows.keySet());
    return new KeyModel(weights);
  }

  /** The text form, without remarks; what it says is rounded to five decimals. */
  public String toText() {
    var text = new StringBuilder();
    for (int i = 0; i <= FEATURES; i++) {
      text.append(String.format(Locale.ROOT, "%-18s %10.5f %10.5f%n", name(i), weights[i][0], weights[i][1]));
    }
    return text.toString();
  }

  private static String name(int row) { return row < FEATURES ? KeyFeature.values()[row].name() : BIAS; }

  /**
   * Scores of the keys.
   *
   * @param features
   *          {@link KeyFeatures#values()}
   * @param scores
   *          {@link KeyFeatures#KEYS} long
   */
  public void score(float[] features, float[] scores) {
    System.arraycopy(wide, FEATURES * KEYS, scores, 0, KEYS);
    for (int feature = 0; feature < FEATURES; feature++) {
      int from = feature * KEYS;
      for (int key = 0; key < KEYS; key++) {
        scores[key] += features[from + key] * wide[from + key];
      }
    }
  }
}
