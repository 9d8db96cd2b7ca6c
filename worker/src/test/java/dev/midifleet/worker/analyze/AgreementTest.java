package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.score.Score;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each feature that is clever in the program against its slow twin, on random scores and on every file of the corpus. */
class AgreementTest {
  private static final int SCORES = 300;

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 65_536, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Map<String, Oracle> oracles = oracles();
  private final List<String> disagreements = new ArrayList<>();

  static Map<String, Oracle> oracles() {
    Map<String, Oracle> oracles = new LinkedHashMap<>();
    oracles.put("pitches", SlowEntropy::check);
    oracles.put("polyphony", SlowTexture::check);
    oracles.put("tick grid", SlowGrid::check);
    oracles.put("key", SlowKey::check);
    oracles.put("chords", SlowChords::check);
    oracles.put("melody", SlowMelody::check);
    oracles.put("metre", SlowMeter::check);
    oracles.put("rhythm", RhythmOracle::check);
    oracles.put("structure", SlowStructure::check);
    oracles.put("timing", SlowTiming::check);
    oracles.put("fingerprint", new SlowHashes()::check);
    return oracles;
  }

  @Test
  void on_random_scores() throws Exception {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var scores = new RandomScores(seed);
    for (int i = 0; i < SCORES; i++) {
      compare(scores.next(), "seed " + seed + ", score " + i);
    }
    assertThat(disagreements).isEmpty();
  }

  @Test
  void on_every_file_of_the_corpus() throws Exception {
    int refused = 0;
    List<Path> files = Corpus.files();
    for (Path file : files) {
      try {
        compare(Files.readAllBytes(file), file.toString());
      } catch (FileFailure _) {
        // ToleranceTest says of each whether it had to be.
        refused++;
      }
    }
    System.out.println("compared " + (files.size() - refused) + " of " + files.size() + " files of the corpus");
    assertThat(disagreements).isEmpty();
    assertThat(refused).isLessThanOrEqualTo(files.size() / 20);
  }

  private void compare(byte[] file, String what) throws Exception {
    Score parsed = analyzer.parse(NativeBytes.of(file), 0, file.length);
    Analysis facts = new Analysis();
    analyzer.analyze(facts);
    var score = new SlowScore(parsed);
    for (Map.Entry<String, Oracle> oracle : oracles.entrySet()) {
      try {
        oracle.getValue().check(score, facts);
      } catch (AssertionError | RuntimeException e) {
        disagreements.add(what + ", " + oracle.getKey() + ": " + String.valueOf(e).lines().limit(12).toList());
      }
    }
  }
}
