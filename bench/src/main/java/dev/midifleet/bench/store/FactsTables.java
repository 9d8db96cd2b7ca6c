package dev.midifleet.bench.store;

import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.analyze.FactType;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables about facts: which statement, how many rows, which table. */
final class FactsTables {
  private static final int BATCH = 500;
  private static final List<Integer> SIZES = List.of(50, 100, 200, 1_000, 2_000);
  private static final String TARGET_OF_OLD = "alter table facts set (toast_tuple_target = 2040)";
  private static final List<String> WIDE = FactColumns.all().stream()
      .filter(column -> List.of("text", "json", "bytea").contains(column.sqlType())).map(column -> column.name())
      .toList();

  private final ScratchServer server;
  private final AnalyzedRows rows;
  private final InsertForm form;

  FactsTables(ScratchServer server, AnalyzedRows rows, InsertForm form) {
    this.server = server;
    this.rows = rows;
    this.form = form;
  }

  Table forms() {
    var table = new Table("Statement forms: " + BATCH + " new rows of all columns a transaction");
    for (InsertForm one : InsertForm.values()) {
      add(table, new FactsSubject.Plan(one.label(), one, BATCH));
    }
    jsonAs(table, "jsonb", InsertForm.UNNEST, "unnest into the table of version 8 (jsonb, toast_tuple_target 2040)",
        TARGET_OF_OLD);
    return table;
  }

  Table sizes() {
    var table = new Table("Batch sizes: new rows, one transaction a batch");
    for (InsertForm one : List.of(InsertForm.COPY, InsertForm.UNNEST)) {
      for (int size : Stream.concat(Stream.of(BATCH), SIZES.stream()).toList()) {
        add(table, new FactsSubject.Plan(one.label() + ", " + size + " rows", one, size));
      }
    }
    return table;
  }

  Table tables() {
    var table = new Table("Tables: " + BATCH + " new rows a transaction, " + form.label());
    as(table, "as it is");
    as(table, "no primary key (a bound)", "alter table facts drop constraint facts_pkey");
    as(table, "one more index, on note_hash", "create index on facts (note_hash)");
    as(table, "three more, on note_hash, tempo_bpm, detected_key", "create index on facts (note_hash)",
        "create index on facts (tempo_bpm)", "create index on facts (detected_key)");
    for (int target : List.of(128, 2_040, 8_160)) {
      as(table, "toast_tuple_target " + target + (target == 2_040 ? ", as PostgreSQL has it" : ""),
          "alter table facts set (toast_tuple_target = " + target + ")");
    }
    as(table, "lz4 for what is wide", storage("compression lz4"));
    as(table, "toast_tuple_target 2040 and lz4", storage("compression lz4"), TARGET_OF_OLD);
    as(table, "toast_tuple_target 2040 and storage main for what is wide", storage("storage main"), TARGET_OF_OLD);
    as(table, "toast_tuple_target 2040 and storage external, never compressed", storage("storage external"),
        TARGET_OF_OLD);
    as(table, "fillfactor 70", "alter table facts set (fillfactor = 70)");
    jsonAs(table, "text", form, "JSON as text");
    jsonAs(table, "bytea", form, "JSON as bytea");
    jsonAs(table, "jsonb", form, "JSON as jsonb");
    jsonAs(table, "jsonb", form, "JSON as jsonb, and toast_tuple_target 2040: as it was", TARGET_OF_OLD);
    return table;
  }

  Table rewrites() {
    var table = new Table("Rewritten rows: " + BATCH + " a transaction, each there already");
    for (InsertForm one : List.of(InsertForm.UNNEST, InsertForm.COPY_MERGE)) {
      for (int fill : List.of(100, 50)) {
        add(table, new FactsSubject.Plan(one.label() + ", fillfactor " + fill, one, BATCH, "json", true,
            List.of("alter table facts set (fillfactor = " + fill + ")")));
      }
    }
    return table;
  }

  private void as(Table table, String name, String... changes) {
    add(table, new FactsSubject.Plan(name, form, BATCH, "json", false, List.of(changes)));
  }

  private void jsonAs(Table table, String type, InsertForm one, String name, String... more) {
    String changes = FactColumns.all().stream().filter(column -> column.type() == FactType.JSON)
        .map(column -> "alter column " + column.name() + " type " + type + " using "
            + (type.equals("bytea") ? "convert_to(" + column.name() + "::text, 'UTF8')" : column.name() + "::" + type))
        .collect(Collectors.joining(", "));
    List<String> all = Stream.concat(Stream.of("drop view musical_metadata", "alter table facts " + changes),
        Stream.of(more)).toList();
    add(table, new FactsSubject.Plan(name, one, BATCH, type, false, all));
  }

  private static String storage(String how) {
    return WIDE.stream().map(name -> "alter column " + name + " set " + how)
        .collect(Collectors.joining(", ", "alter table facts ", ""));
  }

  private void add(Table table, FactsSubject.Plan plan) { table.add(() -> new FactsSubject(server, plan, rows)); }
}
