package dev.midifleet.bench.ablation;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Hash, parse and all facts of files in memory. */
final class AnalysisTask implements Chore.Task {
  private static final List<FactColumn> COLUMNS = FactColumns.all();
  private static final int PRIME = 31;

  private final LoadedCorpus corpus;
  private final boolean isNewEachFile;
  private final Settings settings = Settings.of(Map.of());
  private Workspace workspace = new Workspace(settings);
  private final Analysis analysis = new Analysis();

  /**
   * @param isNewEachFile
   *          whether each file gets a workspace and facts of its own
   */
  AnalysisTask(LoadedCorpus corpus, boolean isNewEachFile) {
    this.corpus = corpus;
    this.isNewEachFile = isNewEachFile;
  }

  @Override
  public long walk() throws FileFailure {
    long notes = 0;
    for (int i = 0; i < corpus.files(); i++) {
      notes += analyze(i).totalNotes();
    }
    return notes;
  }

  @Override
  public long wholeSum() throws FileFailure {
    long sum = 0;
    for (int i = 0; i < corpus.files(); i++) {
      sum ^= sum(analyze(i));
    }
    return sum;
  }

  private Analysis analyze(int file) throws FileFailure {
    Analysis into = analysis;
    if (isNewEachFile) {
      workspace = new Workspace(settings);
      into = new Analysis();
    }
    workspace.analyzer().analyze(corpus.segment(), corpus.offset(file), corpus.length(file), into);
    return into;
  }

  /** Of the values of all columns. */
  static long sum(Analysis analysis) {
    long sum = 0;
    for (FactColumn column : COLUMNS) {
      sum = PRIME * sum + Arrays.deepHashCode(new Object[]{column.boxed(analysis)});
    }
    return sum;
  }
}
