package dev.midifleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParserBenchmarkTest {

  @Test
  void parser_and_javax_sound_midi_compute_the_same_sums_of_the_generated_files() {
    assertThatCode(() -> new ParserBenchmark().load()).doesNotThrowAnyException();
  }

  @Test
  void folder_is_sampled_evenly_and_one_with_too_few_files_is_refused(@TempDir Path folder) throws Exception {
    for (int i = 0; i < 6; i++) {
      Files.write(folder.resolve(i + ".MID"), new byte[]{(byte) i});
    }
    Files.write(folder.resolve("other.txt"), new byte[]{9});
    var corpus = LoadedCorpus.load(folder.toString(), 3);
    assertThat(new int[]{corpus.array(0)[0], corpus.array(1)[0], corpus.array(2)[0]}).containsExactly(0, 2, 4);
    assertThat(corpus.segment().get(ValueLayout.JAVA_BYTE, corpus.offset(2))).isEqualTo((byte) 4);
    assertThatThrownBy(() -> LoadedCorpus.load(folder.toString(), 7)).isInstanceOf(IOException.class)
        .hasMessageContaining("has 6 .mid files, not 7");
  }
}
