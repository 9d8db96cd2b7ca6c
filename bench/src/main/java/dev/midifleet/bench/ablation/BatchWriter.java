package dev.midifleet.bench.ablation;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.worker.store.BatchResult;
import dev.midifleet.worker.store.ResultStore;
import java.util.UUID;

/** Writes batches in one of the ways; for any number of threads. */
final class BatchWriter {
  private static final UUID WORKER = new UUID(0, 1);

  private final StoreTables tables;
  private final StoreWay way;
  private final ResultStore kept;

  BatchWriter(StoreTables tables, StoreWay way) {
    this.tables = tables;
    this.way = way;
    this.kept = new ResultStore(tables.database(), tables.settings(), WORKER);
  }

  /** Commits a batch. */
  void write(Batch batch, BatchResult result) {
    switch (way) {
      case BATCHES -> write(kept, batch, result);
      case ROWS, FILES -> tables.database().transaction(connection -> {
        SingleRows.write(connection, batch, result, way == StoreWay.FILES);
        return true;
      });
      case NEW_CONNECTIONS -> {
        try (Database database = Database.open(tables.settings(), "ablation")) {
          write(new ResultStore(database, tables.settings(), WORKER), batch, result);
        }
      }
    }
  }

  private static void write(ResultStore store, Batch batch, BatchResult result) {
    if (store.store(batch, result, AnalyzerVersion.CURRENT, () -> false).done() != result.done().size()) {
      throw new IllegalStateException("batch " + batch.id() + " was not written whole");
    }
  }
}
