package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.MeterModels.Piece;
import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Beats a bar by the notes alone, each piece by a model that never saw its group; and what constants and FF 58 say. */
final class MeterSection implements Section {
  private static final int MOST_FREQUENT = 4;

  /** How often one source was answered, and right. */
  private static final class Counts {
    private int labels;
    private int answers;
    private int exact;
    private int merged;
    private int triple;
    private int constant;
    private int constantMerged;
    private int signature;
    private int signatureMerged;
  }

  @Override
  public String name() { return "meter"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    List<Piece> pieces = MeterModels.pieces(truth);
    List<Softmax> models = new ArrayList<>();
    for (int i = 0; i < Truth.FOLDS; i++) {
      int fold = i;
      models.add(MeterModels.train(pieces, piece -> piece.label().fold() != fold));
    }
    var scores = new Scores(AnalysisOptions.DEFAULT);
    Map<String, Counts> bySource = new TreeMap<>();
    for (Piece piece : pieces) {
      Counts counts = bySource.computeIfAbsent(piece.label().source(), _ -> new Counts());
      counts.labels++;
      MeterModels.Features features = piece.features();
      if (features == null) continue;
      counts.answers++;
      int answer = MeterModels.CLASSES.get(models.get(piece.label().fold()).classify(features.values()));
      int claimed = claimed(scores.analyze(Files.readAllBytes(piece.label().file())));
      counts.exact += isRight(piece, answer) ? 1 : 0;
      counts.merged += isRightMerged(piece, answer) ? 1 : 0;
      counts.triple += isTriple(answer) == isTriple(piece.meterClass()) && piece.meterClass() > 0 ? 1 : 0;
      counts.constant += isRight(piece, MOST_FREQUENT) ? 1 : 0;
      counts.constantMerged += isRightMerged(piece, MOST_FREQUENT) ? 1 : 0;
      counts.signature += isRight(piece, claimed) ? 1 : 0;
      counts.signatureMerged += isRightMerged(piece, claimed) ? 1 : 0;
    }
    tables(report, bySource);
  }

  private static void tables(Report report, Map<String, Counts> bySource) {
    var table = report.table("meter", "Beats a bar from the notes, of the answered", "source", "labels", "answered",
        "beats a bar", "with 2 = 4, 6 = 12", "in threes or not");
    bySource.forEach((source, c) -> table.row(source, c.labels, c.answers, new Share(c.exact, c.answers),
        new Share(c.merged, c.answers), new Share(c.triple, c.answers)));
    var baselines = report.table("meter_baselines", "The same labels: always 4, and the file's own FF 58", "source",
        "answered", "always 4", "always 4, merged", "FF 58", "FF 58, merged");
    bySource.forEach((source, c) -> baselines.row(source, c.answers, new Share(c.constant, c.answers),
        new Share(c.constantMerged, c.answers), new Share(c.signature, c.answers),
        new Share(c.signatureMerged, c.answers)));
  }

  private static int claimed(Analysis analysis) {
    return FactColumns.named("time_signature_numerator").boxed(analysis) instanceof Short numerator
        ? MeterModels.classOf(numerator)
        : 0;
  }

  /** POP909's labels know two from three, but not two from four. */
  private static boolean isRight(Piece piece, int answer) {
    return piece.label().source().equals("pop909")
        ? isRightMerged(piece, answer)
        : answer > 0 && answer == piece.meterClass();
  }

  private static boolean isRightMerged(Piece piece, int answer) {
    return answer > 0 && merge(answer) == merge(piece.meterClass());
  }

  private static int merge(int meterClass) {
    return switch (meterClass) {
      case 4 -> 2;
      case 12 -> 6;
      default -> meterClass;
    };
  }

  private static boolean isTriple(int meterClass) { return meterClass % 3 == 0; }
}
