package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TextEvents;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is kept of a file that has more of something than is kept. */
class ParserLimitsTest {
  private static final int NOTES_MAX = 5000;

  private final Score score = new Score(256);
  private final SmfParser parser = new SmfParser(score, NOTES_MAX);

  @Test
  void a_sequence_number_is_no_text() throws FileFailure {
    parse(SmfBuilder.smf().track(t -> t.meta(0, 0, new byte[]{(byte) 0xC3, 1}).name("x")).bytes());
    assertThat(score.issues()).isZero();
    assertThat(score.texts().size()).isEqualTo(1);
    assertThat(score.texts().type(0)).isEqualTo(TextEvents.TRACK_NAME);
  }

  @Test
  void a_text_is_cut_where_a_character_ends_and_what_follows_the_gap_is_left_out() throws FileFailure {
    var small = new Score(100);
    for (String text : new String[]{"ä".repeat(99), "x" + "ä".repeat(99), "日本".repeat(40), "a日本\n".repeat(40)}) {
      byte[] file = SmfBuilder.smf().track(t -> t.text(0, 1, text).text(1, 1, "y")).bytes();
      new SmfParser(small, NOTES_MAX).parse(NativeBytes.of(file), 0, file.length);
      var texts = small.texts();
      String kept = new String(texts.bytes(), 0, texts.byteCount(), StandardCharsets.UTF_8);
      assertThat(text).startsWith(kept);
      assertThat(texts.byteCount()).isBetween(30, 100);
      assertThat(texts.size()).isEqualTo(1);
      assertThat(Issue.TEXT_CUT.isIn(small.issues())).isTrue();
    }
  }

  @Test
  void notes_that_nothing_ends_in_many_short_tracks_end_with_their_tracks() throws FileFailure {
    var file = SmfBuilder.smf();
    for (int i = 0; i < 300; i++) {
      int pitch = i % 128;
      file.track(t -> t.note(1, pitch, 9, 0, 5).on(15, 127 - pitch, 9, 1).end(7));
    }
    parse(file.bytes());
    assertThat(score.hangingNotes()).isEqualTo(300);
    assertThat(Arrays.stream(score.ends(), 0, 600).sorted()).startsWith(5, 5).endsWith(7, 7);
    assertThat(Arrays.stream(score.ends(), 0, 600).filter(end -> end == 7)).hasSize(300);
  }

  @Test
  void more_tracks_than_a_header_can_count_are_too_many() throws FileFailure {
    parse(tracks(65_535));
    assertThat(score.trackCount()).isEqualTo(65_535);
    assertTooLarge(tracks(65_536), 14 + 8L * 65_535, "more than 65535 tracks");
  }

  private static byte[] tracks(int count) {
    byte[] head = SmfBuilder.smf().bytes();
    byte[] file = Arrays.copyOf(head, head.length + 8 * count);
    for (int i = 0; i < count; i++) {
      System.arraycopy(new byte[]{'M', 'T', 'r', 'k'}, 0, file, head.length + 8 * i, 4);
    }
    return file;
  }

  @Test
  void more_tempi_than_are_kept_are_too_many() {
    byte[] event = {0, (byte) 0xFF, 0x51, 3, 7, (byte) 0xA1, 0x20};
    int events = EventList.EVENTS_MAX + 1;
    byte[] track = new byte[event.length * events];
    for (int i = 0; i < events; i++) {
      System.arraycopy(event, 0, track, i * event.length, event.length);
    }
    assertTooLarge(SmfBuilder.smf().chunk("MTrk", track).declaredTracks(1).bytes(), 14,
        "more than 4194304 tempi, signatures, resets, or programs and banks");
  }

  private void parse(byte[] file) throws FileFailure { parser.parse(NativeBytes.of(file), 0, file.length); }

  private void assertTooLarge(byte[] file, long offset, String reason) {
    assertThatThrownBy(() -> parse(file)).isInstanceOfSatisfying(FileFailure.class, failure -> {
      assertThat(failure.reason()).isEqualTo(reason);
      assertThat(failure.kind()).isEqualTo(FailureKind.TOO_LARGE);
      assertThat(failure.byteOffset()).isEqualTo(offset);
    });
  }
}
