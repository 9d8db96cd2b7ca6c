package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.score.Score;
import java.util.function.Consumer;

/** Scores whose ticks are milliseconds. */
final class MadeScores {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 64, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());

  Score score(Consumer<SmfBuilder.Track> notes) throws FileFailure {
    return parse(SmfBuilder.smf().division(500).track(notes).bytes());
  }

  Score parse(byte[] file) throws FileFailure { return analyzer.parse(NativeBytes.of(file), 0, file.length); }
}
