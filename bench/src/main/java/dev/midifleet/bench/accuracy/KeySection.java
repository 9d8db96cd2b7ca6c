package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;

/** The key, on copies without key signatures. */
final class KeySection implements Section {
  @Override
  public String name() { return "key"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    var scores = new Scores(AnalysisOptions.DEFAULT);
    Map<String, int[]> bySource = new TreeMap<>();
    for (Truth.Label label : truth.with("key")) {
      Analysis analysis = scores.analyze(WithoutKeySignatures.copy(Files.readAllBytes(label.file())));
      int[] counts = bySource.computeIfAbsent(label.source(), _ -> new int[2]);
      counts[0] += label.text("key").equals(FactColumns.named("detected_key").boxed(analysis)) ? 1 : 0;
      counts[1]++;
    }
    var table = report.table("key", "Key, exact", "source", "labels", "exact");
    bySource.forEach((source, counts) -> table.row(source, counts[1], new Share(counts[0], counts[1])));
  }
}
