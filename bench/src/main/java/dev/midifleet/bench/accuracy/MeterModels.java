package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.MeterFeatures;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the metre's model is trained on and how, once for its weights and five times for its score. */
final class MeterModels {
  static final List<Integer> CLASSES = List.of(2, 3, 4, 5, 6, 7, 9, 10, 12);
  private static final double PENALTY = 10;

  /**
   * A label, its class and its notes' features.
   *
   * @param meterClass
   *          one of {@link #CLASSES}, or 0 for a metre that is none of them
   * @param features
   *          null where the notes say nothing
   */
  record Piece(Truth.Label label, int meterClass, @Nullable Features features) {}

  /** The values of {@link MeterFeatures}. */
  static final class Features {
    private final float[] values;

    private Features(float[] values) { this.values = values; }

    float[] values() { return values; }
  }

  private MeterModels() {}

  /** All labels of a metre. */
  static List<Piece> pieces(Truth truth) throws IOException {
    var scores = new Scores(AnalysisOptions.DEFAULT);
    List<Piece> pieces = new ArrayList<>();
    for (Truth.Label label : truth.with("time_signature")) {
      String[] signature = label.text("time_signature").split("/", 2);
      float[] features = MeterFeatures.of(scores.parse(label.file()), KernelSelector.kernels());
      pieces.add(new Piece(label, classOf(Integer.parseInt(signature[0])),
          features == null ? null : new Features(features)));
    }
    return pieces;
  }

  /** The class of a signature's numerator: 8 is 4, as a bar of eight eighths is as long as one of four quarters. */
  static int classOf(int numerator) {
    int beats = numerator == 8 ? 4 : numerator;
    return CLASSES.contains(beats) ? beats : 0;
  }

  /** Trained on the pieces that fit, have features and one of the classes. */
  static Softmax train(List<Piece> pieces, Predicate<Piece> fits) {
    List<float[]> examples = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (Piece piece : pieces) {
      Features features = piece.features();
      if (features != null && piece.meterClass() > 0 && fits.test(piece)) {
        examples.add(features.values());
        targets.add(CLASSES.indexOf(piece.meterClass()));
      }
    }
    return Softmax.fit(examples, targets.stream().mapToInt(Integer::intValue).toArray(), CLASSES.size(), PENALTY);
  }
}
