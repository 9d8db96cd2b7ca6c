package dev.midifleet.bench.training;

import dev.midifleet.bench.BenchLine;
import dev.midifleet.bench.accuracy.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/train-tempo}. */
@Command(name = "bench/train-tempo", mixinStandardHelpOptions = true,
    description = "Trains the model that chooses among"
        + " tempo candidates on a labelled corpus, and writes it as the worker's resource.")
final class TrainTempoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CORPUS", description = "a folder that holds truth.tsv")
  private Path corpus = Path.of(".");

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "the model, as text")
  private Path output = Path.of(".");

  @Override
  public Integer call() throws IOException {
    List<TempoExample> examples = TempoExample.all(Truth.read(corpus));
    String model = TempoValidation.shipped(examples).toText();
    Files.writeString(output, "# Made by bench/train-tempo from " + examples.size()
        + " labels of tempo of a corpus of real files; holds learned numbers only.\n"
        + "# Features and hidden units; slope and offset of the calibration; means, scales, layer in, biases, layer out.\n"
        + model);
    return 0;
  }

  public static void main(String[] args) { BenchLine.start(new TrainTempoCommand(), args); }
}
