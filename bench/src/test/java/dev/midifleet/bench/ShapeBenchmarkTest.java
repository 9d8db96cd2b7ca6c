package dev.midifleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeBenchmarkTest {

  private static double bytesANote(Shape shape) {
    int bytes = 0;
    int notes = 0;
    for (int i = 0; i < 20; i++) {
      byte[] file = shape.file(i);
      bytes += file.length;
      var files = LoadedCorpus.of(java.util.List.of(file));
      try {
        notes += (int) JavaxSums.of(files).notes();
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    }
    return (double) bytes / notes;
  }

  @ParameterizedTest
  @EnumSource
  void parser_and_javax_sound_midi_find_the_same_in_each_shape(Shape shape) {
    var benchmark = new ShapeBenchmark();
    benchmark.shape = shape;
    assertThatCode(benchmark::load).doesNotThrowAnyException();
  }

  @Test
  void shapes_are_what_they_are_called() {
    assertThat(bytesANote(Shape.RUNNING_STATUS)).isBetween(6.0, 6.3);
    assertThat(bytesANote(Shape.LONG_DELTAS)).isGreaterThan(9);
    assertThat(bytesANote(Shape.SYSEX_HEAVY)).isGreaterThan(150);
    assertThat(IntStream.range(0, 20).map(i -> Shape.TINY.file(i).length)).allMatch(bytes -> bytes < 256);
  }

  @Test
  void ways_to_read_give_the_same_hashes() throws Exception {
    try (var files = new ReadSet(3, 1_500_000)) {
      long pooled = files.hashes(ReadSet.Way.POOLED);
      assertThat(pooled).isNotZero();
      for (ReadSet.Way way : ReadSet.Way.values()) {
        assertThat(files.hashes(way)).as(way.name()).isEqualTo(pooled);
      }
    }
  }
}
