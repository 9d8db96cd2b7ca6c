package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Where the tempo comes from, and how well it is heard. */
class TempoTest {
  private final FileAnalyzer usual = analyzer(false);
  private final FileAnalyzer fromNotes = analyzer(true);
  private final Analysis analysis = new Analysis();

  @Test
  void notes_on_the_grid_without_a_map_have_no_tempo_that_can_be_known() throws FileFailure {
    analyze(usual, SmfBuilder.smf().track(beats(480)));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.SMF_DEFAULT);
    assertThat(analysis.tempoBpm).isEqualTo(120);
    assertThat(analysis.bpmConfidence).isEqualTo(0.1);
  }

  @Test
  void notes_off_the_grid_are_listened_to_where_the_map_is_missing_or_nothing_but_120() throws FileFailure {
    // 533 ticks at 960 ticks a second: 108 beats a minute.
    analyze(usual, SmfBuilder.smf().track(beats(533)));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.ESTIMATED);
    assertThat(List.of(analysis.tempoBpm, analysis.bpmOctaveAlternative))
        .anyMatch(bpm -> Math.abs(bpm / 108 - 1) < 0.02);
    assertThat(Math.max(analysis.tempoBpm / analysis.bpmOctaveAlternative,
        analysis.bpmOctaveAlternative / analysis.tempoBpm)).isCloseTo(2, Percentage.withPercentage(4));
    assertThat(analysis.bpmConfidence).isBetween(0.01, 0.99);
    analyze(usual, SmfBuilder.smf().track(t -> beats(533).accept(t.tempo(0, 120))));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.ESTIMATED);
    assertThat(analysis.bpmInitial).isEqualTo(120);
  }

  @Test
  void a_map_that_says_something_is_believed() throws FileFailure {
    analyze(usual, SmfBuilder.smf().track(t -> beats(533).accept(t.tempo(0, 121))));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.MAP);
    assertThat(analysis.tempoBpm).isCloseTo(121, Percentage.withPercentage(0.01));
    analyze(usual, SmfBuilder.smf().track(t -> beats(480).accept(t.tempo(0, 120))));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.MAP);
    assertThat(analysis.bpmConfidence).isEqualTo(0.5);
    assertThat(analysis.bpmOctaveAlternative).isNaN();
  }

  @Test
  void a_tempo_of_120_in_a_later_piece_of_format_2_says_as_little() throws FileFailure {
    analyze(usual, SmfBuilder.smf().format(2).track(beats(533)).track(t -> beats(533).accept(t.tempo(0, 120))));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.ESTIMATED);
    analyze(usual, SmfBuilder.smf().format(2).track(t -> beats(533).accept(t.tempo(0, 90))).track(beats(533)));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.MAP);
  }

  @Test
  void smpte_files_are_listened_to() throws FileFailure {
    analyze(usual, SmfBuilder.smf().smpte(25, 40).track(t -> beats(600).accept(t.tempo(0, 77))));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.ESTIMATED);
    assertThat(analysis.tempoBpm).isCloseTo(100, Percentage.withPercentage(2));
    assertThat(analysis.bpmInitial).isNaN();
  }

  @Test
  void from_notes_the_same_seconds_give_the_same_tempo_whatever_map_and_grid_say() throws FileFailure {
    analyze(fromNotes, SmfBuilder.smf().division(480).track(t -> beats(480).accept(t.tempo(0, 96))));
    double expected = analysis.tempoBpm;
    assertThat(expected).isCloseTo(96, Percentage.withPercentage(2));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.ESTIMATED);
    analyze(fromNotes, SmfBuilder.smf().division(960).track(t -> beats(480).accept(t.tempo(0, 48))));
    assertThat(analysis.tempoBpm).isCloseTo(expected, Percentage.withPercentage(1e-4));
    analyze(fromNotes, SmfBuilder.smf().division(100).track(t -> beats(125).accept(t.tempo(0, 120))));
    assertThat(analysis.tempoBpm).isCloseTo(expected, Percentage.withPercentage(1e-4));
  }

  @Test
  void too_few_notes_say_nothing() throws FileFailure {
    analyze(fromNotes, SmfBuilder.smf().track(t -> t.note(0, 60, 64, 0, 480).note(0, 60, 64, 480, 480)));
    assertThat(analysis.tempoSource).isEqualTo(TempoSource.SMF_DEFAULT);
    assertThat(analysis.tempoBpm).isEqualTo(120);
  }

  /** 64 beats so many ticks apart, the first of each four with a low note, and a weaker note between. */
  private static Consumer<SmfBuilder.Track> beats(int ticks) {
    return t -> {
      for (int beat = 0; beat < 64; beat++) {
        long tick = (long) beat * ticks;
        t.note(0, beat % 4 == 0 ? 36 : 60, beat % 4 == 0 ? 110 : 80, tick, ticks / 2);
        t.note(0, 72, 40, tick + ticks / 2, ticks / 2);
      }
    };
  }

  private void analyze(FileAnalyzer analyzer, SmfBuilder builder) throws FileFailure {
    byte[] file = builder.bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }

  private static FileAnalyzer analyzer(boolean fromNotes) {
    return new FileAnalyzer(10_000, 64, new AnalysisOptions(fromNotes), KernelSelector.kernels());
  }
}
