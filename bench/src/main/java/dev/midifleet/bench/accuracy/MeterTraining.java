package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.BenchLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench/train-meter}. */
@Command(name = "bench/train-meter", mixinStandardHelpOptions = true,
    description = "Trains the model of meter_estimate on all labels of a corpus, and writes its weights.")
final class MeterTraining implements Callable<Integer> {
  @Parameters(paramLabel = "CORPUS", description = "a folder that holds truth.tsv")
  private Path corpus = Path.of(".");

  @Parameters(paramLabel = "FILE",
      description = "becomes the weights, such as meter-model.txt of the worker's resources")
  private Path file = Path.of("meter-model.txt");

  @Override
  public Integer call() throws IOException {
    List<MeterModels.Piece> pieces = MeterModels.pieces(Truth.read(corpus));
    Softmax model = MeterModels.train(pieces, _ -> true);
    var out = new StringBuilder("""
        # Weights of meter_estimate, made by bench/train-meter from the time signatures of the
        # labelled corpus (asap, chordmelody, groove_drums, hymns, nottingham, pop909, symbtr): learned numbers only.
        # Classes, biases, then a line of weights for each feature, in the order of MeterFeatures.
        """);
    out.append(MeterModels.CLASSES.stream().map(String::valueOf).collect(Collectors.joining(" "))).append('\n');
    append(out, model.biases());
    for (double[] weights : model.weights()) {
      append(out, weights);
    }
    Files.writeString(file, out);
    return 0;
  }

  private static void append(StringBuilder out, double[] numbers) {
    String separator = "";
    for (double number : numbers) {
      out.append(separator).append(String.format(Locale.ROOT, "%.4f", number));
      separator = " ";
    }
    out.append('\n');
  }

  public static void main(String[] args) { BenchLine.start(new MeterTraining(), args); }
}
