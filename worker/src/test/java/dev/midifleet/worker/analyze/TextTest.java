package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TextTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 64, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void the_title_is_the_first_tracks_name() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> t.name(" Für Elise ").text(0, 2, "none"))
        .track(t -> t.name("left \"hand\""))
        .bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    assertThat(analysis.title).isEqualTo("Für Elise");
    assertThat(analysis.copyright).isEqualTo("none");
    assertThat(analysis.trackNames).isEqualTo("[\"Für Elise\",\"left \\\"hand\\\"\"]");
    assertThat(analysis.charset).isEqualTo(TextCharset.UTF_8);
  }

  @Test
  void what_is_not_utf_8_is_read_as_latin_1() throws FileFailure {
    analyze(t -> t.meta(0, 3, "Für".getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(analysis.title).isEqualTo("Für");
    assertThat(analysis.charset).isEqualTo(TextCharset.LATIN_1);
    analyze(t -> t.name("plain"));
    assertThat(analysis.charset).isEqualTo(TextCharset.ASCII);
  }

  @Test
  void nul_and_other_control_characters_are_left_out() throws FileFailure {
    analyze(t -> t.meta(0, 3, new byte[]{0, 'a', 0, 1, 'b', 0x7F, '\t', 'c', 0}));
    assertThat(analysis.title).isEqualTo("ab\tc");
    analyze(t -> t.meta(0, 3, new byte[]{0, 0}));
    assertThat(analysis.title).isNull();
    assertThat(analysis.trackNames).isNull();
  }

  @Test
  void lyrics_are_joined_and_their_line_ends_are_line_feeds() throws FileFailure {
    analyze(
        t -> t.text(0, 5, "Hel").text(10, 5, "lo ").text(20, 5, "you\r").text(30, 5, "there\r\n").text(40, 5, "end"));
    assertThat(analysis.lyrics).isEqualTo("Hello you\nthere\nend");
    assertThat(analysis.isKaraoke).isFalse();
  }

  @Test
  void karaoke_words_come_from_text_events() throws FileFailure {
    analyze(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "@TThe Song").text(0, 1, "@TThe Singer")
        .text(0, 1, "\\One ").text(10, 1, "two").text(20, 1, "/three").text(30, 1, "\\four"));
    assertThat(analysis.isKaraoke).isTrue();
    assertThat(analysis.title).isEqualTo("The Song");
    assertThat(analysis.lyrics).isEqualTo("One two\nthree\n\nfour");
  }

  @Test
  void text_is_cut_to_the_limit_and_never_within_a_character() throws FileFailure {
    analyze(t -> t.text(0, 5, "x".repeat(1000)).text(0, 3, "y".repeat(63) + "\uD834\uDD1E and more"));
    assertThat(analysis.lyrics).isEqualTo("x".repeat(64));
    assertThat(analysis.title).isEqualTo("y".repeat(63));
  }

  private void analyze(Consumer<SmfBuilder.Track> track) throws FileFailure {
    byte[] file = SmfBuilder.smf().track(track).bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
