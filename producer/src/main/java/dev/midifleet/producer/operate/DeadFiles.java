package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.LibraryLock;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.Settings;
import dev.midifleet.producer.plan.HandOver;
import dev.midifleet.producer.plan.Planned;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * The dead letters: list them, try them again, give them up. A file that is being tried again is no dead letter until it
 * fails again; its row stays until it succeeds, so that nothing is forgotten when a worker dies meanwhile.
 */
public final class DeadFiles {
  private static final int PAGE = 1_000;
  private static final String LIST = """
      select d.file_id, l.name, f.path, d.kind, d.reason, d.byte_offset, d.attempts, d.run_id, d.worker_id,
        d.first_failed_at, d.last_failed_at
      from dead_files d join files f on f.id = d.file_id join library l on l.id = f.library_id
      where d.file_id > ? and %s order by d.file_id limit ?""".formatted(DeadFilter.CONDITION);
  private static final String COUNT = """
      select d.kind, count(*) from dead_files d join files f on f.id = d.file_id where %s group by d.kind"""
      .formatted(DeadFilter.CONDITION);
  private static final String OF_LIBRARY = """
      select d.file_id, f.size_bytes, d.kind from dead_files d join files f on f.id = d.file_id
      where f.library_id = ? and %s order by d.file_id""".formatted(DeadFilter.CONDITION);
  private static final String DROP = """
      with gone as (delete from dead_files where file_id = any(?) returning file_id)
      update files f set status = 'dropped', batch_id = null from gone where f.id = gone.file_id""";

  private final Database database;

  public DeadFiles(Database database) { this.database = database; }

  /**
   * What was changed, or would be.
   *
   * @param byKind
   *          files of each kind, before
   * @param runs
   *          the runs that try them again, one a library
   * @param batches
   *          of those runs
   */
  public record Affected(long files, SortedMap<String, Long> byKind, List<UUID> runs, long batches) {}

  /** Files of a library that a filter meets. Never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Found(Library library, long[] ids, long[] sizes, SortedMap<String, Long> byKind) {}

  /**
   * Gives the dead letters one by one, in the order in which the files were found.
   *
   * @param limit
   *          the most that are given
   * @return how many were given
   */
  public long list(DeadFilter filter, long limit, Consumer<DeadFile> consumer) {
    long given = 0;
    long lastId = 0;
    while (given < limit) {
      long after = lastId;
      int size = (int) Math.min(PAGE, limit - given);
      List<DeadFile> page = database.query(connection -> page(connection, filter, after, size));
      page.forEach(consumer);
      given += page.size();
      if (page.size() < size) break;
      lastId = page.getLast().file();
    }
    return given;
  }

  /** Counts them, and changes nothing. */
  public Affected count(DeadFilter filter) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
        filter.set(statement, 1);
        SortedMap<String, Long> byKind = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            byKind.put(rows.getString(1), rows.getLong(2));
          }
        }
        return affected(byKind, List.of(), 0);
      }
    });
  }

  /**
   * Plans them again, in one transaction: a run of its own for each library. The relay publishes them as it does all
   * others.
   *
   * @param settings
   *          bound the batches
   * @param analyzerVersion
   *          what a worker must know to take them
   */
  public Affected retry(DeadFilter filter, Settings settings, int analyzerVersion) {
    var handOver = new HandOver(settings, analyzerVersion);
    return database.transaction(connection -> {
      List<Found> found = locked(connection, filter);
      List<UUID> runs = new ArrayList<>();
      long batches = 0;
      for (Found one : found) {
        UUID run = Runs.start(connection, one.library(), "", Runs.Origin.RETRY, false);
        Planned planned = handOver.toBatches(connection, run, one.ids(), one.sizes());
        Runs.complete(connection, run);
        runs.add(run);
        batches += planned.batches();
      }
      return affected(byKind(found), runs, batches);
    });
  }

  /** Gives them up, in one transaction: they are analysed again only if their size or time changes. */
  public Affected drop(DeadFilter filter) {
    return database.transaction(connection -> {
      List<Found> found = locked(connection, filter);
      for (Found one : found) {
        try (PreparedStatement statement = connection.prepareStatement(DROP)) {
          statement.setArray(1, connection.createArrayOf("bigint", LongStream.of(one.ids()).boxed().toArray()));
          statement.executeUpdate();
        }
      }
      return affected(byKind(found), List.of(), 0);
    });
  }

  /** What the filter meets, by library; the libraries are held from here on, so that nobody else hands files over. */
  private static List<Found> locked(Connection connection, DeadFilter filter) throws SQLException {
    List<Found> found = new ArrayList<>();
    for (Library library : Libraries.all(connection)) {
      LibraryLock.acquire(connection, library.id());
      try (PreparedStatement statement = connection.prepareStatement(OF_LIBRARY)) {
        statement.setInt(1, library.id());
        filter.set(statement, 2);
        var ids = LongStream.builder();
        var sizes = LongStream.builder();
        SortedMap<String, Long> byKind = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            ids.add(rows.getLong(1));
            sizes.add(rows.getLong(2));
            byKind.merge(rows.getString(3), 1L, Long::sum);
          }
        }
        if (!byKind.isEmpty()) {
          found.add(new Found(library, ids.build().toArray(), sizes.build().toArray(), byKind));
        }
      }
    }
    return found;
  }

  private static SortedMap<String, Long> byKind(List<Found> found) {
    SortedMap<String, Long> sum = new TreeMap<>();
    for (Found one : found) {
      one.byKind().forEach((kind, files) -> sum.merge(kind, files, Long::sum));
    }
    return sum;
  }

  private static Affected affected(SortedMap<String, Long> byKind, List<UUID> runs, long batches) {
    long files = byKind.values().stream().mapToLong(Long::longValue).sum();
    return new Affected(files, byKind, runs, batches);
  }

  private static List<DeadFile> page(Connection connection, DeadFilter filter, long after, int size)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LIST)) {
      statement.setLong(1, after);
      filter.set(statement, 2);
      statement.setInt(2 + DeadFilter.PARAMETERS, size);
      try (ResultSet rows = statement.executeQuery()) {
        List<DeadFile> page = new ArrayList<>();
        while (rows.next()) {
          page.add(new DeadFile(rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4),
              rows.getString(5), rows.getObject(6, Long.class), rows.getInt(7), rows.getObject(8, UUID.class),
              rows.getObject(9, UUID.class), rows.getObject(10, OffsetDateTime.class).toInstant(),
              rows.getObject(11, OffsetDateTime.class).toInstant()));
        }
        return page;
      }
    }
  }
}
