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
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters: list them, try them again, give them up. A file that is being tried again is no dead letter until it
 * fails again; its row stays until it succeeds, so that nothing is forgotten when a worker dies meanwhile.
 */
public final class DeadFiles {
  private static final int PAGE = 1_000;
  /** Files in one transaction of retry or drop: it bounds the memory, and how long the others wait for the library. */
  private static final int CHUNK = 50_000;
  private static final String SELECT = """
      select d.file_id, l.name, f.path, d.kind, d.reason, d.byte_offset, d.attempts, d.run_id, d.worker_id,
        d.first_failed_at, d.last_failed_at
      from dead_files d join files f on f.id = d.file_id join library l on l.id = f.library_id
      """;
  /** The filter's condition is put in by {@link #with}, into the others below too. */
  private static final String LIST = SELECT
      + "where d.file_id > ? and (? or d.file_id = any(?)) and {filter} order by d.file_id limit ?";
  /**
   * A page comes out of an index in the order of the files, and stops where it is full: by the statistics, which may be older
   * than the letters, PostgreSQL would sometimes read and sort all of them for each page. What is asked for differs so much
   * that one plan for all would be wrong for most; and a page is no work for two.
   */
  private static final String PREPARE_PAGE = """
      set local plan_cache_mode = force_custom_plan;
      set local enable_seqscan = off;
      set local enable_bitmapscan = off;
      set local enable_hashjoin = off;
      set local enable_mergejoin = off;
      set local enable_sort = off;
      set local max_parallel_workers_per_gather = 0;
      set local jit = off""";
  /** So many letters and fewer are found once, and pages then made of them, for looking at all letters to fill a page. */
  private static final int RARE = 500;
  /** Stops when they are not rare, as a bitmap would not. What is asked for decides about the index; it is no work for two. */
  private static final String FIND_RARE = "select d.file_id from dead_files d where {filter} limit " + (RARE + 1);
  private static final String PREPARE_RARE = """
      set local plan_cache_mode = force_custom_plan;
      set local enable_bitmapscan = off;
      set local max_parallel_workers_per_gather = 0;
      set local jit = off""";
  private static final String ONE = SELECT + "where d.file_id = ?";
  private static final String COUNT = """
      select kind, count(*) from (
        select d.kind from dead_files d join files f on f.id = d.file_id where {filter} limit ?) one group by kind""";
  private static final String SAMPLE = """
      select d.file_id from dead_files d join files f on f.id = d.file_id where {filter} order by random() limit ?""";
  private static final String OF_LIBRARY = """
      select d.file_id, f.size_bytes, d.kind from dead_files d join files f on f.id = d.file_id
      where f.library_id = ? and d.file_id > ? and (? or d.file_id = any(?)) and {filter} order by d.file_id limit ?""";
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

  /** Files of a library that are changed in one transaction. Never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Chunk(long[] ids, long[] sizes, SortedMap<String, Long> byKind) {
    long lastId() { return ids[ids.length - 1]; }
  }

  /** Changes the files of a chunk, in its transaction, and says how many batches that made. */
  @FunctionalInterface
  private interface Change {
    long apply(Connection connection, Library library, Chunk chunk) throws SQLException;
  }

  /**
   * Gives the dead letters one by one, in the order in which the files were found.
   *
   * @param limit
   *          the most that are given
   * @return how many were given
   */
  public long list(DeadFilter filter, long limit, Consumer<DeadFile> consumer) {
    Long[] chosen = chosen(filter);
    long given = 0;
    long lastId = 0;
    while (given < limit) {
      long after = lastId;
      int size = (int) Math.min(PAGE, limit - given);
      List<DeadFile> page = database.transaction(connection -> page(connection, filter, chosen, after, size));
      page.forEach(consumer);
      given += page.size();
      if (page.size() < size) break;
      lastId = page.getLast().file();
    }
    return given;
  }

  /** Counts them, and changes nothing. Of a sample, the kinds are those of as many as it has, not of random ones. */
  public Affected count(DeadFilter filter) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(with(COUNT, filter))) {
        filter.set(statement, 1);
        statement.setLong(1 + DeadFilter.PARAMETERS, filter.sample().orElse(Long.MAX_VALUE));
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
   * Plans them again: a run of its own for each library, {@value #CHUNK} files a transaction. The relay publishes them as it
   * does all others. What is committed when it is interrupted is planned, and doing it again plans the rest.
   *
   * @param pace
   *          when each batch is due
   * @param settings
   *          bound the batches
   * @param analyzerVersion
   *          what a worker must know to take them
   * @param progress
   *          told how many are planned, after each transaction
   */
  public Affected retry(DeadFilter filter, RetryPace pace, Settings settings, int analyzerVersion,
      LongConsumer progress) {
    var handOver = new HandOver(pace.bound(settings), analyzerVersion);
    SortedMap<Integer, UUID> runs = new TreeMap<>();
    Change plan = (connection, library, chunk) -> {
      UUID run = runs.get(library.id());
      if (run == null) {
        run = Runs.start(connection, library, "", Runs.Origin.RETRY, false);
      }
      pace.nextChunk();
      Planned planned = handOver.toBatches(connection, run, chunk.ids(), chunk.sizes(), pace::delay);
      // After each: what is planned is all that there is, if no other chunk follows.
      Runs.complete(connection, run);
      runs.put(library.id(), run);
      return planned.batches();
    };
    Affected changed = inChunks(filter, plan, progress);
    return new Affected(changed.files(), changed.byKind(), List.copyOf(runs.values()), changed.batches());
  }

  /**
   * Gives them up, {@value #CHUNK} a transaction: they are analysed again only if their size or time changes.
   *
   * @param progress
   *          told how many are dropped, after each transaction
   */
  public Affected drop(DeadFilter filter, LongConsumer progress) {
    return inChunks(filter, (connection, library, chunk) -> {
      try (PreparedStatement statement = connection.prepareStatement(DROP)) {
        statement.setArray(1, connection.createArrayOf("bigint", LongStream.of(chunk.ids()).boxed().toArray()));
        statement.executeUpdate();
      }
      return 0;
    }, progress);
  }

  /** The dead letter of a file; null where it has none. */
  static @Nullable DeadFile find(Connection connection, long file) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ONE)) {
      statement.setLong(1, file);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? deadFile(row) : null;
      }
    }
  }

  private Affected inChunks(DeadFilter filter, Change change, LongConsumer progress) {
    Long[] chosen = chosen(filter);
    SortedMap<String, Long> byKind = new TreeMap<>();
    long files = 0;
    long batches = 0;
    for (Library library : database.query(Libraries::all)) {
      long lastId = 0;
      while (true) {
        long after = lastId;
        var made = new AtomicLong();
        Chunk chunk = database.transaction(connection -> {
          // Held until the end of the transaction, so that nobody else hands files of it over.
          LibraryLock.acquire(connection, library.id());
          Chunk next = chunk(connection, filter, chosen, library, after);
          if (next.ids().length > 0) {
            made.set(change.apply(connection, library, next));
          }
          return next;
        });
        if (chunk.ids().length == 0) break;
        chunk.byKind().forEach((kind, count) -> byKind.merge(kind, count, Long::sum));
        files += chunk.ids().length;
        batches += made.get();
        lastId = chunk.lastId();
        progress.accept(files);
      }
    }
    return affected(byKind, List.of(), batches);
  }

  /** The files of the sample, or the few that the filter meets; null where there may be more, and all these are meant. */
  private Long @Nullable [] chosen(DeadFilter filter) {
    if (filter.sample().isPresent()) return database.query(connection -> sample(connection, filter));
    if (!filter.mayBeRare()) return null;
    Long[] found = database.transaction(connection -> rare(connection, filter));
    return found.length > RARE ? null : found;
  }

  private static Long[] sample(Connection connection, DeadFilter filter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(with(SAMPLE, filter))) {
      filter.set(statement, 1);
      statement.setLong(1 + DeadFilter.PARAMETERS, filter.sample().orElseThrow());
      return ids(statement);
    }
  }

  /** At most one more than are rare. */
  private static Long[] rare(Connection connection, DeadFilter filter) throws SQLException {
    execute(connection, PREPARE_RARE);
    try (PreparedStatement statement = connection.prepareStatement(FIND_RARE.replace("{filter}", filter.ofLetter()))) {
      filter.set(statement, 1);
      return ids(statement);
    }
  }

  private static Long[] ids(PreparedStatement statement) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids.toArray(Long[]::new);
  }

  private static Chunk chunk(Connection connection, DeadFilter filter, Long @Nullable [] chosen, Library library,
      long after) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(with(OF_LIBRARY, filter))) {
      statement.setInt(1, library.id());
      setRange(connection, statement, 2, after, chosen);
      filter.set(statement, 5);
      statement.setInt(5 + DeadFilter.PARAMETERS, CHUNK);
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
      return new Chunk(ids.build().toArray(), sizes.build().toArray(), byKind);
    }
  }

  private static String with(String sql, DeadFilter filter) { return sql.replace("{filter}", filter.condition()); }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void setRange(Connection connection, PreparedStatement statement, int from, long after,
      Long @Nullable [] chosen) throws SQLException {
    statement.setLong(from, after);
    statement.setBoolean(from + 1, chosen == null);
    statement.setArray(from + 2, connection.createArrayOf("bigint", chosen == null ? new Long[0] : chosen));
  }

  private static Affected affected(SortedMap<String, Long> byKind, List<UUID> runs, long batches) {
    long files = byKind.values().stream().mapToLong(Long::longValue).sum();
    return new Affected(files, byKind, runs, batches);
  }

  private static List<DeadFile> page(Connection connection, DeadFilter filter, Long @Nullable [] chosen, long after,
      int size) throws SQLException {
    execute(connection, PREPARE_PAGE);
    try (PreparedStatement statement = connection.prepareStatement(with(LIST, filter))) {
      setRange(connection, statement, 1, after, chosen);
      filter.set(statement, 4);
      statement.setInt(4 + DeadFilter.PARAMETERS, size);
      try (ResultSet rows = statement.executeQuery()) {
        List<DeadFile> page = new ArrayList<>();
        while (rows.next()) {
          page.add(deadFile(rows));
        }
        return page;
      }
    }
  }

  private static DeadFile deadFile(ResultSet row) throws SQLException {
    return new DeadFile(row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5),
        row.getObject(6, Long.class), row.getInt(7), row.getObject(8, UUID.class), row.getObject(9, UUID.class),
        row.getObject(10, OffsetDateTime.class).toInstant(), row.getObject(11, OffsetDateTime.class).toInstant());
  }
}
