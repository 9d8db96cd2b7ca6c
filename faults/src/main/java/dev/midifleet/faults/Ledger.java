package dev.midifleet.faults;

import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.TestBroker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The check that every fault ends in: nothing lost, nothing twice. With A the files that the producer tried, C those
 * whose plan was committed, R with results, D dead, S dropped on purpose and X cancelled: C is within R, D, S and X; R and
 * D are within A; one row a file; what was counted is what is there; D is exactly what was broken on purpose.
 *
 * <p>All sums are made by SQL, so that a million files take seconds. See {@link LedgerLines} for each line.
 */
public final class Ledger {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int SHOWN = 20;
  /** The take after the last start is the one that gives the file up. */
  private static final String SUSPECTS = """
      select 'batch ' || id || ': ' || crashes || ' crashes, taken ' || taken || ' times' from batches
      where lane = 'suspect' and (crashes > %d or taken > %d) order by id limit 50"""
      .formatted(SuspectLedger.CRASHES, SuspectLedger.STARTS + 1);

  private final Connection connection;
  private final Expected expected;

  /**
   * What must have become of the files.
   *
   * @param tried
   *          how many files the producer tried
   * @param paths
   *          the same by their paths, relative to their libraries; null where only their number is known
   * @param dead
   *          the injected failures, exactly
   * @param dropped
   *          files that were dropped on purpose
   * @param cancelled
   *          the most files that may be new because their run was cancelled
   * @param again
   *          the most files that may have been planned by more than one run, and settled more than once, because they
   *          changed or were retried on purpose
   * @param attempts
   *          the most attempts that a batch may have
   */
  public record Expected(long tried, @Nullable Set<String> paths, Map<String, FailureKind> dead, long dropped,
      long cancelled, long again, int attempts) {

    /** All of these files are tried, and all but the dead ones are sound. */
    public static Expected of(Set<String> paths, Map<String, FailureKind> dead) {
      return new Expected(paths.size(), Set.copyOf(paths), Map.copyOf(dead), 0, 0, 0, 3);
    }

    /** The same for so many files that their names take too long. */
    public static Expected of(long tried, Map<String, FailureKind> dead) {
      return new Expected(tried, null, Map.copyOf(dead), 0, 0, 0, 3);
    }

    /** The same where so many files may have been planned and settled more than once. */
    public Expected again(long files) {
      return new Expected(tried, paths, dead, dropped, cancelled, files, attempts);
    }

    /** The same where so many files were cancelled, at most. */
    public Expected cancelled(long files) {
      return new Expected(tried, paths, dead, dropped, files, again, attempts);
    }

    /** The same where so many files were dropped. */
    public Expected dropped(long files) {
      return new Expected(tried, paths, dead, files, cancelled, again, attempts);
    }
  }

  /**
   * What was counted.
   *
   * @param files
   *          rows of files
   * @param done
   *          of them with results
   * @param copies
   *          of those done, how many found their content known
   * @param dead
   *          dead letters
   * @param batches
   *          all of them, retries and cancelled ones included
   * @param deliveries
   *          takes
   * @param publications
   *          of batches
   * @param suppressed
   *          takes and publications beyond the first of a batch: duplicates that had no effect
   */
  public record Counts(long files, long done, long copies, long dead, long batches, long deliveries, long publications,
      long suppressed) {}

  public Ledger(Connection connection, Expected expected) {
    this.connection = connection;
    this.expected = expected;
  }

  /**
   * Waits until no batch is open.
   *
   * @throws AssertionError
   *           with the open batches, when nothing is settled for as long as the patience
   */
  public Ledger awaitSettled(Duration patience) throws SQLException, InterruptedException {
    String open = "select count(*) from batches where committed_at is null";
    String moves = "select coalesce(sum(taken + publications), 0) + count(committed_at) from batches";
    long last = -1;
    long limit = System.nanoTime() + patience.toNanos();
    while (Rows.number(connection, open) > 0) {
      long now = Rows.number(connection, moves);
      if (now != last) {
        last = now;
        limit = System.nanoTime() + patience.toNanos();
      }
      if (System.nanoTime() > limit) {
        throw new AssertionError("nothing moves for " + patience.toSeconds() + " s, and batches are open:\n  "
            + String.join("\n  ", openBatches()));
      }
      Thread.sleep(POLL);
    }
    return this;
  }

  /**
   * Waits until the queues are empty: no message is ready, and none is in somebody's hands.
   *
   * @throws AssertionError
   *           when they are not, in the end
   */
  public Ledger awaitQuiet(TestBroker broker, String vhostUri, Duration patience) throws InterruptedException {
    long limit = System.nanoTime() + patience.toNanos();
    long quietSince = Long.MAX_VALUE;
    while (true) {
      long now = System.nanoTime();
      String found = depths(broker, vhostUri);
      if (!found.isEmpty()) {
        quietSince = Long.MAX_VALUE;
        if (now > limit) throw new AssertionError("no batch is open, and the queues are not empty: " + found);
      } else if (quietSince == Long.MAX_VALUE) {
        quietSince = now;
      } else if (now - quietSince > broker.statisticsLag().toNanos()) {
        return this;
      }
      Thread.sleep(POLL);
    }
  }

  /** What the queues hold, or why that is not known; empty when they are empty. */
  private static String depths(TestBroker broker, String vhostUri) {
    try {
      Map<String, Long> depths = broker.queueDepths(vhostUri);
      if (depths.isEmpty()) return "there are none";
      depths.values().removeIf(count -> count == 0);
      return depths.isEmpty() ? "" : depths.toString();
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Balances the rows, which must be settled.
   *
   * @throws AssertionError
   *           that names every line that does not balance
   */
  public Counts balance() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LedgerLines.PREPARE);
    }
    List<String> wrong = new ArrayList<>();
    for (LedgerLines line : LedgerLines.values()) {
      List<String> found = Rows.lines(connection, line.sql());
      if (!found.isEmpty()) {
        wrong.add(said(line.name().toLowerCase(Locale.ROOT) + ": " + line.meaning(), found));
      }
    }
    sums(wrong);
    deadLetters(wrong);
    paths(wrong);
    if (!wrong.isEmpty()) throw new AssertionError("the ledger does not balance:\n" + String.join("\n", wrong));
    return counts();
  }

  private void sums(List<String> wrong) throws SQLException {
    Map<String, Long> files = new HashMap<>();
    for (String line : Rows.lines(connection, "select status || ' ' || count(*) from files group by status")) {
      String[] parts = line.split(" ", 2);
      files.put(parts[0], Long.parseLong(parts[1]));
    }
    long rows = files.values().stream().mapToLong(Long::longValue).sum();
    if (rows != expected.tried) wrong.add("files: " + expected.tried + " were tried, " + rows + " have a row");
    long dropped = files.getOrDefault("dropped", 0L);
    if (dropped != expected.dropped) {
      wrong.add("dropped: " + expected.dropped + " were dropped on purpose, " + dropped + " are");
    }
    long fresh = files.getOrDefault("new", 0L);
    if (fresh > expected.cancelled) {
      wrong.add(said("without a fate: new, and at most " + expected.cancelled + " were cancelled: " + fresh,
          Rows.lines(connection, "select path from files where status = 'new' order by path limit " + SHOWN)));
    }
    long settled = Rows.number(connection, "select coalesce(sum(files_done + files_dead), 0) from batches");
    long there = files.getOrDefault("done", 0L) + files.getOrDefault("dead", 0L) + dropped;
    if (settled < there || settled > there + expected.again) {
      wrong.add("settled: the batches have counted " + settled + " files as done or dead, " + there + " are"
          + (expected.again > 0 ? ", and at most " + expected.again + " were settled again" : ""));
    }
    long twice = Rows.number(connection, LedgerLines.PLANNED_TWICE);
    if (twice > expected.again + expected.cancelled) {
      wrong.add("planned twice: " + twice + " files were planned by more than one run, at most "
          + (expected.again + expected.cancelled) + " had a reason");
    }
    long attempts = Rows.number(connection, "select coalesce(max(attempt), 0) from batches");
    if (attempts > expected.attempts) wrong.add("attempts: " + attempts + ", at most " + expected.attempts);
    List<String> suspects = Rows.lines(connection, SUSPECTS);
    if (!suspects.isEmpty()) wrong.add(said("suspects: tried after they were condemned", suspects));
  }

  private void deadLetters(List<String> wrong) throws SQLException {
    Map<String, String> dead = new TreeMap<>();
    for (String line : Rows.lines(connection,
        "select d.kind || ' ' || f.path from dead_files d join files f on f.id = d.file_id")) {
      String[] parts = line.split(" ", 2);
      dead.put(parts[1], parts[0]);
    }
    List<String> found = new ArrayList<>();
    expected.dead.forEach((path, kind) -> {
      String is = dead.remove(path);
      if (is == null) {
        found.add(path + " is not dead, and should be by " + kind);
      } else if (!is.equals(kind.name())) {
        found.add(path + " is dead by " + is + ", and should be by " + kind);
      }
    });
    dead.forEach((path, kind) -> found.add(path + " is dead by " + kind + ", and was not broken"));
    if (!found.isEmpty()) wrong.add(said("dead letters: they are not the injected failures", found));
  }

  private void paths(List<String> wrong) throws SQLException {
    Set<String> paths = expected.paths;
    if (paths == null) return;
    Set<String> rows = new TreeSet<>(Rows.lines(connection, "select path from files"));
    Set<String> lost = new TreeSet<>(paths);
    lost.removeAll(rows);
    rows.removeAll(paths);
    if (!lost.isEmpty()) wrong.add(said("lost: tried, and without a row", lost));
    if (!rows.isEmpty()) wrong.add(said("strange: a row, and not tried", rows));
  }

  private Counts counts() throws SQLException {
    long[] sums = new long[8];
    try (Statement statement = connection.createStatement(); var row = statement.executeQuery(LedgerLines.COUNTS)) {
      row.next();
      for (int i = 0; i < sums.length; i++) {
        sums[i] = row.getLong(i + 1);
      }
    }
    return new Counts(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]);
  }

  /** The open batches, for people. */
  public List<String> openBatches() throws SQLException {
    return Rows.lines(connection, LedgerLines.OPEN);
  }

  private static String said(String what, Collection<String> found) {
    String some = String.join("\n  ", found.stream().limit(SHOWN).toList());
    return what + "\n  " + some + (found.size() > SHOWN ? "\n  and " + (found.size() - SHOWN) + " more" : "");
  }
}
