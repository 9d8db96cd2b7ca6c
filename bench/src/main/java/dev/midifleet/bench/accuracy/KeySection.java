package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;

/**
 * The key, on copies of the files without key signatures; C# major and Db major are one. The model is scored by models that
 * never saw the group (by folds) or the whole source (by sources); the shipped one has seen all these keys.
 */
final class KeySection implements Section {
  private static final List<String> POOLED = List.of("asap", "hymns", "nottingham", "pop909");
  private static final String SHIPPED = "detected_key as shipped, trained on all these keys";
  private static final String BY_FOLDS = "detected_key's model, by five folds";
  private static final String BY_SOURCES = "detected_key's model, each source by the others";
  private static final int NONE = -1;

  /** What one method says of each of the labels. */
  private final Map<String, int[]> guesses = new LinkedHashMap<>();

  @Override
  public String name() { return "key"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    List<Truth.Label> keys = truth.with("key");
    guess(keys);
    List<KeyCase> cases = KeyCase.read(truth);
    KeyPredictions byFolds = KeyPredictions.leavingOut(each -> each.label().fold(), cases);
    KeyPredictions bySources = KeyPredictions.leavingOut(each -> each.label().source(), cases);
    guesses.put(BY_FOLDS, byFolds.guesses(keys));
    guesses.put(BY_SOURCES, bySources.guesses(keys));
    table(report, "key_exact", "Key, exact", keys, (label, guess) -> guess == KeyName.parse(label.text("key")) ? 1 : 0);
    table(report, "key_mirex", "Key, MIREX-weighted", keys,
        (label, guess) -> guess == NONE ? 0 : KeyName.mirex(KeyName.parse(label.text("key")), guess));
    signatures(truth, report);
    byFolds.reliability(report, "key_reliability", "Confidence of the key, by five folds");
    bySources.reliability(report, "key_reliability_by_sources", "Confidence of the key, each source by the others");
  }

  private void guess(List<Truth.Label> labels) throws IOException {
    guesses.clear();
    var scores = new Scores(AnalysisOptions.DEFAULT);
    for (int i = 0; i < labels.size(); i++) {
      byte[] copy = WithoutKeySignatures.copy(Files.readAllBytes(labels.get(i).file()));
      for (KeyBaseline baseline : KeyBaseline.values()) {
        guessesOf(baseline.title(), labels.size())[i] = baseline.guess(scores.parse(copy));
      }
      Analysis analysis = scores.analyze(copy);
      Object key = FactColumns.named("detected_key").boxed(analysis);
      guessesOf(SHIPPED, labels.size())[i] = key == null ? NONE : KeyName.parse(key.toString());
    }
  }

  private int[] guessesOf(String method, int labels) { return guesses.computeIfAbsent(method, _ -> new int[labels]); }

  /** A method a row, a source a column. Of few labels, as giantmidi has them, the pooled share does not speak. */
  private void table(Report report, String id, String title, List<Truth.Label> labels,
      ToDoubleBiFunction<Truth.Label, Integer> points) {
    List<String> sources = labels.stream().map(Truth.Label::source).distinct().sorted().toList();
    List<String> pooled = sources.containsAll(POOLED) ? POOLED : sources;
    var table = report.table(id, title, Stream.concat(Stream.of("method", "pooled"), sources.stream())
        .toArray(String[]::new));
    guesses.forEach((method, found) -> {
      List<Object> cells = new ArrayList<>(List.of(method, share(labels, found, pooled, points)));
      sources.forEach(source -> cells.add(share(labels, found, List.of(source), points)));
      table.row(cells.toArray());
    });
  }

  private static Share share(List<Truth.Label> labels, int[] found, List<String> sources,
      ToDoubleBiFunction<Truth.Label, Integer> points) {
    double right = 0;
    int of = 0;
    for (int i = 0; i < found.length; i++) {
      if (sources.contains(labels.get(i).source())) {
        right += points.applyAsDouble(labels.get(i), found[i]);
        of++;
      }
    }
    return new Share(right, of);
  }

  /** Where only the signature is known: right for the major key or for its relative minor. */
  private void signatures(Truth truth, Report report) throws IOException {
    List<Truth.Label> open = truth.with("key_signature").stream().filter(label -> !label.has("key")).toList();
    guess(open);
    table(report, "key_signature", "Key where only the signature is known: right for either mode", open,
        (label, guess) -> {
          int major = KeyName.parse(label.text("key_signature"));
          return guess == major || guess == KeyName.relative(major) ? 1 : 0;
        });
  }
}
