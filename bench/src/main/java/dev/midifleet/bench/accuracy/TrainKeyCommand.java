package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.BenchLine;
import dev.midifleet.worker.analyze.KeyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/train-key}. */
@Command(name = "bench/train-key", mixinStandardHelpOptions = true, description = TrainKeyCommand.DESCRIPTION)
final class TrainKeyCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Trains the key model on all keys of a corpus (a folder with truth.tsv) and writes "
      + "the product's weights; the same corpus gives the same weights.";

  @Parameters(index = "0", paramLabel = "CORPUS", description = "a folder that holds truth.tsv")
  private Path corpus = Path.of(".");

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "the resource to write")
  private Path out = Path.of(KeyModel.RESOURCE);

  @Override
  public Integer call() throws IOException {
    List<KeyCase> cases = KeyCase.read(Truth.read(corpus));
    KeyTraining.Trained trained = KeyTraining.train(cases);
    Files.writeString(out, header(cases, trained, LocalDate.now(ZoneOffset.UTC)) + trained.model().toText());
    System.err.println("train-key: " + cases.size() + " labels, penalty " + trained.penalty() + ", " + out);
    return 0;
  }

  /** Where the weights come from, as remarks. */
  static String header(List<KeyCase> cases, KeyTraining.Trained trained, LocalDate date) {
    Map<String, Long> sources = cases.stream()
        .collect(Collectors.groupingBy(each -> each.label().source(), TreeMap::new, Collectors.counting()));
    return String.format(Locale.ROOT, """
        # Weights of the key model (KeyModel), natural logarithms of odds: feature, major, minor.
        # Written by bench/train-key CORPUS on %s; the same labels give the same weights.
        # Learned from %d labelled files, copies without FF 59: %s.
        # Softmax regression, L2 penalty %s (the best of %d folds by group), temperature %.3f, log loss %.4f there.
        """, date, cases.size(), sources.entrySet().stream().map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", ")), trained.penalty(), Truth.FOLDS, trained.temperature(), trained.logLoss());
  }

  public static void main(String[] args) { BenchLine.start(new TrainKeyCommand(), args); }
}
