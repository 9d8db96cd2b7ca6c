package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.ControllerTable;
import dev.midifleet.worker.score.Score;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import org.junit.jupiter.api.Test;

/** Controllers by hand, and against javax.sound.midi. */
class ControllerDataTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 256, AnalysisOptions.DEFAULT,
      new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void each_controller_has_count_least_most_and_mean() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.control(0, 7, 100, 0).control(3, 7, 50, 10).control(3, 7, 51, 20)
        .control(1, 64, 127, 5).control(1, 123, 0, 5).event(2, 0xE3, 0, 64).event(3, 0xE0, 0x7F, 0x7F)
        .event(3, 0xD3, 10).event(4, 0xA3, 60, 11)).bytes());
    assertThat(controllers()).isEqualTo("{\"7\":{\"count\":3,\"min\":50,\"max\":100,\"mean\":67},"
        + "\"64\":{\"count\":1,\"min\":127,\"max\":127,\"mean\":127},"
        + "\"123\":{\"count\":1,\"min\":0,\"max\":0,\"mean\":0},"
        + "\"pitch_bend\":{\"count\":2,\"min\":0,\"max\":8191,\"mean\":4095.5},"
        + "\"channel_pressure\":{\"count\":1,\"min\":10,\"max\":10,\"mean\":10},"
        + "\"key_pressure\":{\"count\":1,\"min\":11,\"max\":11,\"mean\":11}}");
    analyze(SmfBuilder.scale());
    assertThat(analysis.controllerData).isNull();
  }

  private String controllers() {
    return PackedRows.json(FactType.CONTROLLERS, Objects.requireNonNull(analysis.controllerData));
  }

  @Test
  void numbers_between_minus_one_and_zero_keep_their_sign() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.event(2, 0xE2, 0, 64).event(3, 0xE2, 0x7F, 0x3F)).bytes());
    assertThat(controllers())
        .isEqualTo("{\"pitch_bend\":{\"count\":2,\"min\":-1,\"max\":0,\"mean\":-0.5}}");
  }

  @Test
  void made_files_count_as_the_jdk_reads_them() throws FileFailure, IOException {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      byte[] file = SmfBuilder.smf().track(t -> {
        t.runningStatus();
        for (int i = random.nextInt(500); i > 0; i--) {
          int kind = new int[]{0xA0, 0xB0, 0xB0, 0xB0, 0xD0, 0xE0, 0xC0}[random.nextInt(7)];
          int status = kind | random.nextInt(16);
          if (kind == 0xC0 || kind == 0xD0) {
            t.event(random.nextInt(1000), status, random.nextInt(128));
          } else {
            t.event(random.nextInt(1000), status, random.nextInt(128), random.nextInt(128));
          }
        }
      }).track(t -> t.control(5, 11, 3, 7)).bytes();
      assertThat(isCompared(file)).isTrue();
    }
  }

  @Test
  void corpus_files_count_as_the_jdk_reads_them() throws IOException {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (Path file : Corpus.files()) {
      try {
        compared += isCompared(Files.readAllBytes(file)) ? 1 : 0;
      } catch (AssertionError | FileFailure e) {
        wrong.add(file + ": " + String.valueOf(e.getMessage()).lines().limit(8).toList());
      }
    }
    System.out.println("compared " + compared + " of " + Corpus.files().size() + " files of the corpus");
    assertThat(wrong).isEmpty();
  }

  /** Only where the file is by the letter: elsewhere the two read different events by intent. */
  private boolean isCompared(byte[] file) throws FileFailure, IOException {
    Map<Integer, IntSummaryStatistics> expected = new TreeMap<>();
    try {
      Sequence sequence = MidiSystem.getSequence(new ByteArrayInputStream(file));
      for (Track track : sequence.getTracks()) {
        for (int i = 0; i < track.size(); i++) {
          if (track.get(i).getMessage() instanceof ShortMessage message) {
            add(message, expected);
          }
        }
      }
    } catch (InvalidMidiDataException | IOException | RuntimeException e) {
      return false;
    }
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    if (score.issues() != 0) return false;
    ControllerTable table = score.controllers();
    Map<Integer, IntSummaryStatistics> found = new TreeMap<>();
    for (int place = 0; place < ControllerTable.SIZE; place++) {
      if (table.count(place) > 0) {
        found.put(place, new IntSummaryStatistics(table.count(place), table.min(place), table.max(place),
            table.sum(place)));
      }
    }
    assertThat(found).hasToString(expected.toString());
    assertThat(table.isEmpty()).isEqualTo(expected.isEmpty());
    return true;
  }

  private static void add(ShortMessage message, Map<Integer, IntSummaryStatistics> into) {
    int first = message.getData1();
    int second = message.getData2();
    switch (message.getCommand()) {
      case 0xA0 -> add(130, second, into);
      case 0xB0 -> add(first, second, into);
      case 0xD0 -> add(129, first, into);
      case 0xE0 -> add(128, second * 128 + first - 8192, into);
      default -> {
      }
    }
  }

  private static void add(int place, int value, Map<Integer, IntSummaryStatistics> into) {
    into.computeIfAbsent(place, _ -> new IntSummaryStatistics()).accept(value);
  }

  private void analyze(byte[] file) throws FileFailure {
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
