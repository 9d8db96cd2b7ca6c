package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;

class MelodyTest {
  private static final int[] TUNE = {72, 74, 76, 77, 79, 76, 72, 69};

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void the_tune_above_and_the_line_below_are_found_among_chords_and_drums() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(3, TUNE[i % 8], 90, i * 480L, 460).note(5, 36 + i % 5, 90, i * 480L, 480).note(9, 80, 90, i * 480L, 100);
        t.note(0, 60, 60, i * 480L, 480).note(0, 64, 60, i * 480L, 480).note(0, 67, 60, i * 480L, 480);
      }
    }).bytes());
    assertThat(analysis.hasMelody).isTrue();
    assertThat(analysis.melodyChannel).isEqualTo(3);
    assertThat(analysis.melodicRange).isEqualTo(10);
    assertThat(analysis.bassChannel).isEqualTo(5);
  }

  @Test
  void the_order_of_the_tracks_does_not_matter() throws FileFailure {
    for (boolean isLaterFirst : new boolean[]{false, true}) {
      var smf = SmfBuilder.smf();
      for (int half : isLaterFirst ? new int[]{1, 0} : new int[]{0, 1}) {
        smf.track(t -> {
          for (int i = 16 * half; i < 16 * (half + 1); i++) {
            t.note(0, TUNE[i % 8], 90, i * 480L, 460);
          }
        });
      }
      analyze(smf.bytes());
      assertThat(analysis.hasMelody).as("later half first: " + isLaterFirst).isTrue();
    }
  }

  @Test
  void a_tenth_of_the_notes_may_begin_under_others_of_a_line() throws FileFailure {
    for (int doubled : new int[]{3, 4}) {
      analyze(SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 32; i++) {
          t.note(0, TUNE[i % 8], 90, i * 480L, 460);
          if (i < doubled) {
            t.note(0, TUNE[i % 8] - 4, 90, i * 480L, 460);
          }
        }
      }).bytes());
      assertThat(analysis.hasMelody).as(doubled + " of " + (32 + doubled)).isEqualTo(doubled == 3);
    }
  }

  @Test
  void a_tune_under_the_chords_of_a_piano_is_the_melody() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(2, TUNE[i % 8] - 12, 90, i * 480L, 460);
        t.note(0, 72, 60, i * 480L, 480).note(0, 76, 60, i * 480L, 480).note(0, 79, 60, i * 480L, 480);
      }
    }).bytes());
    assertThat(analysis.melodyChannel).isEqualTo(2);
    assertThat(analysis.bassChannel).isEqualTo(Analysis.UNKNOWN);
  }

  @Test
  void of_two_in_unison_the_first_channel_is_the_melody() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(6, TUNE[i % 8], 90, i * 480L, 460).note(4, TUNE[i % 8], 90, i * 480L, 460);
      }
    }).bytes());
    assertThat(analysis.melodyChannel).isEqualTo(4);
  }

  @Test
  void a_line_that_sounds_in_less_than_a_fifth_of_the_beats_leads_nothing() throws FileFailure {
    for (int bars : new int[]{4, 6}) {
      analyze(SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 8; i++) {
          t.note(2, TUNE[i], 90, i * 480L, 480);
        }
        for (int i = 0; i < 8 * bars + 4; i++) {
          t.note(0, 60, 60, i * 480L, 480).note(0, 64, 60, i * 480L, 480).note(0, 67, 60, i * 480L, 480);
        }
      }).bytes());
      assertThat(analysis.hasMelody).as(bars + " times as long").isEqualTo(bars == 4);
    }
  }

  @Test
  void lines_of_two_pitches_or_of_the_wrong_register_are_neither() throws FileFailure {
    analyze(line(72, 74));
    assertNothing();
    analyze(line(53, 54, 55));
    assertNothing();
    analyze(line(54, 55, 56));
    assertThat(analysis.melodyChannel).isZero();
    analyze(line(51, 52, 53));
    assertThat(analysis.bassChannel).isZero();
  }

  private static byte[] line(int... pitches) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 30; i++) {
        t.note(0, pitches[i % pitches.length], 90, i * 480L, 460);
      }
    }).bytes();
  }

  @Test
  void a_tune_alone_is_a_melody_without_bass() throws FileFailure {
    analyze(SmfBuilder.scale());
    assertThat(analysis.melodyChannel).isZero();
    assertThat(analysis.melodicRange).isEqualTo(12);
    assertThat(analysis.bassChannel).isEqualTo(Analysis.UNKNOWN);
  }

  @Test
  void a_legato_that_overlaps_a_little_is_a_line() throws FileFailure {
    analyze(tune(0, 600));
    assertThat(analysis.melodyChannel).isZero();
    analyze(tune(0, 1000));
    assertThat(analysis.hasMelody).isFalse();
  }

  @Test
  void a_piano_on_one_channel_has_neither() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(0, TUNE[i % 8], 90, i * 480L, 460).note(0, 48, 60, i * 480L, 480).note(0, 55, 60, i * 480L, 480);
      }
    }).bytes());
    assertNothing();
  }

  @Test
  void a_few_notes_or_drums_or_none_are_no_line() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> t.note(0, 72, 64, 0, 480).note(0, 74, 64, 480, 480)).bytes());
    assertNothing();
    analyze(tune(9, 460));
    assertNothing();
    analyze(SmfBuilder.smf().track(t -> t.end(5)).bytes());
    assertNothing();
  }

  @Test
  void drums_on_the_channel_of_a_tune_are_none_of_its_notes() throws FileFailure {
    analyze(SmfBuilder.smf().track(t -> {
      t.sysex(0, 0x41, 0x10, 0x42, 0x12, 0x40, 0x10, 0x15, 0x00, 0x1B, 0xF7);
      for (int i = 0; i < 16; i++) {
        t.note(9, TUNE[i % 8], 90, i * 480L, 460);
      }
      t.sysex(16 * 480, 0x41, 0x10, 0x42, 0x12, 0x40, 0x10, 0x15, 0x02, 0x19, 0xF7);
      for (int i = 16; i < 32; i++) {
        t.note(9, 36, 90, i * 480L, 460).note(9, 42, 90, i * 480L, 460);
      }
    }).bytes());
    assertThat(analysis.drumNotes).isEqualTo(32);
    assertThat(analysis.melodyChannel).isEqualTo(9);
    assertThat(analysis.melodicRange).isEqualTo(10);
  }

  private static byte[] tune(int channel, int length) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 32; i++) {
        t.note(channel, TUNE[i % 8], 90, i * 480L, length);
      }
    }).bytes();
  }

  private void assertNothing() {
    assertThat(analysis.hasMelody).isFalse();
    assertThat(analysis.melodyChannel).isEqualTo(Analysis.UNKNOWN);
    assertThat(analysis.melodicRange).isEqualTo(Analysis.UNKNOWN);
    assertThat(analysis.bassChannel).isEqualTo(Analysis.UNKNOWN);
  }

  private void analyze(byte[] file) throws FileFailure {
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
