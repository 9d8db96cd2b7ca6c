package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyTest {
  private static final String[] MINOR = {"C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor", "F# minor",
      "G minor", "G# minor", "A minor", "Bb minor", "B minor"};
  private static final String[] MAJOR = {"C major", "Db major", "D major", "Eb major", "E major", "F major", "F# major",
      "G major", "Ab major", "A major", "Bb major", "B major"};
  /** Chords of three over their roots: i iv V i. */
  private static final int[][] CADENCE = {{0, 3, 7}, {5, 8, 0}, {7, 11, 2}, {0, 3, 7}};

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void a_minor_cadence_is_found_on_every_tonic() throws FileFailure {
    for (int tonic = 0; tonic < 12; tonic++) {
      analyze(cadence(tonic).bytes());
      assertThat(analysis.detectedKey).isEqualTo(MINOR[tonic]);
      assertThat(analysis.keySecond).isNotNull().isNotEqualTo(MINOR[tonic]);
      assertThat(analysis.keyConfidence).isBetween(0.5, 1.0);
      assertThat(analysis.keyMargin).isPositive();
    }
  }

  @Test
  void a_transposed_piece_has_the_transposed_key_and_the_same_confidence() throws FileFailure {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    for (int round = 0; round < 20; round++) {
      analyze(random(new Random(seed + round), 0));
      int key = number(analysis.detectedKey);
      int second = number(analysis.keySecond);
      double confidence = analysis.keyConfidence;
      for (int up = 1; up < 12; up++) {
        analyze(random(new Random(seed + round), up));
        String what = "seed " + seed + ", round " + round + ", " + up + " up";
        assertThat(analysis.keyConfidence).as(what).isEqualTo(confidence, Offset.offset(1e-3));
        if (analysis.keyMargin > 1e-3) {
          assertThat(number(analysis.detectedKey)).as(what).isEqualTo(key / 12 * 12 + (key + up) % 12);
        }
        assertThat(second).as(what).isNotEqualTo(key);
      }
    }
  }

  @Test
  void what_the_file_claims_changes_nothing() throws FileFailure {
    analyze(cadence(9).bytes());
    double confidence = analysis.keyConfidence;
    double margin = analysis.keyMargin;
    for (int sharps = -7; sharps <= 7; sharps++) {
      int claim = sharps;
      analyze(cadence(9).track(t -> t.keySignature(0, claim, false).text(0, 1, "in Eb major")).bytes());
      assertThat(analysis.keySignature).isNotNull();
      assertThat(analysis.detectedKey).isEqualTo("A minor");
      assertThat(analysis.keyConfidence).isEqualTo(confidence);
      assertThat(analysis.keyMargin).isEqualTo(margin);
    }
  }

  @Test
  void drums_have_no_key_and_do_not_count() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 40; i++) {
        t.note(9, 35 + i, 64, i * 100L, 100);
      }
    }).bytes());
    assertThat(analysis.detectedKey).isNull();
    assertThat(analysis.keySecond).isNull();
    assertThat(analysis.keyConfidence).isNaN();
    assertThat(analysis.keyMargin).isNaN();
    assertThat(analysis.hasPitchClasses).isFalse();
  }

  @Test
  void seven_notes_are_too_few_and_so_are_two_pitch_classes() throws FileFailure {
    analyze(notes(60, 62, 64, 65, 67, 69, 71));
    assertThat(analysis.detectedKey).isNull();
    analyze(notes(60, 67, 60, 67, 60, 67, 60, 67));
    assertThat(analysis.detectedKey).isNull();
    assertThat(analysis.hasPitchClasses).isTrue();
    analyze(notes(60, 67, 64, 67, 60, 67, 64, 60));
    assertThat(analysis.detectedKey).isEqualTo("C major");
  }

  @Test
  void notes_at_one_tick_and_of_no_length_have_a_key() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int pitch : new int[]{36, 48, 52, 55, 60, 64, 67, 72}) {
        t.note(0, pitch, 64, 77, 0);
      }
    }).bytes());
    assertThat(analysis.detectedKey).isEqualTo("C major");
  }

  private static SmfBuilder cadence(int tonic) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 8; i++) {
        int[] chord = CADENCE[i % CADENCE.length];
        for (int step : chord) {
          t.note(0, 60 + (tonic + step) % 12, 64, i * 480L, 480);
        }
        t.note(1, 36 + (tonic + chord[0]) % 12, 64, i * 480L, 480);
        t.note(9, 37, 64, i * 480L, 4000);
      }
    });
  }

  private static byte[] random(Random random, int up) {
    return SmfBuilder.smf().track(t -> {
      int[] scale = {0, 2, 4, 5, 7, 9, 11, 8};
      for (int i = 0; i < 100; i++) {
        int pitch = 48 + scale[random.nextInt(scale.length)] + 12 * random.nextInt(3);
        t.note(0, pitch + up, 64, random.nextInt(20_000), 1 + random.nextInt(900));
      }
    }).bytes();
  }

  private static byte[] notes(int... pitches) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < pitches.length; i++) {
        t.note(0, pitches[i], 64, i * 480L, 480);
      }
    }).bytes();
  }

  private static int number(@Nullable String key) {
    for (int i = 0; i < 12; i++) {
      if (MAJOR[i].equals(key)) return i;
      if (MINOR[i].equals(key)) return 12 + i;
    }
    throw new AssertionError(key);
  }

  private void analyze(byte[] file) throws FileFailure {
    analyzer.parse(NativeBytes.of(file), 0, file.length);
    analyzer.analyze(analysis);
  }
}
