package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.failure.MisuseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How the fleet does: runs, workers, dead letters. Read from runs, open batches and the sums of what is settled, never from
 * the files, of which there are millions.
 *
 * @param deadByKind
 *          dead letters of all runs, those that are being tried again included
 * @param unreadableMessages
 *          messages of the queue that nobody could read
 */
public record FleetStatus(List<RunStatus> runs, List<WorkerStatus> workers, SortedMap<String, Long> deadByKind,
    long unreadableMessages) {

  private static final int ID_CHARS_MIN = 4;
  /**
   * Suspects are never published: their due_at is the lease of who tries them. Interrupted: not planned to its end, although a
   * later one of its folder, or of one above it, was. What is settled is most of it, and is kept as sums.
   */
  private static final String RUNS = """
      select r.id, l.name, r.folder, r.origin, r.analyze_known, r.started_at, r.planned_at, r.cancelled_at,
        r.files_found, r.files_unchanged, r.file_count, r.byte_count,
        s.done, s.copied, s.dead, s.retried, o.queued, s.batches + o.open, o.open, o.unpublished, o.delayed, o.published,
        o.taken, o.suspects, r.planned_at is null and exists (
          select from runs later where later.library_id = r.library_id and later.origin = 'enqueue'
          and later.started_at > r.started_at and later.planned_at is not null
          and (later.folder in ('', r.folder) or starts_with(r.folder, later.folder || '/')))
      from runs r join library l on l.id = r.library_id, lateral (
        select coalesce(sum(files_done), 0) as done, coalesce(sum(files_copied), 0) as copied,
          coalesce(sum(files_dead), 0) as dead, coalesce(sum(files_retried), 0) as retried,
          coalesce(sum(batches), 0) as batches
        from settled_sums where run_id = r.id) s, lateral (
        select coalesce(sum(file_count), 0) as queued, count(*) as open,
          count(*) filter (where published_at is null and lane = 'bulk'
            and (due_at <= now() or publications > 0)) as unpublished,
          count(*) filter (where published_at is null and lane = 'bulk'
            and due_at > now() and publications = 0) as delayed,
          count(*) filter (where published_at is not null) as published,
          count(*) filter (where published_at is not null and taken > 0) as taken,
          count(*) filter (where lane = 'suspect') as suspects
        from batches where run_id = r.id and committed_at is null) o
      """;
  private static final String ONE = RUNS + "where starts_with(r.id::text, ?) order by r.started_at limit 2";
  private static final String OPEN = RUNS + """
      where r.cancelled_at is null and r.started_at > now() - interval '90 days' and (
        exists (select from batches where run_id = r.id and committed_at is null)
        or r.planned_at is null and not exists (
          select from runs later where later.library_id = r.library_id and later.origin = 'enqueue'
          and later.started_at > r.started_at and later.planned_at is not null
          and (later.folder in ('', r.folder) or starts_with(r.folder, later.folder || '/'))))
      order by r.started_at""";
  private static final String LATEST = RUNS + "where r.id = (select id from runs order by started_at desc limit 1)";
  private static final String WORKERS = """
      select id, host, pid, version, state, seen_at > now() - interval '30 s' and state <> 'stopped', started_at, seen_at,
        slots, threads, files_done, files_dead, bytes_done, problem
      from workers
      where seen_at > now() - interval '30 s' or seen_at > now() - interval '1 day' and state <> 'stopped'
      order by host, started_at""";
  private static final String DEAD = "select kind, sum(letters) from letter_sums group by kind having sum(letters) <> 0";
  private static final String UNREADABLE = "select count(*) from unreadable_messages";

  /**
   * One run, and the fleet.
   *
   * @param run
   *          its id, or the first characters of it
   * @throws MisuseException
   *           when no run or more than one has such an id
   */
  public static FleetStatus ofRun(Database database, String run) {
    return database.query(connection -> withFleet(connection, List.of(run(connection, run))));
  }

  /** All runs that are not over; if there is none, the latest. Older ones than 90 days are left out. */
  public static FleetStatus ofOpenRuns(Database database) {
    return database.query(connection -> {
      List<RunStatus> open = runs(connection, OPEN, null);
      return withFleet(connection, open.isEmpty() ? runs(connection, LATEST, null) : open);
    });
  }

  /** One run, see {@link #ofRun}. */
  static RunStatus run(Connection connection, String run) throws SQLException {
    if (run.length() < ID_CHARS_MIN) throw new MisuseException("there is no run " + run);
    List<RunStatus> runs = runs(connection, ONE, run.toLowerCase(Locale.ROOT));
    if (runs.size() == 1) return runs.getFirst();
    throw new MisuseException(runs.isEmpty() ? "there is no run " + run : "more than one run begins with " + run);
  }

  /** The run that was started last; empty when there is none. */
  static Optional<RunStatus> latest(Connection connection) throws SQLException {
    return runs(connection, LATEST, null).stream().findFirst();
  }

  private static FleetStatus withFleet(Connection connection, List<RunStatus> runs) throws SQLException {
    List<WorkerStatus> workers = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(WORKERS);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        workers.add(new WorkerStatus(rows.getObject(1, UUID.class), rows.getString(2), rows.getLong(3),
            rows.getString(4), rows.getString(5), rows.getBoolean(6), instant(rows, 7), instant(rows, 8),
            rows.getInt(9), rows.getInt(10), rows.getLong(11), rows.getLong(12), rows.getLong(13), rows.getString(14)));
      }
    }
    SortedMap<String, Long> dead = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(DEAD); ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        dead.put(rows.getString(1), rows.getLong(2));
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(UNREADABLE);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new FleetStatus(runs, workers, dead, row.getLong(1));
    }
  }

  private static List<RunStatus> runs(Connection connection, String sql, @Nullable String run) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (run != null) {
        statement.setString(1, run);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<RunStatus> runs = new ArrayList<>();
        while (rows.next()) {
          runs.add(run(rows));
        }
        return runs;
      }
    }
  }

  private static RunStatus run(ResultSet row) throws SQLException {
    Instant planned = instantOrNull(row, 7);
    Instant cancelled = instantOrNull(row, 8);
    long open = row.getLong(19);
    return new RunStatus(row.getObject(1, UUID.class), row.getString(2), row.getString(3), row.getString(4),
        row.getBoolean(5), state(planned, cancelled, open, row.getBoolean(25)), instant(row, 6), planned, cancelled,
        row.getLong(9), row.getLong(10), row.getLong(11), row.getLong(12), row.getLong(13), row.getLong(14),
        row.getLong(15), row.getLong(16), row.getLong(17), row.getLong(18), open, row.getLong(20), row.getLong(21),
        row.getLong(22), row.getLong(23), row.getLong(24));
  }

  private static RunStatus.State state(@Nullable Instant planned, @Nullable Instant cancelled, long open,
      boolean interrupted) {
    if (cancelled != null) return RunStatus.State.CANCELLED;
    if (interrupted) return RunStatus.State.INTERRUPTED;
    if (planned == null) return RunStatus.State.PLANNING;
    return open == 0 ? RunStatus.State.COMPLETE : RunStatus.State.RUNNING;
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
