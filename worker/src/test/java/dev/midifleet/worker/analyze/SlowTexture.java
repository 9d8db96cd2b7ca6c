package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;

/** The oracle of {@link Texture}: how many notes more sound from each tick on, in a sorted map. */
final class SlowTexture {
  private static final double NEAR = 1e-9;

  private SlowTexture() {}

  static void check(SlowScore score, Analysis facts) {
    TreeMap<Integer, Integer> changes = new TreeMap<>();
    for (SlowNote note : score.pitched) {
      changes.merge(note.onset(), 1, Integer::sum);
      changes.merge(note.end(), -1, Integer::sum);
    }
    int max = 0;
    int sounds = 0;
    double sounding = 0;
    double together = 0;
    double weighted = 0;
    for (Map.Entry<Integer, Integer> change : changes.entrySet()) {
      sounds += change.getValue();
      max = Math.max(max, sounds);
      Integer next = changes.higherKey(change.getKey());
      if (next == null) continue;
      double seconds = score.tempoMap().secondsAt(next) - score.tempoMap().secondsAt(change.getKey());
      sounding += sounds > 0 ? seconds : 0;
      together += sounds > 1 ? seconds : 0;
      weighted += sounds * seconds;
    }
    assertThat(facts.polyphonyMax).as("polyphony_max").isEqualTo(max);
    assertThat(facts.isMonophonic).as("is_monophonic").isEqualTo(max == 1);
    assertThat(facts.isPolyphonic).as("is_polyphonic").isEqualTo(max > 1);
    if (sounding > 0) {
      assertThat(facts.polyphonyAvg).as("polyphony_avg").isEqualTo(weighted / sounding, Offset.offset(NEAR * max));
      assertThat(facts.polyphonyRate).as("polyphony_rate").isEqualTo(together / sounding, Offset.offset(NEAR));
    } else {
      assertThat(facts.polyphonyAvg).as("polyphony_avg").isNaN();
      assertThat(facts.polyphonyRate).as("polyphony_rate").isNaN();
    }
  }
}
