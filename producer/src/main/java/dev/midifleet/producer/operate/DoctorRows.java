package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Grants;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the doctor reads from the rows: each method looks at one place, and says what it has found there. */
final class DoctorRows {
  private static final int SAMPLE_FILES = 16;
  private static final Duration CLOCK_MAX = Duration.ofSeconds(2);
  private static final int CONNECTIONS_A_WORKER = 2;
  private static final String OWNS = """
      select pg_has_role(current_user, c.relowner, 'member') from pg_class c where c.oid = 'batches'::regclass""";
  private static final String CONNECTIONS = """
      select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
        (select count(*) from pg_stat_activity where backend_type = 'client backend')""";
  private static final String BATCHES = """
      select count(*) filter (where lane = 'bulk' and published_at is not null),
        count(*) filter (where lane = 'bulk' and published_at is null and due_at < now() - interval '1 min'),
        count(*) filter (where lane = 'suspect'),
        (select coalesce(sum(2 * (slots + 1)), 0) from workers
          where seen_at > now() - interval '30 s' and state <> 'stopped')
      from batches where committed_at is null""";
  /** A run that has batches which nobody has settled for ten minutes, though there was something to settle. */
  private static final String STUCK = """
      select r.id from runs r
      where r.cancelled_at is null and r.started_at < now() - interval '10 min'
        and exists (select from batches b where b.run_id = r.id and b.committed_at is null and b.due_at <= now())
        and not exists (select from batches b where b.run_id = r.id and b.committed_at > now() - interval '10 min')
      order by r.started_at limit 5""";
  /** Those that stopped in good order are not looked for, nor those that another has taken the place of. */
  private static final String WORKERS = """
      select host, pid, extract(epoch from now() - seen_at)::bigint, version, analyzer_version, state, problem
      from workers w
      where state <> 'stopped' and seen_at > now() - interval '1 day' and not exists (
        select from workers next where next.host = w.host and next.started_at > w.seen_at
        and next.seen_at > now() - interval '1 min')
      order by host, pid""";
  private static final String SAMPLE = """
      select path from files where library_id = ? and status <> 'dead' order by id limit ?""";

  private final Database database;
  private final Settings settings;

  DoctorRows(Database database, Settings settings) {
    this.database = database;
    this.settings = settings;
  }

  /**
   * Open batches by where they are.
   *
   * @param late
   *          due for more than a minute, and not published
   * @param held
   *          the most that workers who are alive may have in their hands
   */
  record Open(long published, long late, long suspects, long held) {}

  Finding encoding() {
    String encoding = text("show server_encoding");
    return encoding.equals("UTF8")
        ? Finding.fine("encoding", encoding)
        : Finding.wrong("encoding", encoding, "move to a database made with CREATE DATABASE ... ENCODING 'UTF8'");
  }

  /** In the server's own words. */
  String serverVersion() { return text("show server_version"); }

  Finding rights() {
    String user = text("select current_user::text");
    if (one(OWNS, row -> row.getBoolean(1))) {
      return Finding.fine("role", user + " owns the tables, and may do everything");
    }
    if (Grants.mayWork(database)) return Finding.fine("role", user + " may do what workers and enqueue do");
    if (Grants.mayRead(database)) {
      return Finding.fine("role", user + " may read all rows; for a worker it has too few rights");
    }
    return Finding.wrong("role", user + " may not read all tables",
        "as the owner: `midifleet init --reader-role " + user + "`, or --worker-role");
  }

  Finding connections() {
    return one(CONNECTIONS, row -> {
      int max = row.getInt(1);
      int free = max - row.getInt(2);
      String text = free + " of " + max + " connections are free";
      return free >= CONNECTIONS_A_WORKER
          ? Finding.fine("connections", text)
          : Finding.wrong("connections", text, "raise max_connections; a worker holds "
              + settings.integer(Setting.DATABASE_CONNECTIONS));
    });
  }

  Finding clock() {
    Instant before = Instant.now();
    Instant there = one("select now()", row -> row.getObject(1, OffsetDateTime.class).toInstant());
    Duration difference = Duration.between(before.plus(Duration.between(before, Instant.now()).dividedBy(2)), there);
    String text = String.format(Locale.ROOT, "PostgreSQL's is %.1f s %s this host's",
        Math.abs(difference.toMillis()) / 1000.0, difference.isNegative() ? "behind" : "ahead of");
    return difference.abs().compareTo(CLOCK_MAX) <= 0
        ? Finding.fine("clock", text)
        : Finding.wrong("clock", text, "let both follow NTP; all times in the rows are PostgreSQL's");
  }

  Open open() { return one(BATCHES, row -> new Open(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4))); }

  Finding unreadable() {
    long count = Long.parseLong(text("select count(*) from unreadable_messages"));
    return count == 0
        ? Finding.fine("messages", "none was unreadable")
        : Finding.wrong("messages", count + " could not be read", "somebody else publishes to the queue, or workers are"
            + " older than enqueue: look at unreadable_messages, mend it, then delete its rows and `midifleet reconcile`");
  }

  List<Finding> stuck(boolean hasWorkers) {
    List<Finding> found = new ArrayList<>();
    for (String run : texts(STUCK)) {
      found.add(Finding.wrong("runs", "run " + run.substring(0, 8) + " has not moved for 10 minutes", hasWorkers
          ? "`midifleet status` says where its batches are; if they are published: `midifleet reconcile`"
          : "no worker is alive: start `midifleet worker`"));
    }
    return found.isEmpty() ? List.of(Finding.fine("runs", "none is stuck")) : found;
  }

  /**
   * Those that should be there.
   *
   * @param areAny
   *          alive, whatever else is wrong with them
   */
  record Workers(List<Finding> findings, boolean areAny) {}

  /**
   * @param version
   *          of this program
   * @param analyzerVersion
   *          of this program
   */
  Workers workers(String version, int analyzerVersion) {
    long silentMax = 3 * settings.duration(Setting.HEARTBEAT_INTERVAL).toSeconds();
    List<Finding> found = new ArrayList<>();
    return database.query(connection -> {
      boolean areAny = false;
      try (PreparedStatement statement = connection.prepareStatement(WORKERS);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          long silent = row.getLong(3);
          String name = row.getLong(2) + " on " + row.getString(1);
          areAny |= silent <= silentMax;
          found.addAll(silent <= silentMax
              ? alive(name, row, version, analyzerVersion)
              : List.of(Finding.wrong("workers",
                  name + " was last seen " + silent + " s ago, and has not said that it stops",
                  "it died, or its host lost PostgreSQL: look there and start it again; RabbitMQ gives its batches to"
                      + " others")));
        }
      }
      return new Workers(found, areAny);
    });
  }

  private static List<Finding> alive(String name, ResultSet row, String version, int analyzerVersion)
      throws SQLException {
    List<Finding> found = new ArrayList<>();
    if (row.getInt(5) != analyzerVersion || !row.getString(4).equals(version)) {
      found.add(Finding.wrong("workers", name + " is version " + row.getString(4) + " (analyzer " + row.getInt(5)
          + "), this is " + version + " (analyzer " + analyzerVersion + ")",
          "bring all to one version; an older analyzer stops at the first batch of a newer one"));
    }
    String state = row.getString(6);
    String problem = row.getString(7);
    if (problem != null && state.equals("draining")) {
      found.add(Finding.fine("workers", name + " is draining: " + problem));
    } else if (problem != null) {
      found.add(Finding.wrong("workers", name + " is " + state + ": " + problem,
          "mend that, there or on its host; it keeps what it holds, and goes on by itself"));
    }
    return found.isEmpty() ? List.of(Finding.fine("workers", name + " is alive")) : found;
  }

  List<Finding> libraries() {
    List<Finding> found = new ArrayList<>();
    for (Library library : database.query(Libraries::all)) {
      found.add(library(library));
    }
    return found.isEmpty() ? List.of(Finding.fine("libraries", "none yet")) : found;
  }

  private Finding library(Library library) {
    Path folder = library.folder(settings);
    String name = library.name() + " at " + StoredPath.toText(folder);
    String advice = "if workers or enqueue run on this host: mount it, or set MIDIFLEET_LIBRARY_" + library.variable()
        + " to where it is";
    if (!Files.isDirectory(folder)) return Finding.wrong("libraries", name + " is not there", advice);
    List<String> known = sample(library);
    long there = known.stream().filter(path -> Files.isRegularFile(folder.resolve(StoredPath.toPath(path)))).count();
    String text = name + ": " + there + " of " + known.size() + " known files are there";
    return known.isEmpty() || there > 0 ? Finding.fine("libraries", text) : Finding.wrong("libraries", text, advice);
  }

  private List<String> sample(Library library) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(SAMPLE)) {
        statement.setInt(1, library.id());
        statement.setInt(2, SAMPLE_FILES);
        return texts(statement);
      }
    });
  }

  @FunctionalInterface
  private interface Read<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> T one(String sql, Read<T> read) {
    return database.query(connection -> {
      try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet row = statement.executeQuery()) {
        row.next();
        return read.read(row);
      }
    });
  }

  private String text(String sql) { return one(sql, row -> row.getString(1)); }

  private List<String> texts(String sql) {
    return database.query((Connection connection) -> {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        return texts(statement);
      }
    });
  }

  private static List<String> texts(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }
}
