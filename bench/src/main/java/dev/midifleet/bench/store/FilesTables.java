package dev.midifleet.bench.store;

import java.util.List;

/** The table about files: what it costs to say that they are done. */
final class FilesTables {
  private static final int BATCH = 500;

  private final ScratchServer server;
  private final int rows;

  FilesTables(ScratchServer server, int rows) {
    this.server = server;
    this.rows = rows;
  }

  Table table() {
    var table = new Table(
        "Files: " + BATCH + " become done a transaction, after an enqueue has registered and planned them");
    as(table, "as it is (fillfactor 50)");
    for (int fill : List.of(40, 60, 70, 85, 100)) {
      as(table, "fillfactor " + fill, "alter table files set (fillfactor = " + fill + ")");
    }
    as(table, "an index on content_hash", "create index on files (content_hash)");
    as(table, "an index on status", "create index on files (status)");
    as(table, "content_hash references facts", "alter table files add foreign key (content_hash) references facts");
    as(table, "batch_id references batches",
        "insert into runs (id, library_id, origin) values (gen_random_uuid(), 1, 'x')",
        "insert into batches (run_id, analyzer_version, file_ids) select id, 1, '{}' from runs",
        "alter table files add foreign key (batch_id) references batches");
    return table;
  }

  private void as(Table table, String name, String... changes) {
    table.add(() -> new FilesSubject(server, name, rows, BATCH, List.of(changes)));
  }
}
