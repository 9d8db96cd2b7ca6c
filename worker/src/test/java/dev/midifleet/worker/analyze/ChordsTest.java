package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ChordsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String[] ROOTS = {"C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"};
  private static final Map<String, int[]> TYPES = new LinkedHashMap<>();

  static {
    TYPES.put("maj", new int[]{0, 4, 7});
    TYPES.put("min", new int[]{0, 3, 7});
    TYPES.put("dim", new int[]{0, 3, 6});
    TYPES.put("aug", new int[]{0, 4, 8});
    TYPES.put("sus4", new int[]{0, 5, 7});
    TYPES.put("sus2", new int[]{0, 2, 7});
    TYPES.put("7", new int[]{0, 4, 7, 10});
    TYPES.put("maj7", new int[]{0, 4, 7, 11});
    TYPES.put("min7", new int[]{0, 3, 7, 10});
    TYPES.put("hdim7", new int[]{0, 3, 6, 10});
    TYPES.put("dim7", new int[]{0, 3, 6, 9});
    TYPES.put("minmaj7", new int[]{0, 3, 7, 11});
    TYPES.put("maj6", new int[]{0, 4, 7, 9});
    TYPES.put("min6", new int[]{0, 3, 7, 9});
    TYPES.put("9", new int[]{0, 4, 7, 10, 14});
    TYPES.put("maj9", new int[]{0, 4, 7, 11, 14});
    TYPES.put("min9", new int[]{0, 3, 7, 10, 14});
  }

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();

  @Test
  void every_type_is_recognised_on_every_root() throws Exception {
    for (int root = 0; root < 12; root++) {
      SmfBuilder song = SmfBuilder.smf();
      List<String> expected = new ArrayList<>();
      int base = root;
      song.track(t -> {
        int bar = 0;
        for (Map.Entry<String, int[]> type : TYPES.entrySet()) {
          // Roots a tritone and a semitone apart by turns, so that no chord runs into the next.
          int on = (base + 7 * bar) % 12;
          chord(t, bar++ * 1920L, 1920, on, type.getValue());
          expected.add(ROOTS[on] + ":" + type.getKey());
        }
      });
      analyze(song.bytes());
      assertThat(chords()).isEqualTo(expected);
      assertThat(analysis.hasSeventhChords).isTrue();
      assertThat(analysis.hasExtendedChords).isTrue();
    }
  }

  @Test
  void a_cadence_has_the_facts_that_one_works_out_by_hand() throws Exception {
    analyze(cadence(0));
    assertThat(analysis.hasChords).isTrue();
    assertThat(progression()).isEqualTo("[{\"tick\":0,\"second\":0,\"chord\":\"C:maj\"},"
        + "{\"tick\":1920,\"second\":2,\"chord\":\"A:min\"},{\"tick\":3840,\"second\":4,\"chord\":\"F:maj\"},"
        + "{\"tick\":5760,\"second\":6,\"chord\":\"G:7\"},{\"tick\":7680,\"second\":8,\"chord\":\"C:maj\"}]");
    assertThat(analysis.chordTypes).isEqualTo("{\"maj\":0.6,\"min\":0.2,\"7\":0.2}");
    assertThat(analysis.hasSeventhChords).isTrue();
    assertThat(analysis.hasExtendedChords).isFalse();
    assertThat(analysis.chordChangeRate).isEqualTo(4 / 5.0);
    double entropy = -(0.4 * Math.log(0.4) + 3 * 0.2 * Math.log(0.2)) / Math.log(24);
    assertThat(analysis.chordComplexityScore).isEqualTo((0.2 * 0.5 + entropy) / 2, Offset.offset(1e-9));
  }

  @Test
  void a_recording_off_the_grid_has_the_same_chords() throws Exception {
    for (int shift = 20; shift < 480; shift += 20) {
      analyze(cadence(shift));
      assertThat(chords()).as("shift " + shift).containsExactly("C:maj", "A:min", "F:maj", "G:7", "C:maj");
      JsonNode second = MAPPER.readTree(progression()).get(1);
      assertThat(second.get("tick").asInt()).isEqualTo(1920 + shift);
    }
  }

  @Test
  void a_short_rest_belongs_to_the_chord_before_and_a_long_one_to_none() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      chord(t, 0, 960, 0, 0, 4, 7);
      chord(t, 1920, 960, 0, 0, 4, 7);
      chord(t, 4320, 960, 7, 0, 4, 7);
    }).bytes());
    assertThat(progression()).isEqualTo("[{\"tick\":0,\"second\":0,\"chord\":\"C:maj\"},"
        + "{\"tick\":2880,\"second\":3,\"chord\":\"N\"},{\"tick\":4320,\"second\":4.5,\"chord\":\"G:maj\"}]");
    assertThat(analysis.chordTypes).isEqualTo("{\"maj\":1}");
  }

  @Test
  void a_line_or_drums_have_no_chords() throws Exception {
    analyze(cadence(0));
    for (byte[] file : List.of(SmfBuilder.scale(),
        SmfBuilder.smf().track(t -> tones(t, 9, 0, 960, 36, 0, 4, 7)).bytes(),
        SmfBuilder.smf().track(t -> t.end(10)).bytes())) {
      analyze(file);
      assertThat(analysis.hasChords).isFalse();
      assertThat(analysis.chordProgression).isNull();
      assertThat(analysis.chordTypes).isNull();
      assertThat(analysis.hasSeventhChords).isFalse();
      assertThat(analysis.hasExtendedChords).isFalse();
      assertThat(analysis.chordChangeRate).isNaN();
      assertThat(analysis.chordComplexityScore).isNaN();
    }
  }

  @Test
  void a_passing_note_changes_no_chord() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      chord(t, 0, 3840, 0, 0, 4, 7);
      for (int i = 0; i < 16; i++) {
        t.note(1, new int[]{72, 74, 76, 77, 79, 77, 76, 74}[i % 8], 64, i * 240L, 240);
      }
    }).bytes());
    assertThat(chords()).containsExactly("C:maj");
  }

  @Test
  void bars_and_beats_are_those_of_the_time_signature() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      t.timeSignature(0, 6, 8);
      for (int bar = 0; bar < 8; bar++) {
        chord(t, bar * 1440L, 720, 0, 0, 4, 7);
        chord(t, bar * 1440L + 720, 720, 7, 0, 4, 7);
      }
    }).bytes());
    assertThat(MAPPER.readTree(progression())).hasSize(16);
    assertThat(analysis.chordChangeRate).isEqualTo(15 / 8.0);
  }

  @Test
  void a_list_of_chords_is_cut_and_the_beats_are_bounded() throws Exception {
    analyze(SmfBuilder.smf().track(t -> {
      for (int bar = 0; bar < 400; bar++) {
        chord(t, bar * 1920L, 1920, bar % 2 * 7, 0, 4, 7);
      }
      chord(t, 200_000_000, 480, 2, 0, 4, 7);
    }).bytes());
    assertThat(MAPPER.readTree(progression())).hasSize(256);
    assertThat(analysis.chordTypes).isEqualTo("{\"maj\":1}");
  }

  private static byte[] cadence(int shift) {
    return SmfBuilder.smf().track(t -> {
      chord(t, shift, 1920, 0, 0, 4, 7);
      chord(t, shift + 1920L, 1920, 9, 0, 3, 7);
      chord(t, shift + 3840L, 1920, 5, 0, 4, 7);
      chord(t, shift + 5760L, 1920, 7, 0, 4, 7, 10);
      chord(t, shift + 7680L, 1920, 0, 0, 4, 7);
    }).bytes();
  }

  private static void chord(SmfBuilder.Track track, long tick, long length, int root, int... tones) {
    tones(track, 0, tick, length, 60 + root, tones);
    track.note(0, 36 + root, 64, tick, length);
  }

  private static void tones(SmfBuilder.Track track, int channel, long tick, long length, int root, int... tones) {
    for (int tone : tones) {
      track.note(channel, root + tone, 64, tick, length);
    }
  }

  private String progression() {
    return PackedRows.json(FactType.CHORDS, Objects.requireNonNull(analysis.chordProgression));
  }

  private List<String> chords() throws IOException {
    List<String> chords = new ArrayList<>();
    MAPPER.readTree(progression()).forEach(each -> chords.add(each.get("chord").asText()));
    return chords;
  }

  private void analyze(byte[] file) throws FileFailure {
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
