package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What quality_score says of sound and of damaged files, and of which sources is_loop takes files for loops. */
final class QualitySection implements Section {
  private final Scores scores = new Scores(AnalysisOptions.DEFAULT);

  @Override
  public String name() { return "quality"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    Map<String, List<Short>> byStatus = new TreeMap<>();
    Map<String, int[]> loops = new TreeMap<>();
    for (Path file : CorpusFiles.of(truth)) {
      Analysis analysis;
      try {
        analysis = scores.analyze(Files.readAllBytes(file));
      } catch (IOException e) {
        // Refused: there is no row to speak of.
        continue;
      }
      String status = analysis.parseStatus().name().toLowerCase(Locale.ROOT)
          + (analysis.totalNotes() == 0 ? ", no notes" : "");
      byStatus.computeIfAbsent(status, _ -> new ArrayList<>()).add((Short) value("quality_score", analysis));
      int[] counts = loops.computeIfAbsent(CorpusFiles.source(truth, file), _ -> new int[2]);
      counts[0]++;
      counts[1] += value("is_loop", analysis).equals(true) ? 1 : 0;
    }
    var table = report.table("quality", "quality_score by parse_status", "parse_status", "files", "lowest tenth below",
        "median", "highest tenth above");
    byStatus.forEach((status, values) -> {
      int[] sorted = values.stream().mapToInt(Short::intValue).sorted().toArray();
      int last = sorted.length - 1;
      table.row(status, sorted.length, sorted[last / 10], sorted[last / 2], sorted[last - last / 10]);
    });
    var taken = report.table("loops", "Files that is_loop takes for loops", "source", "files", "loops");
    loops.forEach((source, counts) -> taken.row(source, counts[0], new Share(counts[1], counts[0])));
  }

  private static Object value(String column, Analysis analysis) {
    Object value = FactColumns.named(column).boxed(analysis);
    if (value == null) throw new IllegalStateException(column + " is not known");
    return value;
  }
}
