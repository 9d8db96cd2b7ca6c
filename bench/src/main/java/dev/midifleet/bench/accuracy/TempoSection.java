package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The tempo by the notes alone. */
final class TempoSection implements Section {
  private static final double TOLERANCE = 0.04;
  private static final double[] FACTORS = {1, 2, 1 / 2.0, 3, 1 / 3.0};

  @Override
  public String name() { return "tempo"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    var scores = new Scores(new AnalysisOptions(true));
    Map<String, int[]> bySource = new TreeMap<>();
    for (Truth.Label label : truth.with("tempo_bpm")) {
      Analysis analysis = scores.analyze(Files.readAllBytes(label.file()));
      Float bpm = (Float) Objects.requireNonNull(FactColumns.named("tempo_bpm").boxed(analysis));
      int[] counts = bySource.computeIfAbsent(label.source(), _ -> new int[3]);
      counts[0] += near(bpm, label.number("tempo_bpm"), 1) ? 1 : 0;
      counts[1] += near(bpm, label.number("tempo_bpm"), FACTORS.length) ? 1 : 0;
      counts[2]++;
    }
    var table = report.table("tempo", "Tempo from the notes, within 4 %", "source", "labels", "exact", "with octaves");
    bySource.forEach((source, counts) -> table.row(source, counts[2], new Share(counts[0], counts[2]),
        new Share(counts[1], counts[2])));
  }

  private static boolean near(double bpm, double truth, int factors) {
    for (int i = 0; i < factors; i++) {
      if (Math.abs(bpm / (truth * FACTORS[i]) - 1) <= TOLERANCE) return true;
    }
    return false;
  }
}
