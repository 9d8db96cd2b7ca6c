package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.Container;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.ParseStatus;
import dev.midifleet.worker.score.Score;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What each kind of damage costs, and what remains readable. */
class SmfParserTest {
  private static final int NOTES_MAX = 5000;

  private final Score score = new Score(256);
  private final SmfParser parser = new SmfParser(score, NOTES_MAX);

  @Test
  void a_sound_file_is_clean() throws FileFailure {
    parse(SmfBuilder.scale());
    assertIssues();
    assertThat(score.noteCount()).isEqualTo(8);
    assertThat(Arrays.copyOf(score.onsets(), 8)).containsExactly(0, 480, 960, 1440, 1920, 2400, 2880, 3360);
    assertThat(Arrays.copyOf(score.ends(), 8)).containsExactly(480, 960, 1440, 1920, 2400, 2880, 3360, 3840);
  }

  @Test
  void overlapping_notes_of_one_pitch_end_in_the_order_in_which_they_began() throws FileFailure {
    parseTrack(t -> t.on(0, 60, 1, 0).on(0, 60, 2, 10).on(0, 60, 3, 20).off(0, 60, 30).onZero(0, 60, 40).off(0, 60, 50)
        .off(0, 60, 60));
    assertIssues(Issue.NOTE_OVERLAP, Issue.NOTE_OFF_STRAY);
    assertThat(Arrays.copyOf(score.ends(), 3)).containsExactly(30, 40, 50);
    assertThat(Issue.statusOf(score.issues())).isEqualTo(ParseStatus.CLEAN);
  }

  @Test
  void the_same_pitch_on_another_channel_is_another_note() throws FileFailure {
    parseTrack(t -> t.note(0, 60, 1, 0, 100).note(1, 60, 1, 10, 10));
    assertIssues();
    assertThat(Arrays.copyOf(score.ends(), 2)).containsExactly(100, 20);
  }

  @Test
  void notes_that_nothing_ends_end_with_their_track() throws FileFailure {
    parseTrack(t -> t.on(0, 60, 9, 0).on(0, 60, 9, 5).on(3, 1, 9, 7).end(100));
    assertIssues(Issue.NOTE_HANGING, Issue.NOTE_OVERLAP);
    assertThat(score.hangingNotes()).isEqualTo(3);
    assertThat(Arrays.copyOf(score.ends(), 3)).containsExactly(100, 100, 100);
  }

  @Test
  void running_status_is_carried_across_meta_and_exclusive_events() throws FileFailure {
    parseRaw(0, 0x90, 60, 64, 0, 0xFF, 1, 1, 'x', 0, 62, 64, 0, 0xF0, 1, 0xF7, 0, 64, 64, 10, 60, 0, 0, 62, 0, 0, 64, 0,
        0, 0xFF, 0x2F, 0);
    assertIssues(Issue.RUNNING_STATUS_CARRIED);
    assertThat(score.noteCount()).isEqualTo(3);
    assertThat(Arrays.copyOf(score.ends(), 3)).containsExactly(10, 10, 10);
  }

  @Test
  void real_time_bytes_leave_running_status_alone() throws FileFailure {
    parseRaw(0, 0x90, 60, 64, 1, 0xF8, 1, 0xFE, 8, 60, 0, 0, 0xF2, 1, 2, 0, 0xFF, 0x2F, 0);
    assertIssues(Issue.SYSTEM_MESSAGE);
    assertThat(score.ends()[0]).isEqualTo(10);
  }

  @Test
  void data_bytes_above_127_are_lowered() throws FileFailure {
    parseRaw(0, 0x90, 0xBC, 0xC8, 10, 60, 0, 0, 0xC0, 0xFF, 0, 0xFF, 0x2F, 0);
    assertIssues(Issue.DATA_BYTE_HIGH);
    assertThat(Score.pitch(score.voices()[0])).isEqualTo(60);
    assertThat(Score.velocity(score.voices()[0])).isEqualTo(127);
    assertThat(score.ends()[0]).isEqualTo(10);
  }

  @Test
  void data_without_a_status_is_passed_over() throws FileFailure {
    parseRaw(0, 1, 2, 3, 0x90, 60, 64, 10, 60, 0, 0, 0xFF, 0x2F, 0);
    assertIssues(Issue.DATA_WITHOUT_STATUS);
    assertThat(score.noteCount()).isEqualTo(1);
  }

  @Test
  void a_quantity_of_more_than_four_bytes_is_read_to_its_end() throws FileFailure {
    parseRaw(0x80, 0x80, 0x80, 0x80, 0x80, 5, 0x90, 60, 64, 0x80, 0x80, 0x80, 10, 60, 0, 0, 0xFF, 0x2F, 0);
    assertIssues(Issue.QUANTITY_TOO_LONG);
    assertThat(score.onsets()[0]).isEqualTo(5);
    assertThat(score.ends()[0]).isEqualTo(15);
  }

  @Test
  void time_stands_still_at_the_last_tick_that_an_int_holds() throws FileFailure {
    int[] far = {0xFF, 0xFF, 0xFF, 0x7F, 0xB0, 7, 7};
    int[] nine = Stream.generate(() -> far).limit(9).flatMapToInt(Arrays::stream).toArray();
    int[] note = {0, 0x90, 60, 64, 10, 60, 0, 0, 0xFF, 0x2F, 0};
    parseRaw(Stream.of(nine, note).flatMapToInt(Arrays::stream).toArray());
    assertIssues(Issue.HUGE_DELTA, Issue.TICKS_CLAMPED);
    assertThat(score.onsets()[0]).isEqualTo(Integer.MAX_VALUE);
    assertThat(score.ends()[0]).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void a_missing_end_of_track_ends_with_the_chunk() throws FileFailure {
    parseTrack(t -> t.note(0, 60, 9, 0, 10).withoutEnd());
    assertIssues(Issue.END_MISSING);
  }

  @Test
  void what_follows_an_end_of_track_is_not_played() throws FileFailure {
    parseRaw(0, 0xFF, 0x2F, 0, 0, 0xFF, 0x2F, 0);
    assertIssues(Issue.DATA_AFTER_END);
    parseRaw(0, 0x90, 60, 64, 9, 60, 0, 0, 0xFF, 0x2F, 0, 0, 0x90, 62, 0, 9, 0x80, 62, 0);
    assertIssues(Issue.DATA_AFTER_END);
    assertThat(Issue.statusOf(score.issues())).isEqualTo(ParseStatus.REPAIRED);
    parseRaw(0, 0x90, 60, 64, 9, 60, 0, 0, 0xFF, 0x2F, 0, 0, 0x90, 62, 64, 9, 62, 0);
    assertIssues(Issue.DATA_AFTER_END, Issue.NOTES_PASSED_OVER);
    assertThat(Issue.statusOf(score.issues())).isEqualTo(ParseStatus.PARTIAL);
    assertThat(score.noteCount()).isEqualTo(1);
  }

  @Test
  void a_second_file_behind_the_first_is_missing_from_it() throws FileFailure {
    byte[] one = SmfBuilder.scale();
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    parse(two);
    assertIssues(Issue.JUNK_AFTER, Issue.NOTES_PASSED_OVER);
    assertThat(score.noteCount()).isEqualTo(8);
  }

  @Test
  void a_wrong_track_length_loses_nothing() throws FileFailure {
    for (int length : new int[]{0, 1, 7, 30, 100_000}) {
      parse(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10).note(0, 61, 9, 20, 10).declaredLength(length))
          .track(t -> t.note(1, 62, 9, 0, 10)).bytes());
      assertThat(score.noteCount()).as("length " + length).isEqualTo(3);
      assertIssues(Issue.TRACK_LENGTH);
    }
  }

  @Test
  void a_length_that_swallows_the_next_track_is_not_believed() throws FileFailure {
    byte[] second = SmfBuilder.smf().withoutHeader().track(t -> t.note(1, 62, 9, 0, 10)).bytes();
    parse(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10).declaredLength(12 + second.length))
        .track(t -> t.note(1, 62, 9, 0, 10)).bytes());
    assertThat(score.noteCount()).isEqualTo(2);
    assertIssues(Issue.TRACK_LENGTH);
  }

  @Test
  void a_file_that_is_cut_off_keeps_what_came_before() throws FileFailure {
    byte[] whole = SmfBuilder.scale();
    // Two bytes into the note-on of the seventh note, which is followed by two note-offs, a note-on and the end.
    parse(Arrays.copyOf(whole, whole.length - 4 - 5 - 4 - 5 - 2));
    assertThat(score.noteCount()).isEqualTo(6);
    assertIssues(Issue.CUT_OFF, Issue.EVENT_CUT, Issue.END_MISSING);
    assertThat(Issue.statusOf(score.issues())).isEqualTo(ParseStatus.PARTIAL);
  }

  @Test
  void the_status_is_partial_when_a_file_is_cut_between_events() throws FileFailure {
    byte[] whole = SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10)).bytes();
    parse(Arrays.copyOf(whole, whole.length - 4));
    assertIssues(Issue.CUT_OFF, Issue.END_MISSING);
  }

  @Test
  void an_event_that_reaches_beyond_its_track_is_dropped() throws FileFailure {
    parse(SmfBuilder.smf().rawTrack(0, 0x90, 60, 64, 10, 60, 0, 0, 0xFF, 1, 50, 'x').track(t -> t.note(0, 9, 9, 0, 9))
        .bytes());
    assertThat(score.noteCount()).isEqualTo(2);
    assertIssues(Issue.EVENT_CUT, Issue.END_MISSING);
  }

  @Test
  void an_exclusive_event_of_wrong_length_ends_at_its_f7() throws FileFailure {
    parseRaw(0, 0xF0, 0x7E, 0x7F, 9, 1, 0xF7, 0, 0x90, 60, 64, 10, 60, 0, 0, 0xFF, 0x2F, 0);
    assertThat(score.noteCount()).isEqualTo(1);
    assertIssues(Issue.SYSEX_LENGTH);
  }

  @Test
  void junk_and_alien_chunks_are_passed_over() throws FileFailure {
    Consumer<SmfBuilder.Track> note = t -> t.note(0, 60, 9, 0, 10);
    parse(SmfBuilder.smf().junkBefore(new byte[128]).track(note).bytes());
    assertIssues(Issue.JUNK_BEFORE_HEADER);
    parse(SmfBuilder.smf().chunk("XFIH", new byte[5]).track(note).bytes());
    assertIssues(Issue.ALIEN_CHUNK);
    assertThat(score.noteCount()).isEqualTo(1);
    parse(SmfBuilder.smf().track(note).junk(1, 2, 3).track(note).bytes());
    assertThat(score.noteCount()).isEqualTo(2);
    assertIssues(Issue.JUNK_BETWEEN_CHUNKS);
    parse(SmfBuilder.smf().track(note).junk(0).bytes());
    assertIssues(Issue.JUNK_AFTER);
  }

  @Test
  void a_header_is_read_whatever_its_length_says() throws FileFailure {
    Consumer<SmfBuilder.Track> note = t -> t.note(0, 60, 9, 0, 10);
    for (byte[] file : new byte[][]{SmfBuilder.smf().headerExtra(1, 2, 3).track(note).bytes(),
        SmfBuilder.smf().declaredHeaderLength(0).track(note).bytes(),
        SmfBuilder.smf().declaredHeaderLength(-1).track(note).bytes()}) {
      parse(file);
      assertThat(score.noteCount()).isEqualTo(1);
      assertIssues(Issue.HEADER_LENGTH);
    }
  }

  @Test
  void wrong_numbers_in_the_header_are_repaired() throws FileFailure {
    Consumer<SmfBuilder.Track> note = t -> t.note(0, 60, 9, 0, 480);
    parse(SmfBuilder.smf().declaredTracks(9).track(note).bytes());
    assertIssues(Issue.TRACK_COUNT);
    parse(SmfBuilder.smf().format(0).track(note).track(note).bytes());
    assertIssues(Issue.FORMAT_0_WITH_TRACKS);
    parse(SmfBuilder.smf().format(77).track(note).bytes());
    assertIssues(Issue.FORMAT_UNKNOWN);
    for (int division : new int[]{0, 0xFFFF, 0xE800}) {
      parse(SmfBuilder.smf().division(division).track(note).bytes());
      assertIssues(Issue.DIVISION_INVALID);
      assertThat(score.tempoMap().secondsAt(480)).isEqualTo(0.5);
    }
  }

  @Test
  void tracks_without_a_header_are_read() throws FileFailure {
    parse(SmfBuilder.smf().withoutHeader().junk(1, 2).track(t -> t.note(0, 60, 9, 0, 10)).bytes());
    assertIssues(Issue.HEADER_MISSING);
    assertThat(score.noteCount()).isEqualTo(1);
  }

  @Test
  void a_wrapped_file_ends_where_its_data_ends() throws FileFailure {
    byte[] wrapped = SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10).end(11)).riff().bytes();
    byte[] followed = Arrays.copyOf(wrapped, wrapped.length + 100);
    parse(followed);
    assertThat(score.container()).isEqualTo(Container.RMID);
    assertIssues();
    assertThat(score.noteCount()).isEqualTo(1);
  }

  @Test
  void smpte_division_ignores_tempo_and_counts_29_as_the_rate_of_ntsc() throws FileFailure {
    parse(SmfBuilder.smf().smpte(25, 40).track(t -> t.tempo(0, 33).note(0, 60, 9, 0, 1000)).bytes());
    assertThat(score.tempoMap().secondsAt(1000)).isEqualTo(1.0);
    assertThat(score.isSmpte()).isTrue();
    parse(SmfBuilder.smf().smpte(29, 100).track(t -> t.note(0, 60, 9, 0, 1000)).bytes());
    assertThat(score.tempoMap().secondsAt(30_000)).isEqualTo(10.01, org.assertj.core.data.Offset.offset(1e-9));
  }

  @Test
  void tempo_events_of_all_tracks_are_one_map() throws FileFailure {
    parse(SmfBuilder.smf().track(t -> t.tempo(480, 60)).track(t -> t.tempo(0, 120).tempo(960, 240).tempoMicros(970, 0)
        .note(0, 60, 9, 0, 1920)).bytes());
    assertIssues(Issue.TEMPO_OUTSIDE_FIRST_TRACK, Issue.TEMPO_INVALID);
    assertThat(score.tempoMap().size()).isEqualTo(3);
    assertThat(score.tempoMap().secondsAt(1920)).isEqualTo(0.5 + 1.0 + 0.5);
  }

  @Test
  void tracks_of_format_2_follow_one_another_each_with_its_own_tempo() throws FileFailure {
    parse(SmfBuilder.smf().format(2).track(t -> t.tempo(0, 60).program(0, 5, 0).note(0, 60, 9, 0, 480))
        .track(t -> t.note(0, 62, 9, 0, 480)).bytes());
    assertIssues();
    assertThat(Arrays.copyOf(score.onsets(), 2)).containsExactly(0, 480);
    assertThat(score.tempoMap().secondsAt(960)).isEqualTo(1.5);
    assertThat(Score.program(score.voices()[1])).isZero();
  }

  @Test
  void signatures_that_cannot_be_are_ignored() throws FileFailure {
    parseTrack(t -> t.meta(0, 0x58, new byte[]{0, 2, 24, 8}).meta(0, 0x59, new byte[]{9, 0})
        .meta(0, 0x58, new byte[]{3, 2}).keySignature(5, -3, true));
    assertIssues(Issue.SIGNATURE_INVALID, Issue.META_LENGTH);
    assertThat(score.timeSignatures().size()).isEqualTo(1);
    assertThat(score.timeSignatures().value(0)).isEqualTo(4 << 8 | 3);
    assertThat(score.keySignatures().tick(0)).isEqualTo(5);
  }

  @Test
  void text_beyond_the_limit_is_cut() throws FileFailure {
    parseTrack(t -> t.text(0, 1, "x".repeat(300)).text(0, 1, "more").text(0, 3, "name"));
    assertIssues(Issue.TEXT_CUT);
    assertThat(score.texts().size()).isEqualTo(2);
    assertThat(score.texts().end(0)).isEqualTo(256);
  }

  @Test
  void a_file_without_a_note_is_a_row_all_the_same() throws FileFailure {
    parse(SmfBuilder.smf().track(t -> t.name("nothing")).bytes());
    assertThat(score.noteCount()).isZero();
    assertIssues();
    parse(SmfBuilder.smf().bytes());
    assertThat(score.trackCount()).isZero();
  }

  @Test
  void what_cannot_be_used_says_why_and_where() {
    assertFailure(new byte[0], FailureKind.EMPTY, 0, "the file has 0 bytes");
    assertFailure("not a midi file".getBytes(StandardCharsets.US_ASCII), FailureKind.NOT_MIDI, 0,
        "neither MThd nor MTrk in 15 bytes");
    assertFailure("MTrk".getBytes(StandardCharsets.US_ASCII), FailureKind.NOT_MIDI, 0,
        "no MThd, and no note in what follows MTrk");
    assertFailure(Arrays.copyOf(SmfBuilder.scale(), 10), FailureKind.MALFORMED, 0,
        "the header needs 14 bytes, 10 are left");
    assertFailure(SmfBuilder.smf().junkBefore(new byte[5]).cutTo(10).bytes(), FailureKind.MALFORMED, 5,
        "the header needs 14 bytes, 5 are left");
    assertFailure(Arrays.copyOf(SmfBuilder.scale(), 14), FailureKind.MALFORMED, 14,
        "the header claims 1 tracks, and there is none");
    assertFailure(SmfBuilder.smf().declaredTracks(3).junk(1, 2, 3).bytes(), FailureKind.MALFORMED, 17,
        "the header claims 3 tracks, and there is none");
  }

  @Test
  void a_file_with_too_many_notes_is_refused_at_the_note_that_was_one_too_many() throws FileFailure {
    parse(notes(NOTES_MAX));
    assertThat(score.noteCount()).isEqualTo(NOTES_MAX);
    assertFailure(notes(NOTES_MAX + 1), FailureKind.TOO_LARGE, 14 + 8 + 4 + 3L * (NOTES_MAX - 1),
        "more than 5000 notes");
    parse(SmfBuilder.scale());
    assertIssues();
  }

  private static byte[] notes(int count) {
    return SmfBuilder.smf().track(t -> {
      t.runningStatus();
      for (int i = 0; i < count; i++) {
        t.on(0, 60, 64, i);
      }
    }).bytes();
  }

  private void parse(byte[] file) throws FileFailure { parser.parse(NativeBytes.of(file), 0, file.length); }

  private void parseTrack(Consumer<SmfBuilder.Track> track) throws FileFailure {
    parse(SmfBuilder.smf().track(track).bytes());
  }

  private void parseRaw(int... track) throws FileFailure { parse(SmfBuilder.smf().rawTrack(track).bytes()); }

  private void assertFailure(byte[] file, FailureKind kind, long offset, String reason) {
    assertThatThrownBy(() -> parse(file)).isInstanceOfSatisfying(FileFailure.class, failure -> {
      assertThat(failure.reason()).isEqualTo(reason);
      assertThat(failure.kind()).isEqualTo(kind);
      assertThat(failure.byteOffset()).isEqualTo(offset);
    });
  }

  private void assertIssues(Issue... expected) {
    assertThat(Arrays.stream(Issue.values()).filter(issue -> issue.isIn(score.issues()))).containsExactlyInAnyOrder(
        expected);
  }
}
