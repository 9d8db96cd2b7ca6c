package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Programs and drums, wherever in the file they are said. */
class ChannelsTest {
  private static final int[] GS_RESET = {0x41, 0x10, 0x42, 0x12, 0x40, 0x00, 0x7F, 0x00, 0x41, 0xF7};
  private static final int[] XG_ON = {0x43, 0x10, 0x4C, 0x00, 0x00, 0x7E, 0x00, 0xF7};
  private static final int[] GM2_ON = {0x7E, 0x7F, 0x09, 0x03, 0xF7};

  private final Score score = new Score(256);
  private final SmfParser parser = new SmfParser(score, 1000);

  @Test
  void a_note_has_the_program_that_its_channel_had_then() throws FileFailure {
    parse(t -> t.note(0, 60, 9, 0, 1).program(0, 5, 10).note(0, 60, 9, 10, 1).program(0, 127, 20).note(0, 60, 9, 20, 1)
        .note(1, 60, 9, 20, 1));
    assertThat(voices()).containsExactly("0 melodic", "5 melodic", "127 melodic", "0 melodic");
  }

  @Test
  void programs_may_stand_in_another_track_than_their_notes() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> t.note(2, 60, 9, 0, 1).note(2, 60, 9, 50, 1).note(2, 60, 9, 100, 1))
        .track(t -> t.program(2, 7, 0).program(2, 8, 50).program(2, 9, 99)).bytes();
    parser.parse(NativeBytes.of(file), 0, file.length);
    assertThat(voices()).containsExactly("7 melodic", "8 melodic", "9 melodic");
  }

  @Test
  void channel_10_is_drums_whatever_its_pitches_and_programs() throws FileFailure {
    parse(t -> t.program(9, 3, 0).note(9, 100, 9, 0, 1).note(8, 36, 9, 0, 1));
    assertThat(voices()).containsExactlyInAnyOrder("3 drums", "0 melodic");
  }

  @Test
  void gs_makes_any_part_drums_and_channel_10_melodic() throws FileFailure {
    parse(t -> t.sysex(0, GS_RESET).sysex(1, 0x41, 0x10, 0x42, 0x12, 0x40, 0x1B, 0x15, 0x02, 0x0E, 0xF7)
        .sysex(1, 0x41, 0x10, 0x42, 0x12, 0x40, 0x10, 0x15, 0x00, 0x1B, 0xF7).note(11, 60, 9, 2, 1)
        .note(9, 61, 9, 3, 1));
    assertThat(voices()).containsExactly("0 drums", "0 melodic");
  }

  @Test
  void xg_goes_by_bank_from_the_next_program_change_on() throws FileFailure {
    parse(t -> t.sysex(0, XG_ON).control(3, 0, 127, 1).note(3, 60, 9, 2, 1).program(3, 1, 4).note(3, 60, 9, 5, 1)
        .control(9, 0, 0, 6).program(9, 2, 6).note(9, 60, 9, 7, 1).note(9, 60, 9, 0, 1));
    assertThat(voices()).containsExactly("0 drums", "0 melodic", "1 drums", "2 melodic");
  }

  @Test
  void gm2_goes_by_banks_120_and_121() throws FileFailure {
    parse(t -> t.sysex(0, GM2_ON).control(0, 0, 120, 1).program(0, 0, 1).note(0, 60, 9, 2, 1).control(9, 0, 121, 1)
        .program(9, 4, 1).note(9, 60, 9, 3, 1).note(4, 60, 9, 4, 1));
    assertThat(voices()).containsExactly("0 drums", "4 melodic", "0 melodic");
  }

  @Test
  void bank_127_means_nothing_without_xg() throws FileFailure {
    parse(t -> t.control(3, 0, 127, 0).program(3, 1, 0).note(3, 60, 9, 2, 1));
    assertThat(voices()).containsExactly("1 melodic");
  }

  private void parse(Consumer<SmfBuilder.Track> track) throws FileFailure {
    byte[] file = SmfBuilder.smf().track(track).bytes();
    parser.parse(NativeBytes.of(file), 0, file.length);
  }

  private List<String> voices() {
    List<String> voices = new ArrayList<>();
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = score.voices()[i];
      voices.add(Score.program(voice) + (Score.isDrum(voice) ? " drums" : " melodic"));
    }
    return voices;
  }
}
