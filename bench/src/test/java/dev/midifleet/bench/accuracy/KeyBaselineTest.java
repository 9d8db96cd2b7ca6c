package dev.midifleet.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.AnalysisOptions;
import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KeyBaselineTest {
  private static final double[] TRIAD = {4, 0, 1, 0, 2, 1, 0, 3, 0, 1, 0, 1};

  @Test
  void correlations_turn_with_the_classes() {
    for (KeyProfile profile : KeyProfile.values()) {
      double[] one = profile.correlations(TRIAD);
      double[] turned = new double[12];
      for (int i = 0; i < 12; i++) {
        turned[(i + 5) % 12] = TRIAD[i];
      }
      double[] other = profile.correlations(turned);
      assertThat(other[5]).as(profile.name()).isEqualTo(one[0], Offset.offset(1e-12));
      assertThat(other[12 + 2]).as(profile.name()).isEqualTo(one[12 + 9], Offset.offset(1e-12));
    }
  }

  @Test
  void a_profile_correlates_fully_with_itself() {
    double[] profile = {.238, .006, .111, .006, .137, .094, .016, .214, .009, .080, .008, .081};
    assertThat(KeyProfile.ALBRECHT_SHANAHAN.correlations(profile)[0]).isEqualTo(1, Offset.offset(1e-12));
  }

  @Test
  void every_baseline_knows_a_cadence() throws IOException {
    byte[] file = SmfBuilder.smf().track(t -> {
      int[][] chords = {{2, 6, 9}, {7, 11, 2}, {9, 1, 4}, {2, 6, 9}};
      for (int i = 0; i < chords.length; i++) {
        for (int pitchClass : chords[i]) {
          t.note(0, 60 + pitchClass, 64, i * 480L, 480);
        }
        t.note(1, 36 + chords[i][0], 64, i * 480L, 480);
      }
      t.note(9, 37, 64, 0, 50_000);
    }).bytes();
    var scores = new Scores(AnalysisOptions.DEFAULT);
    for (KeyBaseline baseline : KeyBaseline.values()) {
      assertThat(baseline.guess(scores.parse(file))).as(baseline.title()).isEqualTo(KeyName.parse("D major"));
    }
  }
}
