package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.bench.training.TempoExample;
import dev.midifleet.bench.training.TempoValidation;
import dev.midifleet.bench.training.TempoValidation.Guess;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The tempo by the notes alone; every file by a model that saw nothing of its group. */
final class TempoSection implements Section {
  private static final int BINS = 10;

  @Override
  public String name() { return "tempo"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    List<TempoExample> examples = TempoExample.all(truth);
    List<Guess> guesses = TempoValidation.byFold(examples);
    table(report, "tempo", "Tempo from the notes, within 4 %, by five folds", guesses);
    table(report, "tempo_other_sources", "Tempo, each source by a model of the other sources",
        TempoValidation.bySource(examples));
    candidates(report, examples);
    var baselines = new TempoBaselines();
    table(report, "tempo_constant", "Tempo, baseline: always 120", examples, _ -> TempoBaselines.CONSTANT);
    table(report, "tempo_interval", "Tempo, baseline: mean inter-onset interval", examples, baselines::meanInterval);
    table(report, "tempo_clusters", "Tempo, baseline: greedy clusters of intervals", examples,
        baselines::intervalClusters);
    table(report, "tempo_autocorrelation", "Tempo, baseline: autocorrelation and prior", examples,
        baselines::autocorrelation);
    calibration(report, "tempo_calibration", "bpm_confidence, all sources", guesses);
    calibration(report, "tempo_calibration_asap", "bpm_confidence, piano performances",
        guesses.stream().filter(guess -> guess.example().kind().equals("asap performances")).toList());
  }

  private static void table(Report report, String id, String title, List<TempoExample> examples,
      ToDoubleFunction<Score> method) throws IOException {
    var scores = new Scores(AnalysisOptions.DEFAULT);
    List<Guess> guesses = new ArrayList<>();
    for (TempoExample example : examples) {
      double bpm = method.applyAsDouble(scores.parse(Files.readAllBytes(example.label().file())));
      guesses.add(new Guess(example, bpm, 0, 0));
    }
    table(report, id, title, guesses);
  }

  private static void table(Report report, String id, String title, List<Guess> guesses) {
    Map<String, int[]> rows = new TreeMap<>();
    for (Guess guess : guesses) {
      count(rows, guess.example(), guess.isRight(), guess.isRightWithOctaves());
    }
    write(report, id, title, rows);
  }

  /** What the best choice of all could reach. */
  private static void candidates(Report report, List<TempoExample> examples) {
    Map<String, int[]> rows = new TreeMap<>();
    for (TempoExample example : examples) {
      count(rows, example, example.hasRight(), example.hasRightWithOctaves());
    }
    write(report, "tempo_candidates", "Tempo, whether the truth is among the candidates", rows);
  }

  private static void write(Report report, String id, String title, Map<String, int[]> rows) {
    var table = report.table(id, title, "source", "labels", "exact", "with octaves");
    rows.forEach((row, counts) -> table.row(row, counts[2], new Share(counts[0], counts[2]),
        new Share(counts[1], counts[2])));
  }

  private static void count(Map<String, int[]> rows, TempoExample example, boolean isRight, boolean withOctaves) {
    count(rows, example.kind(), isRight, withOctaves);
    if (example.label().source().equals("groove_drums")) {
      count(rows, "groove_drums", isRight, withOctaves);
    }
  }

  private static void count(Map<String, int[]> rows, String row, boolean isRight, boolean withOctaves) {
    int[] counts = rows.computeIfAbsent(row, _ -> new int[3]);
    counts[0] += isRight ? 1 : 0;
    counts[1] += withOctaves ? 1 : 0;
    counts[2]++;
  }

  private static void calibration(Report report, String id, String title, List<Guess> guesses) {
    var table = report.table(id, title, "said", "labels", "mean said", "right");
    for (int bin = 0; bin < BINS; bin++) {
      int of = 0;
      int right = 0;
      double said = 0;
      for (Guess guess : guesses) {
        if (Math.clamp((int) (guess.confidence() * BINS), 0, BINS - 1) == bin) {
          of++;
          right += guess.isRight() ? 1 : 0;
          said += guess.confidence();
        }
      }
      if (of > 0) {
        table.row(String.format(Locale.ROOT, "%.1f–%.1f", (double) bin / BINS, (bin + 1.0) / BINS), of, said / of,
            new Share(right, of));
      }
    }
  }
}
