package dev.midifleet.worker.analyze;

import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.Issue;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What real files bring, each with a made file, what is read of it, and its bits: the table of docs/reading.md. */
final class ReadingCases {
  /**
   * @param name
   *          what is met
   * @param salvaged
   *          what is read of it
   * @param notes
   *          that are read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Case(String name, String salvaged, byte[] file, int notes, List<Issue> issues) {}

  private static void note(SmfBuilder.Track track) { track.note(0, 60, 9, 0, 480); }

  private final List<Case> cases = new ArrayList<>();

  private ReadingCases() {}

  static List<Case> all() {
    ReadingCases made = new ReadingCases();
    made.containers();
    made.tracks();
    made.events();
    made.time();
    made.notes();
    made.texts();
    return made.cases;
  }

  private void containers() {
    add("RIFF wrapper (RMID, RP-029)", "all of it; `container` says rmid",
        SmfBuilder.smf().track(ReadingCases::note).riff(), 1);
    add("bytes before `MThd` (MacBinary, mail headers)", "all from `MThd` on",
        SmfBuilder.smf().junkBefore(new byte[128]).track(ReadingCases::note), 1, Issue.JUNK_BEFORE_HEADER);
    add("no `MThd`", "the tracks, at 480 ticks a quarter note; NOT_MIDI if they hold no note",
        SmfBuilder.smf().withoutHeader().track(ReadingCases::note), 1, Issue.HEADER_MISSING);
    add("header longer than 6 bytes", "its six fields; the chunks after all of it",
        SmfBuilder.smf().headerExtra(1, 2, 3).track(ReadingCases::note), 1, Issue.HEADER_LENGTH);
    add("header's length wrong", "its six fields; the chunks right after them",
        SmfBuilder.smf().declaredHeaderLength(0).track(ReadingCases::note), 1, Issue.HEADER_LENGTH);
    add("format that is none of 0, 1, 2", "all tracks, as format 1",
        SmfBuilder.smf().format(77).track(ReadingCases::note), 1,
        Issue.FORMAT_UNKNOWN);
    add("format 0 with several tracks", "all tracks together",
        SmfBuilder.smf().format(0).track(ReadingCases::note).track(ReadingCases::note), 2,
        Issue.FORMAT_0_WITH_TRACKS);
    add("format 2",
        "all tracks, one after the other in time, each with its own tempo; a time signature holds until the next",
        SmfBuilder.smf().format(2).track(ReadingCases::note).track(ReadingCases::note), 2);
    add("track count wrong", "the tracks that are there", SmfBuilder.smf().declaredTracks(9).track(ReadingCases::note),
        1,
        Issue.TRACK_COUNT);
    add("bytes between chunks", "all tracks",
        SmfBuilder.smf().track(ReadingCases::note).junk(1, 2, 3).track(ReadingCases::note), 2,
        Issue.JUNK_BETWEEN_CHUNKS);
    add("bytes after the last chunk", "all tracks", SmfBuilder.smf().track(ReadingCases::note).junk(0), 1,
        Issue.JUNK_AFTER);
    add("another whole file after the last chunk", "the first file",
        twice(SmfBuilder.scale()), 8, Issue.JUNK_AFTER, Issue.NOTES_PASSED_OVER);
    add("chunks of another kind (XFIH and the like)", "all tracks, as RP-001 asks for",
        SmfBuilder.smf().chunk("XFIH", new byte[5]).track(ReadingCases::note), 1, Issue.ALIEN_CHUNK);
  }

  private void tracks() {
    for (int length : new int[]{0, 7, 100_000}) {
      add("track length " + (length == 0 ? "zero" : length == 7 ? "too small" : "too large"),
          "the track to its end-of-track event, or to the next `MTrk`",
          SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10).declaredLength(length)).track(ReadingCases::note), 2,
          Issue.TRACK_LENGTH);
    }
    byte[] scale = SmfBuilder.scale();
    add("file cut off between events", "all before", Arrays.copyOf(scale, scale.length - 4), 8, Issue.CUT_OFF,
        Issue.END_MISSING);
    add("file cut off within an event", "all before; what sounds ends with the track",
        Arrays.copyOf(scale, scale.length - 6), 8, Issue.CUT_OFF, Issue.EVENT_CUT, Issue.END_MISSING,
        Issue.NOTE_HANGING);
    add("end of track missing", "the whole chunk", SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 10).withoutEnd()), 1,
        Issue.END_MISSING);
    add("end of track doubled", "all before the first",
        raw(0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0, 0, 0xFF, 0x2F, 0),
        1, Issue.DATA_AFTER_END);
    add("end of track early", "all before it: no player plays the rest",
        raw(0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0, 0, 0x90, 62, 9, 9, 62, 0), 1, Issue.DATA_AFTER_END,
        Issue.NOTES_PASSED_OVER);
    add("event that reaches beyond its track", "all before it",
        SmfBuilder.smf().rawTrack(0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 1, 50, 'x').track(ReadingCases::note), 2,
        Issue.EVENT_CUT,
        Issue.END_MISSING);
  }

  private void events() {
    add("running status across meta and exclusive events", "the notes it means",
        raw(0, 0x90, 60, 9, 0, 0xFF, 1, 1, 'x', 0, 62, 9, 9, 60, 0, 0, 62, 0, 0, 0xFF, 0x2F, 0), 2,
        Issue.RUNNING_STATUS_CARRIED);
    add("data without any status", "all from the next status on",
        raw(0, 1, 2, 3, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.DATA_WITHOUT_STATUS);
    add("data bytes above 127", "velocities and values as 127, pitches without their top bit",
        raw(0, 0x90, 0xBC, 0xC8, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.DATA_BYTE_HIGH);
    add("variable-length quantity of more than 4 bytes", "its value, to its last byte; one above 268,435,455 as that",
        raw(0x80, 0x80, 0x80, 0x80, 5, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.QUANTITY_TOO_LONG);
    add("system real-time and common messages in a track", "all but them; running status goes on after real-time ones",
        raw(0, 0x90, 60, 9, 1, 0xF8, 8, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.SYSTEM_MESSAGE);
    add("meta event of a length that is not its type's", "its value where enough of it is there",
        raw(0, 0xFF, 0x58, 2, 3, 2, 0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.META_LENGTH);
    add("system exclusive event of wrong length", "all after its F7",
        raw(0, 0xF0, 0x7E, 0x7F, 9, 1, 0xF7, 0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1, Issue.SYSEX_LENGTH);
    add("time or key signature that cannot be", "all but it",
        SmfBuilder.smf().track(t -> t.meta(0, 0x59, new byte[]{9, 0}).note(0, 60, 9, 0, 9)), 1,
        Issue.SIGNATURE_INVALID);
    add("GS, XG and GM2 resets that move the drums", "drums as the sound set has them, in the order of time",
        SmfBuilder.smf()
            .track(t -> t.sysex(0, 0x41, 0x10, 0x42, 0x12, 0x40, 0x11, 0x15, 2, 0x18, 0xF7).note(0, 36, 9, 0, 9)),
        1);
  }

  private void time() {
    add("SMPTE division", "seconds by frames; tempo events do not count",
        SmfBuilder.smf().smpte(25, 40).track(ReadingCases::note),
        1);
    add("division 0, or no SMPTE rate", "all, at 480 ticks a quarter note",
        SmfBuilder.smf().division(0).track(ReadingCases::note), 1,
        Issue.DIVISION_INVALID);
    add("tempo 0", "all but it", SmfBuilder.smf().track(t -> t.tempoMicros(0, 0).note(0, 60, 9, 0, 9)), 1,
        Issue.TEMPO_INVALID);
    add("tempo events outside the first track", "one tempo map of all tracks",
        SmfBuilder.smf().track(ReadingCases::note).track(t -> t.tempo(0, 90)), 1, Issue.TEMPO_OUTSIDE_FIRST_TRACK);
    add("first tempo after tick 0", "120 BPM until then",
        SmfBuilder.smf().track(t -> t.tempo(480, 60).note(0, 60, 9, 0, 960)), 1);
    add("huge delta times", "all, where they say", raw(0x81, 0x80, 0x80, 0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0), 1,
        Issue.HUGE_DELTA);
    int[] far = {0xFF, 0xFF, 0xFF, 0x7F, 0xB0, 7, 7};
    int[] track = new int[9 * far.length + 11];
    for (int i = 0; i < 9; i++) {
      System.arraycopy(far, 0, track, i * far.length, far.length);
    }
    System.arraycopy(new int[]{0, 0x90, 60, 9, 9, 60, 0, 0, 0xFF, 0x2F, 0}, 0, track, 9 * far.length, 11);
    add("time beyond 2,147,483,647 ticks", "all; time stands still there", raw(track), 1, Issue.HUGE_DELTA,
        Issue.TICKS_CLAMPED);
  }

  private void notes() {
    add("note-on with velocity 0", "as the note-off that it is",
        SmfBuilder.smf().track(t -> t.on(0, 60, 9, 0).onZero(0, 60, 9)), 1);
    add("notes never ended", "they end with their track; `hanging_notes` counts them",
        SmfBuilder.smf().track(t -> t.on(0, 60, 9, 0).end(9)), 1, Issue.NOTE_HANGING);
    add("notes ended twice", "the first end counts",
        SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 9).off(0, 60, 10)), 1, Issue.NOTE_OFF_STRAY);
    add("notes that overlap on one pitch", "first in, first out",
        SmfBuilder.smf().track(t -> t.on(0, 60, 9, 0).on(0, 60, 9, 5).off(0, 60, 9).off(0, 60, 12)), 2,
        Issue.NOTE_OVERLAP);
    add("no note at all", "a row with `total_notes` 0", SmfBuilder.smf().track(t -> t.name("nothing")), 0);
  }

  private void texts() {
    text("text in UTF-8", "as it is", "Für Elise", StandardCharsets.UTF_8);
    text("text in Latin-1", "as it is; `charset` says which", "Für Elise", StandardCharsets.ISO_8859_1);
    text("text in Shift-JIS, or another character set", "by evidence (below)", "荒城の月", Charset.forName("windows-31j"));
    text("NUL bytes and control characters in text", "without them", "a\0b\u0001", StandardCharsets.US_ASCII);
    add("bytes that no character set has", "shown as `\\xE9`",
        SmfBuilder.smf()
            .track(t -> t.meta(0, 3, new byte[]{'F', (byte) 0xFC, 'r', ' ', (byte) 0x81, 'x'}).note(0, 60, 9, 0, 9)),
        1,
        Issue.TEXT_UNDECODABLE);
    add("more text than is kept", "what fits", SmfBuilder.smf().track(t -> t.text(0, 1, "x".repeat(1100))
        .note(0, 60, 9, 0, 9)), 1, Issue.TEXT_CUT);
    add("karaoke (.kar, RP-017, RP-026)", "title, artist and words by their conventions",
        SmfBuilder.smf().track(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "\\la").note(0, 60, 9, 0, 9)), 1);
  }

  private void text(String name, String salvaged, String text, Charset charset) {
    add(name, salvaged, SmfBuilder.smf().track(t -> t.meta(0, 3, text.getBytes(charset)).note(0, 60, 9, 0, 9)), 1);
  }

  private static byte[] twice(byte[] file) {
    byte[] both = Arrays.copyOf(file, 2 * file.length);
    System.arraycopy(file, 0, both, file.length, file.length);
    return both;
  }

  private static SmfBuilder raw(int... track) { return SmfBuilder.smf().rawTrack(track); }

  private void add(String name, String salvaged, SmfBuilder file, int notes, Issue... issues) {
    add(name, salvaged, file.bytes(), notes, issues);
  }

  private void add(String name, String salvaged, byte[] file, int notes, Issue... issues) {
    cases.add(new Case(name, salvaged, file, notes, List.of(issues)));
  }
}
