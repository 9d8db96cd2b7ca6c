package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.analyze.KeyFeatures;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A labelled file as the training sees it: the features of its copy without key signatures.
 *
 * @param key
 *          as {@link KeyName} numbers them
 * @param features
 *          by feature, then by key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record KeyCase(Truth.Label label, int key, float[] features) {
  private static final int TEXT_BYTES_MAX = 256;

  /** The labels with a key whose files have enough notes for one, in the order of the labels. */
  static List<KeyCase> read(Truth truth) throws IOException {
    // Scalar kernels: the weights must not depend on the machine's vectors.
    var features = new KeyFeatures(new ScalarKernels());
    var score = new Score(TEXT_BYTES_MAX);
    SmfParser parser = Scores.parser(score);
    List<KeyCase> cases = new ArrayList<>();
    for (Truth.Label label : truth.with("key")) {
      Scores.parse(WithoutKeySignatures.copy(Files.readAllBytes(label.file())), parser);
      if (features.compute(score)) {
        cases.add(new KeyCase(label, KeyName.parse(label.text("key")), features.values().clone()));
      }
    }
    return cases;
  }
}
