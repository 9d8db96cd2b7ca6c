package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Issue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every column on made files, worked out by hand; read back from the JSON, so that its form is tested too. */
class FileAnalyzerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 4096, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();

  @Test
  void a_scale_has_the_facts_that_one_works_out_by_hand() throws Exception {
    JsonNode facts = analyze(SmfBuilder.scale());

    assertThat(facts.get("path").asText()).isEqualTo("made.mid");
    assertThat(facts.get("content_hash").asText()).hasSize(36);
    assertThat(facts.get("analyzer_version").asInt()).isEqualTo(AnalyzerVersion.CURRENT);
    assertThat(facts.get("parse_status").asText()).isEqualTo("clean");
    assertThat(facts.get("issue_bits").asLong()).isZero();
    assertThat(facts.get("hanging_notes").asInt()).isZero();
    assertThat(facts.get("container").asText()).isEqualTo("smf");
    assertThat(facts.get("midi_format").asInt()).isZero();
    assertThat(facts.get("division").asInt()).isEqualTo(480);
    assertThat(facts.get("is_smpte").asBoolean(true)).isFalse();
    assertThat(facts.get("track_count").asInt()).isEqualTo(1);
    assertThat(facts.get("duration_seconds").asDouble()).isEqualTo(4.0);
    assertThat(facts.get("duration_ticks").asLong()).isEqualTo(3840);
    assertThat(facts.get("tempo_bpm").asDouble()).isEqualTo(120);
    assertThat(facts.get("tempo_source").asText()).isEqualTo("map");
    assertThat(facts.get("bpm_confidence").asDouble()).isEqualTo(0.5);
    assertThat(facts.get("has_tempo_changes").asBoolean(true)).isFalse();
    assertThat(facts.get("tempo_change_count").asInt(-1)).isZero();
    assertThat(facts.get("tempo_changes").isNull()).isTrue();
    assertThat(facts.get("detected_key").asText()).isEqualTo("C major");
    assertThat(facts.get("key_second").asText()).isNotEqualTo("C major");
    assertThat(facts.get("key_confidence").asDouble()).isBetween(0.5, 1.0);
    assertThat(facts.get("key_margin").asDouble()).isPositive();
    assertThat(facts.get("key_signature").isNull()).isTrue();
    assertThat(facts.get("time_signature_numerator").asInt()).isEqualTo(4);
    assertThat(facts.get("time_signature_denominator").asInt()).isEqualTo(4);
    assertThat(facts.get("total_notes").asInt()).isEqualTo(8);
    assertThat(facts.get("drum_notes").asInt(-1)).isZero();
    assertThat(facts.get("unique_pitches").asInt()).isEqualTo(8);
    assertThat(facts.get("pitch_range_min").asInt()).isEqualTo(60);
    assertThat(facts.get("pitch_range_max").asInt()).isEqualTo(72);
    assertThat(facts.get("avg_velocity").asDouble()).isEqualTo(80);
    assertThat(facts.get("velocity_sd").asDouble(-1)).isZero();
    assertThat(facts.get("velocity_distinct").asInt()).isEqualTo(1);
    assertThat(facts.get("note_density").asDouble()).isEqualTo(2);
    assertThat(facts.get("polyphony_max").asInt()).isEqualTo(1);
    assertThat(facts.get("polyphony_avg").asDouble()).isEqualTo(1);
    assertThat(facts.get("polyphony_rate").asDouble(-1)).isZero();
    assertThat(facts.get("is_monophonic").asBoolean()).isTrue();
    assertThat(facts.get("is_polyphonic").asBoolean(true)).isFalse();
    assertThat(facts.get("is_percussive").asBoolean(true)).isFalse();
    assertThat(MAPPER.convertValue(facts.get("pitch_class_histogram"), double[].class)).containsExactly(0.25, 0, 0.125,
        0, 0.125, 0.125, 0, 0.125, 0, 0.125, 0, 0.125);
    assertThat(facts.get("programs").toString()).isEqualTo("[0]");
    assertThat(facts.get("families").toString()).isEqualTo("[0]");
    assertThat(facts.get("drum_keys").toString()).isEqualTo("[]");
    assertThat(facts.get("channels").toString()).isEqualTo("[0]");
    assertThat(facts.get("primary_program").asInt(-1)).isZero();
    assertThat(facts.get("gm_system").isNull()).isTrue();
    assertThat(facts.get("title").isNull()).isTrue();
    assertThat(facts.get("is_karaoke").asBoolean(true)).isFalse();
    assertThat(facts.get("charset").isNull()).isTrue();
  }

  @Test
  void every_column_is_in_the_json_once_and_in_order() throws Exception {
    JsonNode facts = analyze(SmfBuilder.scale());
    List<String> expected = new ArrayList<>(List.of("path"));
    FactColumns.all().forEach(column -> expected.add(column.name()));
    List<String> names = new ArrayList<>();
    facts.fieldNames().forEachRemaining(names::add);
    assertThat(names).isEqualTo(expected);
    assertThat(new TreeSet<>(names)).hasSameSizeAs(names);
  }

  @Test
  void a_value_has_the_java_type_of_its_column() throws Exception {
    analyze(SmfBuilder.scale());
    for (FactColumn column : FactColumns.all()) {
      Object value = column.boxed(analysis);
      assertThat(column.isNull(analysis)).as(column.name()).isEqualTo(value == null);
      if (value == null) continue;
      Class<?> type = switch (column.type()) {
        case REAL -> Float.class;
        case DOUBLE -> Double.class;
        case SMALLINT, WORD -> Short.class;
        case INTEGER -> Integer.class;
        case BIGINT -> Long.class;
        case BOOLEAN -> Boolean.class;
        case TEXT, JSON -> String.class;
        case UUID -> UUID.class;
        case BITS, SHARES, NUMBERS, CHORDS, TEMPI, CONTROLLERS -> byte[].class;
      };
      assertThat(value).as(column.name()).isInstanceOf(type);
      assertThat(column.doc()).as(column.name()).endsWith(".");
      assertThat(column.words().isEmpty()).as(column.name()).isEqualTo(column.type() != FactType.WORD);
    }
  }

  @Test
  void a_failure_has_kind_reason_and_offset_and_no_facts() throws IOException {
    byte[] line = AnalysisJson.line("a \"b\".mid", new FileFailure(FailureKind.MALFORMED, 14, "no track"));
    assertThat(new String(line, StandardCharsets.UTF_8)).isEqualTo(
        "{\"path\":\"a \\\"b\\\".mid\",\"failure\":\"MALFORMED\",\"reason\":\"no track\",\"byte_offset\":14}\n");
    JsonNode without = MAPPER.readTree(AnalysisJson.line("x",
        new FileFailure(FailureKind.MISSING, FileFailure.NO_OFFSET, "gone")));
    assertThat(without.get("byte_offset").isNull()).isTrue();
  }

  @Test
  void counts_and_spreads_of_notes() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf()
        .track(t -> t.tempo(0, 60).note(0, 10, 20, 480, 480).note(0, 100, 40, 480, 960)
            .note(9, 127, 60, 960, 480).note(9, 35, 60, 960, 480).program(1, 40, 0).note(1, 64, 20, 960, 480)
            .note(1, 64, 20, 0, 480))
        .bytes());
    assertThat(facts.get("total_notes").asInt()).isEqualTo(6);
    assertThat(facts.get("drum_notes").asInt()).isEqualTo(2);
    assertThat(facts.get("unique_pitches").asInt()).isEqualTo(3);
    assertThat(facts.get("pitch_range_min").asInt()).isEqualTo(10);
    assertThat(facts.get("pitch_range_max").asInt()).isEqualTo(100);
    assertThat(facts.get("avg_velocity").floatValue()).isEqualTo((float) (220 / 6.0));
    // Of 20 three times, 40, and 60 twice: mean 36.67, mean of squares 1,666.67.
    assertThat(facts.get("velocity_sd").floatValue())
        .isEqualTo((float) Math.sqrt(10_000 / 6.0 - Math.pow(220 / 6.0, 2)));
    assertThat(facts.get("velocity_distinct").asInt()).isEqualTo(3);
    assertThat(facts.get("note_density").asDouble()).isEqualTo(2.0);
    assertThat(facts.get("duration_seconds").asDouble()).isEqualTo(3.0);
    assertThat(facts.get("drum_keys").toString()).isEqualTo("[35,127]");
    assertThat(facts.get("channels").toString()).isEqualTo("[0,1,9]");
    assertThat(facts.get("programs").toString()).isEqualTo("[0,40]");
    assertThat(facts.get("families").toString()).isEqualTo("[0,5]");
    assertThat(facts.get("primary_program").asInt(-1)).isZero();
    assertThat(facts.get("bpm_confidence").floatValue()).isEqualTo(0.9f);
  }

  @Test
  void a_file_without_notes_knows_little() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.end(100)).bytes());
    assertThat(facts.get("total_notes").asInt(-1)).isZero();
    assertThat(facts.get("duration_seconds").asDouble(-1)).isZero();
    assertThat(facts.get("tempo_bpm").asInt()).isEqualTo(120);
    assertThat(facts.get("tempo_source").asText()).isEqualTo("smf_default");
    assertThat(facts.get("programs").toString()).isEqualTo("[]");
    for (String name : List.of("pitch_range_min", "avg_velocity", "velocity_sd", "note_density", "polyphony_avg",
        "polyphony_rate", "detected_key", "key_second", "key_margin", "key_confidence", "pitch_class_histogram",
        "primary_program", "bpm_initial", "bpm_min", "bpm_max", "time_signature_numerator", "lyrics", "track_names")) {
      assertThat(facts.get(name).isNull()).as(name).isTrue();
    }
    for (String name : List.of("is_monophonic", "is_polyphonic", "is_percussive")) {
      assertThat(facts.get(name).asBoolean(true)).as(name).isFalse();
    }
  }

  @Test
  void tempo_is_weighted_by_time_between_the_first_and_the_last_note() throws Exception {
    // One quarter at 60 and one at 120 take 1.5 s; what is before the first note does not count.
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.tempo(0, 200).tempo(480, 60))
        .track(t -> t.tempo(960, 120).note(0, 60, 9, 480, 960)).track(t -> t.tempo(1440, 30)).bytes());
    assertThat(facts.get("tempo_bpm").floatValue()).isEqualTo(80f);
    assertThat(facts.get("bpm_initial").asDouble()).isEqualTo(60);
    assertThat(facts.get("bpm_min").asDouble()).isEqualTo(60);
    assertThat(facts.get("bpm_max").asDouble()).isEqualTo(120);
    assertThat(facts.get("has_tempo_changes").asBoolean()).isTrue();
    assertThat(facts.get("tempo_change_count").asInt()).isEqualTo(3);
    assertThat(facts.get("tempo_changes").toString()).isEqualTo("[{\"tick\":0,\"second\":0,\"bpm\":200},"
        + "{\"tick\":480,\"second\":0.3,\"bpm\":60},{\"tick\":960,\"second\":1.3,\"bpm\":120},"
        + "{\"tick\":1440,\"second\":1.8,\"bpm\":30}]");
  }

  @Test
  void a_list_of_changes_is_cut_and_their_number_is_not() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 1000; i++) {
        t.tempoMicros(i, 500_000 + i).timeSignature(i, 1 + i % 7, 4).keySignature(i, i % 7, false);
      }
      t.note(0, 60, 9, 0, 2000);
    }).bytes());
    assertThat(facts.get("tempo_changes")).hasSize(256);
    assertThat(facts.get("tempo_change_count").asInt()).isEqualTo(999);
    assertThat(facts.get("time_signature_changes")).hasSize(256);
    assertThat(facts.get("key_changes")).hasSize(256);
  }

  @Test
  void signatures_are_what_the_file_says_and_repeats_are_no_changes() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 6, 8).keySignature(0, -7, true)
        .timeSignature(480, 6, 8).keySignature(960, 7, false)).track(t -> t.timeSignature(0, 3, 4)).bytes());
    assertThat(facts.get("time_signature_numerator").asInt()).isEqualTo(6);
    assertThat(facts.get("time_signature_denominator").asInt()).isEqualTo(8);
    assertThat(facts.get("has_time_signature_changes").asBoolean(true)).isFalse();
    assertThat(facts.get("time_signature_changes").isNull()).isTrue();
    JsonNode changing = analyze(SmfBuilder.smf().track(t -> t.timeSignature(0, 3, 4).timeSignature(1440, 6, 8)
        .note(0, 60, 9, 0, 4000)).bytes());
    assertThat(changing.get("has_time_signature_changes").asBoolean()).isTrue();
    assertThat(changing.get("time_signature_changes").toString())
        .isEqualTo("[{\"tick\":0,\"second\":0,\"numerator\":3,\"denominator\":4},"
            + "{\"tick\":1440,\"second\":1.5,\"numerator\":6,\"denominator\":8}]");
    assertThat(facts.get("key_signature").asText()).isEqualTo("Ab minor");
    assertThat(facts.get("has_key_changes").asBoolean()).isTrue();
    assertThat(facts.get("key_changes").toString()).isEqualTo(
        "[{\"tick\":0,\"second\":0,\"key\":\"Ab minor\"},{\"tick\":960,\"second\":1,\"key\":\"C# major\"}]");
  }

  @Test
  void of_signatures_at_one_tick_the_first_counts_even_if_it_repeats_what_stands() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf()
        .track(t -> t.timeSignature(0, 4, 4).timeSignature(1920, 4, 4).keySignature(0, 0, false)
            .keySignature(1920, 0, false).note(0, 60, 9, 0, 3840))
        .track(t -> t.timeSignature(1920, 3, 4).keySignature(1920, 2, false)).bytes());
    assertThat(facts.get("has_time_signature_changes").asBoolean(true)).isFalse();
    assertThat(facts.get("has_key_changes").asBoolean(true)).isFalse();
    assertThat(facts.get("bars").asInt()).isEqualTo(2);
  }

  @Test
  void a_note_that_belongs_to_no_bar_has_no_structure() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 1919, 1)).bytes());
    assertThat(facts.get("structure_data").isNull()).isTrue();
    assertThat(facts.get("empty_beat_rate").isNull()).isTrue();
  }

  @Test
  void the_key_is_found_on_every_tonic_and_never_read_from_the_signature() throws Exception {
    String[] names = {"C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};
    for (int tonic = 0; tonic < 12; tonic++) {
      int base = 48 + tonic;
      JsonNode facts = analyze(SmfBuilder.smf().track(t -> {
        t.keySignature(0, 3, true);
        int[] tune = {0, 4, 7, 5, 4, 2, 0, 7, 11, 12};
        for (int i = 0; i < tune.length; i++) {
          t.note(0, base + tune[i], 64, i * 480L, 480);
        }
        t.note(9, base + 1, 64, 0, 100_000);
      }).bytes());
      assertThat(facts.get("detected_key").asText()).isEqualTo(names[tonic] + " major");
      assertThat(facts.get("key_signature").asText()).isEqualTo("F# minor");
    }
  }

  @Test
  void a_key_needs_eight_notes_and_three_pitch_classes() throws Exception {
    assertThat(analyze(melody(60, 62, 64, 65, 67, 69, 71)).get("detected_key").isNull()).isTrue();
    assertThat(analyze(melody(60, 67, 60, 67, 60, 67, 60, 67)).get("detected_key").isNull()).isTrue();
    assertThat(analyze(melody(60, 67, 64, 67, 60, 67, 60, 67)).get("detected_key").asText()).isEqualTo("C major");
    assertThat(analyze(melody(60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71)).get("detected_key").isNull()).isTrue();
  }

  @Test
  void the_key_of_every_minor_tonic_is_named_as_it_is_written() throws Exception {
    String[] names = {"C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"};
    for (int tonic = 0; tonic < 12; tonic++) {
      int[] tune = {0, 3, 7, 8, 7, 5, 3, 2, 0, 11, 12, 7, 3, 0};
      for (int i = 0; i < tune.length; i++) {
        tune[i] += 48 + tonic;
      }
      assertThat(analyze(melody(tune)).get("detected_key").asText()).isEqualTo(names[tonic] + " minor");
    }
  }

  @Test
  void the_primary_program_has_most_notes_and_the_lowest_number_only_among_equals() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.program(0, 3, 0).program(1, 70, 0).program(2, 127, 0)
        .note(0, 60, 9, 0, 5).note(1, 60, 9, 0, 5).note(1, 61, 9, 0, 5).note(2, 60, 9, 0, 5).note(2, 61, 9, 0, 5))
        .bytes());
    assertThat(facts.get("primary_program").asInt()).isEqualTo(70);
    assertThat(facts.get("programs").toString()).isEqualTo("[3,70,127]");
    assertThat(facts.get("families").toString()).isEqualTo("[0,8,15]");
  }

  @Test
  void a_reset_after_the_first_note_says_nothing_of_it() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.note(0, 60, 9, 0, 5).sysex(960, 0x7E, 0x7F, 9, 1, 0xF7)
        .note(0, 60, 9, 970, 5)).bytes());
    assertThat(facts.get("gm_system").isNull()).isTrue();
  }

  @Test
  void a_gs_reset_is_recognised() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t
        .sysex(0, 0x41, 0x10, 0x42, 0x12, 0x40, 0x00, 0x7F, 0x00, 0x41, 0xF7).note(0, 60, 9, 20, 5)).bytes());
    assertThat(facts.get("gm_system").asText()).isEqualTo("gs");
  }

  @Test
  void only_the_first_track_names_the_piece_and_a_sequence_number_is_no_name() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.meta(0, 0, new byte[]{0, 65}).note(0, 60, 9, 0, 5))
        .track(t -> t.name("Bass").note(1, 40, 9, 0, 5)).bytes());
    assertThat(facts.get("title").isNull()).isTrue();
    assertThat(facts.get("track_names").toString()).contains("Bass");
    assertThat(facts.get("charset").asText()).isEqualTo("ascii");
  }

  @Test
  void systems_and_wrappers_are_named() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().track(t -> t.sysex(0, 0x7E, 0x7F, 9, 1, 0xF7)
        .sysex(10, 0x43, 0x10, 0x4C, 0, 0, 0x7E, 0, 0xF7).note(0, 60, 9, 20, 5).sysex(30, 0x7E, 0x7F, 9, 3, 0xF7))
        .riff()
        .bytes());
    assertThat(facts.get("gm_system").asText()).isEqualTo("xg");
    assertThat(facts.get("container").asText()).isEqualTo("rmid");
  }

  @Test
  void a_damaged_file_says_so() throws Exception {
    JsonNode facts = analyze(SmfBuilder.smf().declaredTracks(7).track(t -> t.on(0, 60, 9, 0).end(480)).bytes());
    assertThat(facts.get("parse_status").asText()).isEqualTo("repaired");
    assertThat(facts.get("issue_bits").asLong()).isEqualTo(Issue.TRACK_COUNT.bit() | Issue.NOTE_HANGING.bit());
    assertThat(facts.get("hanging_notes").asInt()).isEqualTo(1);
  }

  @Test
  void a_hash_that_is_known_is_taken_as_it_is() throws Exception {
    byte[] file = SmfBuilder.scale();
    UUID hash = new UUID(1, 2);
    analyzer.analyze(NativeBytes.of(file), 0, file.length, hash, analysis);
    assertThat(analysis.contentHash()).isEqualTo(hash);
  }

  @Test
  void nothing_of_one_file_is_left_in_the_next() throws Exception {
    byte[] full = SmfBuilder.smf().track(t -> {
      t.tempo(0, 50).tempo(100, 70).timeSignature(0, 3, 4).keySignature(0, 1, false).name("x").text(0, 5, "la")
          .text(0, 2, "(c)").sysex(0, 0x7E, 0x7F, 9, 1, 0xF7);
      for (int i = 0; i < 5000; i++) {
        t.note(i % 16, i % 128, 1 + i % 127, i, 100);
      }
    }).track(t -> t.on(0, 1, 1, 0)).bytes();
    String fresh = analyze(SmfBuilder.scale()).toString();
    analyze(full);
    assertThat(analyze(SmfBuilder.scale()).toString()).isEqualTo(fresh);
  }

  @Test
  void a_file_may_begin_anywhere_in_its_segment() throws Exception {
    byte[] file = SmfBuilder.scale();
    byte[] padded = new byte[13 + file.length + SmfParser.SLACK];
    System.arraycopy(file, 0, padded, 13, file.length);
    String expected = analyze(file).toString();
    analyzer.analyze(NativeBytes.of(padded), 13, file.length, analysis);
    assertThat(MAPPER.readTree(AnalysisJson.line("made.mid", analysis)).toString()).isEqualTo(expected);
  }

  private static byte[] melody(int... pitches) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < pitches.length; i++) {
        t.note(0, pitches[i], 64, i * 480L, 480);
      }
    }).bytes();
  }

  private JsonNode analyze(byte[] file) throws FileFailure, IOException {
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    return MAPPER.readTree(AnalysisJson.line("made.mid", analysis));
  }
}
