package dev.midifleet.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.KeyFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a small made corpus: cadences in all keys, with noise. */
class KeyTrainingTest {
  private static final String[] NAMES = {"C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};
  private static final int[][] CADENCE = {{0, 4, 7}, {5, 9, 0}, {7, 11, 2}, {0, 4, 7}};

  @TempDir
  private Path folder = Path.of(".");

  @Test
  void the_same_labels_give_the_same_weights_and_find_the_keys() throws IOException {
    makeCorpus();
    List<KeyCase> cases = KeyCase.read(Truth.read(folder));
    assertThat(cases).hasSize(24);
    KeyTraining.Trained trained = KeyTraining.train(cases);
    String again = KeyTraining.train(KeyCase.read(Truth.read(folder))).model().toText();
    assertThat(again).isEqualTo(trained.model().toText());
    float[] scores = new float[KeyFeatures.KEYS];
    for (KeyCase each : cases) {
      trained.model().score(each.features(), scores);
      for (int key = 0; key < KeyFeatures.KEYS; key++) {
        assertThat(scores[key]).as(each.label().text("path")).isLessThanOrEqualTo(scores[each.key()]);
      }
    }
    assertThat(TrainKeyCommand.header(cases, trained, LocalDate.of(2026, 1, 2))).contains("2026-01-02", "24 labelled",
        "made 24").doesNotContain(folder.toString());
  }

  @Test
  void a_group_is_scored_by_a_model_that_never_saw_it() throws IOException {
    makeCorpus();
    List<KeyCase> cases = KeyCase.read(Truth.read(folder));
    KeyPredictions predictions = KeyPredictions.leavingOut(each -> each.label().fold(), cases);
    int[] guesses = predictions.guesses(Truth.read(folder).labels());
    assertThat(guesses).hasSize(24);
    for (int i = 0; i < guesses.length; i++) {
      assertThat(guesses[i]).isEqualTo(cases.get(i).key());
    }
  }

  private void makeCorpus() throws IOException {
    Random random = new Random(1);
    StringBuilder truth = new StringBuilder("path\tkey\tgroup\n");
    Files.createDirectories(folder.resolve("made"));
    for (int key = 0; key < KeyFeatures.KEYS; key++) {
      String path = "made/" + key + ".mid";
      Files.write(folder.resolve(path), piece(key, random));
      truth.append(path).append('\t').append(NAMES[key % 12]).append(key < 12 ? " major" : " minor").append("\tgroup")
          .append(key).append('\n');
    }
    Files.writeString(folder.resolve("truth.tsv"), truth);
  }

  private static byte[] piece(int key, Random random) {
    return SmfBuilder.smf().track(t -> {
      // The claim is wrong on purpose: it must not be read.
      t.keySignature(0, 1, false);
      for (int i = 0; i < 16; i++) {
        for (int step : CADENCE[i % CADENCE.length]) {
          boolean isLowered = key >= 12 && (step == 4 || step == 9);
          t.note(0, 60 + (key + (isLowered ? step - 1 : step)) % 12, 64, i * 480L, 480);
        }
        t.note(1, 72 + random.nextInt(12), 64, i * 480L, 60);
      }
    }).bytes();
  }
}
