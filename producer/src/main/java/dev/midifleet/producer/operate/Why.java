package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.PathKey;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.operate.WhyReport.Step;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file, and what will happen to it.
 *
 * <p>Its batches are found by the span of their files, and by reading the {@code file_ids} of those whose span holds it: an
 * index over {@code file_ids} would be written 500 times with every batch, and is wanted once in a while.
 */
public final class Why {
  private static final String FILE = """
      select f.id, l.name, f.path, f.status, f.content_hash, f.size_bytes, f.modified_at, f.analyzed_at, f.batch_id,
        f.library_id
      from files f join library l on l.id = f.library_id where f.path_key = any(?) order by l.name""";
  private static final String BATCHES = """
      select b.id, b.run_id, b.lane, b.attempt, b.file_count, b.due_at, b.publications, b.published_at, b.taken, b.crashes,
        b.worker_id, w.host, w.pid, w.seen_at > now() - interval '30 s' and w.state <> 'stopped', b.outcome, b.committed_at
      from batches b join runs r on r.id = b.run_id left join workers w on w.id = b.worker_id
      where r.library_id = ? and b.file_span @> ? and ? = any(b.file_ids) order by b.id""";
  private static final String FAILURES = """
      select t.batch_id, t.kind, t.reason, t.byte_offset, w.host, t.failed_at
      from failed_tries t left join workers w on w.id = t.worker_id where t.file_id = ? order by t.batch_id""";
  private static final String ALIVE = """
      select now(), (select count(*) from workers where seen_at > now() - interval '30 s' and state <> 'stopped')""";

  private final Connection connection;
  private final Settings settings;

  /** A file's row. */
  private record Row(long id, String library, String path, String status, @Nullable UUID content, long size,
      Instant modified, @Nullable Instant analyzed, @Nullable Long batch, int libraryId) {

    String name() { return library + ":" + path; }
  }

  private Why(Connection connection, Settings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  /**
   * Finds a file and tells what is known.
   *
   * @param typed
   *          an absolute path on this host, a path below a library, or {@code NAME:path}; bytes that are not UTF-8 as they
   *          are printed, {@code \xNN}
   * @param path
   *          the same as a path of this host
   * @param settings
   *          say where the libraries lie here
   * @throws MisuseException
   *           when the rows know no such file, or more than one
   */
  public static WhyReport of(Database database, String typed, Path path, Settings settings) {
    return database.transaction(connection -> new Why(connection, settings).report(typed, path));
  }

  private WhyReport report(String typed, Path path) throws SQLException {
    List<Library> libraries = Libraries.all(connection);
    List<Row> found = rows(keys(libraries, typed, path));
    if (found.size() > 1) {
      throw new MisuseException("more than one library has it: name one of "
          + found.stream().map(Row::name).collect(Collectors.joining(", ")));
    }
    if (found.isEmpty()) {
      throw new MisuseException("no library knows it (" + (libraries.isEmpty()
          ? "there is none yet"
          : libraries.stream().map(one -> one.name() + " at " + here(one)).collect(Collectors.joining(", ")))
          + "): it was not there when its folder was enqueued, or its name does not end as those of MIDI files do,"
          + " or it is a folder, a pipe, a socket or a device");
    }
    Row row = found.getFirst();
    List<Step> batches = batches(row);
    DeadFile dead = DeadFiles.find(connection, row.id());
    return new WhyReport(row.id(), row.library(), row.path(), row.status(), row.content(), row.size(), row.modified(),
        row.analyzed(), batches, failures(row), dead, next(row, batches));
  }

  /** Every place that the words may mean. */
  private Set<UUID> keys(List<Library> libraries, String typed, Path path) {
    Set<UUID> keys = new LinkedHashSet<>();
    String absolute = StoredPath.toText(path.toAbsolutePath().normalize());
    String relative = StoredPath.toText(path.normalize());
    for (Library library : libraries) {
      String prefix = here(library).endsWith("/") ? here(library) : here(library) + "/";
      for (String text : List.of(absolute, typed)) {
        if (text.startsWith(prefix)) {
          keys.add(PathKey.of(library.id(), text.substring(prefix.length())));
        }
      }
      if (typed.startsWith(library.name() + ":")) {
        keys.add(PathKey.of(library.id(), typed.substring(library.name().length() + 1)));
        if (relative.startsWith(library.name() + ":")) {
          keys.add(PathKey.of(library.id(), relative.substring(library.name().length() + 1)));
        }
      }
      if (!path.isAbsolute()) {
        keys.add(PathKey.of(library.id(), typed));
        keys.add(PathKey.of(library.id(), relative));
      }
    }
    return keys;
  }

  private String here(Library library) {
    return StoredPath.toText(library.folder(settings).toAbsolutePath().normalize());
  }

  private List<Row> rows(Set<UUID> keys) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FILE)) {
      statement.setArray(1, connection.createArrayOf("uuid", keys.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        List<Row> found = new ArrayList<>();
        while (rows.next()) {
          found.add(new Row(rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4),
              rows.getObject(5, UUID.class), rows.getLong(6), instant(rows, 7), instantOrNull(rows, 8),
              rows.getObject(9, Long.class), rows.getInt(10)));
        }
        return found;
      }
    }
  }

  private List<Step> batches(Row row) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BATCHES)) {
      statement.setInt(1, row.libraryId());
      statement.setLong(2, row.id());
      statement.setLong(3, row.id());
      try (ResultSet rows = statement.executeQuery()) {
        List<Step> steps = new ArrayList<>();
        while (rows.next()) {
          long batch = rows.getLong(1);
          steps.add(new Step(batch, rows.getObject(2, UUID.class), rows.getString(3), rows.getInt(4), rows.getInt(5),
              instant(rows, 6), rows.getInt(7), instantOrNull(rows, 8), rows.getInt(9), rows.getInt(10),
              rows.getObject(11, UUID.class), rows.getString(12), rows.getObject(13, Long.class), rows.getBoolean(14),
              rows.getString(15), instantOrNull(rows, 16), row.batch() != null && row.batch() == batch));
        }
        return steps;
      }
    }
  }

  private List<WhyReport.Failure> failures(Row row) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FAILURES)) {
      statement.setLong(1, row.id());
      try (ResultSet rows = statement.executeQuery()) {
        List<WhyReport.Failure> failures = new ArrayList<>();
        while (rows.next()) {
          failures.add(new WhyReport.Failure(rows.getLong(1), rows.getString(2), rows.getString(3),
              rows.getObject(4, Long.class), rows.getString(5), instant(rows, 6)));
        }
        return failures;
      }
    }
  }

  private String next(Row row, List<Step> batches) throws SQLException {
    return switch (row.status()) {
      case "done" -> "nothing: it is done, until its size or time changes or somebody enqueues with --all";
      case "dead" -> "nothing, until somebody runs `midifleet dead retry`, or its size or time changes";
      case "dropped" -> "nothing: somebody has given it up; it is tried again only if its size or time changes";
      case "new" -> "the next `midifleet enqueue` of its folder plans it";
      default -> nextOfQueued(batches);
    };
  }

  private String nextOfQueued(List<Step> batches) throws SQLException {
    Step owner = batches.stream().filter(Step::isOwner).findFirst().orElse(null);
    if (owner == null || !owner.isOpen()) {
      return "nothing, and that is wrong: it is queued, and no open batch owns it; `midifleet audit` says more";
    }
    try (PreparedStatement statement = connection.prepareStatement(ALIVE); ResultSet row = statement.executeQuery()) {
      row.next();
      String alive = row.getLong(2) == 0 ? "; but no worker is alive: start `midifleet worker`" : "";
      return nextOf(owner, instant(row, 1)) + alive;
    }
  }

  private static String nextOf(Step owner, Instant now) {
    boolean isLater = owner.dueAt().isAfter(now);
    if (owner.lane().equals("suspect")) {
      return isLater && owner.taken() > 0
          ? "it was there when a worker died, and a worker's child process is trying it alone now"
          : "it was there when a worker died: a worker's child process will try it alone";
    }
    if (owner.publishedAt() == null) {
      if (isLater && owner.publications() == 0) {
        return "it waits for its time, " + owner.dueAt() + ", to be tried" + (owner.attempt() > 1 ? " again" : "");
      }
      return "its batch is due: the relay of any worker or enqueue publishes it within seconds";
    }
    if (owner.taken() == 0 || owner.host() == null) {
      return "its batch is in RabbitMQ, and the next worker that is free takes it";
    }
    String worker = "the worker " + owner.pid() + " on " + owner.host();
    return owner.isWorkerAlive()
        ? worker + " has its batch"
        : worker + " had its batch and is gone: RabbitMQ gives it to another";
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant instantOrNull(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
