package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The tempo by the notes alone. */
final class TempoSection implements Section {
  private static final double TOLERANCE = 0.04;
  private static final double[] FACTORS = {1, 2, 1 / 2.0, 3, 1 / 3.0};
  private static final int BINS = 10;

  /** What each method says of one file. */
  private record Guess(String row, double truth, double bpm, double confidence, double interval,
      double autocorrelation) {}

  @Override
  public String name() { return "tempo"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    List<Guess> guesses = guesses(truth);
    table(report, "tempo", "Tempo from the notes, within 4 %", guesses, Guess::bpm);
    table(report, "tempo_constant", "Tempo, baseline: always 120", guesses, _ -> TempoBaselines.CONSTANT);
    table(report, "tempo_interval", "Tempo, baseline: mean inter-onset interval", guesses, Guess::interval);
    table(report, "tempo_autocorrelation", "Tempo, baseline: autocorrelation and prior", guesses,
        Guess::autocorrelation);
    calibration(report, guesses);
  }

  private static List<Guess> guesses(Truth truth) throws IOException {
    var scores = new Scores(new AnalysisOptions(true));
    var baselines = new TempoBaselines();
    List<Guess> guesses = new ArrayList<>();
    for (Truth.Label label : truth.with("tempo_bpm")) {
      byte[] content = Files.readAllBytes(label.file());
      Analysis analysis = scores.analyze(content);
      Score score = scores.parse(content);
      guesses.add(new Guess(row(label), label.number("tempo_bpm"), number(analysis, "tempo_bpm"),
          number(analysis, "bpm_confidence"), baselines.meanInterval(score), baselines.autocorrelation(score)));
    }
    return guesses;
  }

  private static double number(Analysis analysis, String column) {
    return (Float) Objects.requireNonNull(FactColumns.named(column).boxed(analysis));
  }

  /** The source, in two where it holds different kinds. */
  static String row(Truth.Label label) {
    return switch (label.source()) {
      case "asap" -> label.text("tempo_kind").startsWith("performance") ? "asap performances" : "asap scores";
      case "groove_drums" -> label.text("note").contains("; fill;") ? "groove_drums fills" : "groove_drums beats";
      default -> label.source();
    };
  }

  private static void table(Report report, String id, String title, List<Guess> guesses,
      ToDoubleFunction<Guess> method) {
    Map<String, int[]> rows = new LinkedHashMap<>();
    for (Guess guess : guesses) {
      double bpm = method.applyAsDouble(guess);
      count(rows, guess.row(), bpm, guess.truth());
      if (guess.row().startsWith("groove_drums")) {
        count(rows, "groove_drums, both", bpm, guess.truth());
      }
    }
    var table = report.table(id, title, "source", "labels", "exact", "with octaves");
    rows.forEach((row, counts) -> table.row(row, counts[2], new Share(counts[0], counts[2]),
        new Share(counts[1], counts[2])));
  }

  private static void count(Map<String, int[]> rows, String row, double bpm, double truth) {
    int[] counts = rows.computeIfAbsent(row, _ -> new int[3]);
    counts[0] += near(bpm, truth, 1) ? 1 : 0;
    counts[1] += near(bpm, truth, FACTORS.length) ? 1 : 0;
    counts[2]++;
  }

  private static boolean near(double bpm, double truth, int factors) {
    for (int i = 0; i < factors; i++) {
      if (Math.abs(bpm / (truth * FACTORS[i]) - 1) <= TOLERANCE) return true;
    }
    return false;
  }

  private static void calibration(Report report, List<Guess> guesses) {
    var table = report.table("tempo_calibration", "bpm_confidence against what was right", "said", "labels",
        "mean said",
        "right");
    for (int bin = 0; bin < BINS; bin++) {
      int of = 0;
      int right = 0;
      double said = 0;
      for (Guess guess : guesses) {
        if (Math.clamp((int) (guess.confidence() * BINS), 0, BINS - 1) == bin) {
          of++;
          right += near(guess.bpm(), guess.truth(), 1) ? 1 : 0;
          said += guess.confidence();
        }
      }
      if (of > 0) {
        table.row("%.1f–%.1f".formatted((double) bin / BINS, (bin + 1.0) / BINS), of, said / of, new Share(right, of));
      }
    }
  }
}
