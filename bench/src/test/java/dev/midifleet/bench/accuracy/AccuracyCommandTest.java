package dev.midifleet.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.bench.BenchLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class AccuracyCommandTest {
  private static final String SECTIONS = "key, tempo, chords, meter, melody, quality, duplicates";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void a_section_that_is_not_there_is_misuse_that_names_those_that_are() {
    assertThat(run("nowhere", "--only", "key,foo")).isEqualTo(BenchLine.MISUSE);
    assertThat(err).hasToString(
        "bench/accuracy: --only foo: there is no such section, only " + SECTIONS + ": see bench/accuracy --help\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void help_names_the_sections() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString().replaceAll("\\s+", " ")).contains("these sections only, of " + SECTIONS);
  }

  private int run(String... arguments) {
    return BenchLine.of(new AccuracyCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
