package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KeyModelTest {
  private static final int FEATURES = KeyFeature.values().length;

  @Test
  void the_shipped_weights_are_there_and_say_where_they_come_from() throws Exception {
    assertThat(KeyModel.shipped().toText().lines()).hasSize(FEATURES + 1);
    try (var in = KeyModel.class.getResourceAsStream(KeyModel.RESOURCE)) {
      assertThat(in).isNotNull();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("bench/train-key",
          "labelled files", "penalty", "temperature", KeyModel.shipped().toText());
    }
  }

  @Test
  void a_score_is_the_weighted_sum_and_the_bias_of_its_mode() {
    double[][] weights = new double[FEATURES + 1][2];
    weights[3] = new double[]{2, 5};
    weights[FEATURES] = new double[]{0, -1};
    float[] features = new float[FEATURES * KeyFeatures.KEYS];
    features[3 * KeyFeatures.KEYS + 7] = 0.5f;
    features[3 * KeyFeatures.KEYS + 12 + 9] = 0.5f;
    float[] scores = new float[KeyFeatures.KEYS];
    new KeyModel(weights).score(features, scores);
    assertThat(scores[7]).isEqualTo(1);
    assertThat(scores[12 + 9]).isEqualTo(1.5f, Offset.offset(1e-6f));
    assertThat(scores[0]).isZero();
    assertThat(scores[12]).isEqualTo(-1);
  }

  @Test
  void text_and_model_are_one() {
    String text = KeyModel.shipped().toText();
    assertThat(KeyModel.parse(text.lines().toList()).toText()).isEqualTo(text);
  }

  @Test
  void weights_that_do_not_fit_the_features_are_refused() {
    List<String> lines = new ArrayList<>(KeyModel.shipped().toText().lines().toList());
    String first = lines.removeFirst();
    assertThatThrownBy(() -> KeyModel.parse(lines)).hasMessageContaining("WHOLE");
    lines.add(first);
    lines.add("SMELL 1 2");
    assertThatThrownBy(() -> KeyModel.parse(lines)).hasMessageContaining("SMELL");
    assertThatThrownBy(() -> KeyModel.parse(List.of("WHOLE 1"))).hasMessage("WHOLE 1");
    assertThatThrownBy(() -> new KeyModel(new double[2][2])).hasMessage("2 rows of weights");
  }
}
