package dev.midifleet.bench.ablation;

import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.store.BatchResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Stores the facts of all files, which were computed before. */
final class StoreTask implements Chore.Task {
  private final StoreTables tables;
  private final BatchWriter writer;
  private final List<Analysis> facts = new ArrayList<>();
  private List<Batch> planned = List.of();

  /**
   * @param settings
   *          of an empty database
   */
  StoreTask(Settings settings, LoadedCorpus corpus, StoreWay way) {
    try {
      tables = new StoreTables(settings);
      var workspace = new Workspace(settings);
      for (int i = 0; i < corpus.files(); i++) {
        var analysis = new Analysis();
        workspace.analyzer().analyze(corpus.segment(), corpus.offset(i), corpus.length(i), analysis);
        facts.add(analysis);
      }
    } catch (SQLException | FileFailure e) {
      throw new IllegalStateException("the store cannot be prepared", e);
    }
    writer = new BatchWriter(tables, way);
  }

  @Override
  public void prepare() throws SQLException { planned = tables.plan(facts.size()); }

  @Override
  public long walk() {
    int from = 0;
    for (Batch batch : planned) {
      writer.write(batch, result(batch, facts.subList(from, from + batch.files().size())));
      from += batch.files().size();
    }
    return from;
  }

  @Override
  public long wholeSum() throws SQLException {
    prepare();
    walk();
    return tables.sum();
  }

  /** A batch whose files have these facts, in the same order. */
  static BatchResult result(Batch batch, List<Analysis> facts) {
    List<BatchResult.Done> done = new ArrayList<>();
    for (int i = 0; i < facts.size(); i++) {
      done.add(
          new BatchResult.Done(batch.files().get(i), Objects.requireNonNull(facts.get(i).contentHash()), false));
    }
    return new BatchResult(done, List.of(), facts.stream()
        .sorted(Comparator.comparing(one -> Objects.requireNonNull(one.contentHash()))).toList());
  }
}
