package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
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
    assertThat(facts.get("analyzer_version").asInt()).isEqualTo(1);
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
    assertThat(facts.get("key_margin").asDouble()).isBetween(0.0, 2.0);
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
    List<String> expected = new java.util.ArrayList<>(List.of("path"));
    FactColumns.all().forEach(column -> expected.add(column.name()));
    List<String> names = new java.util.ArrayList<>();
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
        case TEXT, JSONB -> String.class;
        case UUID -> java.util.UUID.class;
        case BITS, SHARES -> byte[].class;
      };
      assertThat(value).as(column.name()).isInstanceOf(type);
      assertThat(column.doc()).as(column.name()).endsWith(".");
      assertThat(column.words().isEmpty()).as(column.name()).isEqualTo(column.type() != FactType.WORD);
    }
  }

  @Test
  void a_failure_has_kind_reason_and_offset_and_no_facts() throws IOException {
    byte[] line = AnalysisJson.line("a \"b\".mid", new FileFailure(FailureKind.MALFORMED, 14, "no track"));
    assertThat(new String(line, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(
        "{\"path\":\"a \\\"b\\\".mid\",\"failure\":\"MALFORMED\",\"reason\":\"no track\",\"byte_offset\":14}\n");
    JsonNode without = MAPPER.readTree(AnalysisJson.line("x",
        new FileFailure(FailureKind.MISSING, FileFailure.NO_OFFSET, "gone")));
    assertThat(without.get("byte_offset").isNull()).isTrue();
  }

  private JsonNode analyze(byte[] file) throws FileFailure, IOException {
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    return MAPPER.readTree(AnalysisJson.line("made.mid", analysis));
  }
}
