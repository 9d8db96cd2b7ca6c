package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringTokenizer;

/**
 * Rates the candidates: the features, each less its mean and over its deviation, go through one hidden layer of tanh
 * units and beside it, linearly, into one rating; the softmax over a file's candidates makes probabilities of them. These
 * are then calibrated: the log odds of the choice times a slope, plus an offset. Immutable.
 *
 * @param hidden
 *          units of the hidden layer
 * @param means
 *          by feature
 * @param scales
 *          by feature: 1 over the deviation
 * @param in
 *          by unit, then by feature; one unit more than hidden ones, which is linear
 * @param biases
 *          of the hidden units
 * @param out
 *          what each hidden unit adds to the rating
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TempoModel(int hidden, float[] means, float[] scales, float[] in, float[] biases, float[] out,
    double slope, double offset) {
  private static final int FEATURES = TempoFeatures.COUNT;
  private static final String RESOURCE = "tempo-model.txt";

  /** The one that the product uses; {@code bench/train-tempo} makes it. */
  public static TempoModel shipped() {
    try (InputStream stream = TempoModel.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) throw new IllegalStateException(RESOURCE + " is missing from the program");
      return parse(new String(stream.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TempoModel parse(String text) {
    var words = new StringTokenizer(text.replaceAll("(?m)^#.*$", ""));
    int features = Integer.parseInt(words.nextToken());
    if (features != FEATURES)
      throw new IllegalArgumentException("the model has " + features + " features, not " + FEATURES);
    int hidden = Integer.parseInt(words.nextToken());
    double slope = Double.parseDouble(words.nextToken());
    double offset = Double.parseDouble(words.nextToken());
    var model = new TempoModel(hidden, floats(words, FEATURES), floats(words, FEATURES),
        floats(words, (hidden + 1) * FEATURES), floats(words, hidden), floats(words, hidden), slope, offset);
    if (words.hasMoreTokens()) throw new IllegalArgumentException("the model goes on after its end");
    return model;
  }

  private static float[] floats(StringTokenizer words, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.parseFloat(words.nextToken());
    }
    return values;
  }

  /** As {@link #shipped} reads it: counts, slope and offset, then the arrays in the order of the components. */
  public String toText() {
    var text = new StringBuilder().append(FEATURES).append(' ').append(hidden).append('\n').append(slope).append(' ')
        .append(offset).append('\n');
    for (float[] values : new float[][]{means, scales, in, biases, out}) {
      for (int i = 0; i < values.length; i++) {
        text.append(String.format(Locale.ROOT, "%.5g", values[i])).append(i % 16 == 15 ? '\n' : ' ');
      }
      text.append('\n');
    }
    return text.toString();
  }

  public TempoModel calibrated(double newSlope, double newOffset) {
    return new TempoModel(hidden, means, scales, in, biases, out, newSlope, newOffset);
  }

  /** The layer in by feature, then by unit, as {@link #rate} wants it. */
  float[] byFeature() {
    float[] turned = new float[in.length];
    for (int unit = 0; unit <= hidden; unit++) {
      for (int i = 0; i < FEATURES; i++) {
        turned[i * (hidden + 1) + unit] = in[unit * FEATURES + i];
      }
    }
    return turned;
  }

  /**
   * The rating of a candidate, to be compared with those of the same file.
   *
   * @param row
   *          room for {@link TempoFeatures#COUNT} values
   * @param units
   *          room for one value more than there are hidden units
   */
  double rate(float[] features, int from, Kernels kernels, float[] byFeature, float[] row, float[] units) {
    for (int i = 0; i < FEATURES; i++) {
      row[i] = (features[from + i] - means[i]) * scales[i];
    }
    kernels.multiply(row, FEATURES, byFeature, hidden + 1, units);
    double rating = 0;
    for (int unit = 0; unit < hidden; unit++) {
      rating += out[unit] * Math.tanh(units[unit] + biases[unit]);
    }
    return rating + units[hidden];
  }
}
