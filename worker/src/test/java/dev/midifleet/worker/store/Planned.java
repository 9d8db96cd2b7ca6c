package dev.midifleet.worker.store;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.catalog.Lane;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.NewBatch;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestDatabase;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/** A database of its own with a library, a run, and batches of files that are planned. */
public final class Planned implements AutoCloseable {
  public final Settings settings;
  public final Database database;
  private final Library library;
  private final UUID run;
  private int files;

  Planned() { this(Map.of()); }

  /**
   * @param more
   *          environment variables, such as {@code MIDIFLEET_LIBRARY_MADE}
   */
  public Planned(Map<String, String> more) {
    TestDatabase.Credentials fresh = TestDatabase.shared().newDatabase();
    Map<String, String> environment = new HashMap<>();
    environment.put("MIDIFLEET_DATABASE_URL", fresh.jdbcUrl());
    environment.put("MIDIFLEET_DATABASE_USER", fresh.user());
    environment.put("MIDIFLEET_DATABASE_PASSWORD", fresh.password());
    environment.put("MIDIFLEET_RETRY_DELAYS", "1s,5s");
    environment.putAll(more);
    settings = Settings.of(environment);
    database = Database.open(settings, "test");
    database.migrate();
    execute("insert into library (name, location) values ('made', '/nowhere')");
    library = new Library(1, "made", "/nowhere");
    run = database.transaction(connection -> Runs.start(connection, library, "", Runs.Origin.ENQUEUE, false));
  }

  /** A planned batch of so many files, which it owns. */
  Batch batch(int size, int attempt) {
    return batch(attempt, Stream.generate(() -> "file" + files++ + ".mid").limit(size).toArray(String[]::new));
  }

  /** A planned batch of these files. */
  public Batch batch(int attempt, String... paths) {
    int size = paths.length;
    List<FileEntry> entries = new ArrayList<>();
    for (String path : paths) {
      long id = number(
          "insert into files (library_id, path, path_key, size_bytes, modified_at, status) values (1, '" + path
              + "', gen_random_uuid(), 100, now(), 'queued') returning id");
      entries.add(new FileEntry(id, path, 100));
    }
    List<Long> ids = entries.stream().map(FileEntry::id).toList();
    long id = database.transaction(connection -> BatchLedger.insert(connection,
        List.of(new NewBatch(run, Lane.BULK, attempt, ids, 100L * size, Duration.ZERO)), 1)[0]);
    execute("update files set batch_id = " + id + " where id in (" + join(ids) + ")");
    return new Batch(id, run, attempt, false, Lane.BULK, library, entries);
  }

  /** All files of the batch done, each with facts of its own; the tonic sets their contents apart. */
  static BatchResult done(Batch batch, int tonic) {
    List<BatchResult.Done> done = new ArrayList<>();
    List<Analysis> facts = new ArrayList<>();
    for (int i = 0; i < batch.files().size(); i++) {
      Analysis analysis = analyze(SmfBuilder.scale(tonic + i));
      facts.add(analysis);
      done.add(new BatchResult.Done(batch.files().get(i), Objects.requireNonNull(analysis.contentHash()), false));
    }
    return new BatchResult(done, List.of(), facts);
  }

  static BatchResult failed(Batch batch, FailureKind kind) {
    return new BatchResult(List.of(), batch.files().stream()
        .map(file -> new BatchResult.Failed(file, new FileFailure(kind, 7, "made for the test"))).toList(), List.of());
  }

  static Analysis analyze(byte[] file) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(file.length + 128L);
      MemorySegment.copy(file, 0, bytes, ValueLayout.JAVA_BYTE, 0, file.length);
      var analysis = new Analysis();
      new Workspace(Settings.of(Map.of())).analyzer().analyze(bytes, 0, file.length, analysis);
      return analysis;
    } catch (FileFailure e) {
      throw new AssertionError(e);
    }
  }

  public long number(String sql) { return Long.parseLong(text(sql)); }

  public String text(String sql) { return lines(sql).getFirst(); }

  public List<String> lines(String sql) {
    return database.query(connection -> {
      try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
        List<String> lines = new ArrayList<>();
        while (rows.next()) {
          lines.add(String.valueOf(rows.getString(1)));
        }
        return lines;
      }
    });
  }

  public void execute(String sql) {
    database.query(connection -> {
      try (Statement statement = connection.createStatement()) {
        return statement.executeUpdate(sql);
      }
    });
  }

  @Override
  public void close() { database.close(); }

  private static String join(List<Long> ids) { return String.join(",", ids.stream().map(String::valueOf).toList()); }
}
