package dev.midifleet.bench.store;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FileAnalyzer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;

/** The rows of real analyses, which can be given new content hashes again and again: each turn then writes new rows. */
final class AnalyzedRows {
  private final List<Analysis> rows = new ArrayList<>();
  private final Random dice = new Random(1);

  /**
   * @param corpus
   *          as {@link LoadedCorpus#load} takes it
   */
  AnalyzedRows(String corpus, int count) throws IOException {
    LoadedCorpus files = LoadedCorpus.load(corpus, count);
    FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();
    for (int i = 0; i < files.files(); i++) {
      var analysis = new Analysis();
      try {
        analyzer.analyze(files.segment(), files.offset(i), files.length(i), analysis);
        rows.add(analysis);
      } catch (FileFailure _) {
        // It has no row.
      }
    }
  }

  int count() { return rows.size(); }

  /** All rows with new hashes, in batches of this size, each in the order of its hashes as the worker gives them. */
  List<List<Analysis>> renewed(int batchSize) {
    for (Analysis row : rows) {
      row.setContentHash(new UUID(dice.nextLong(), dice.nextLong()));
    }
    List<List<Analysis>> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += batchSize) {
      batches.add(rows.subList(from, Math.min(rows.size(), from + batchSize)).stream().sorted(BY_HASH).toList());
    }
    return batches;
  }

  private static final Comparator<Analysis> BY_HASH = Comparator
      .comparing(row -> Objects.requireNonNull(row.contentHash()));
}
