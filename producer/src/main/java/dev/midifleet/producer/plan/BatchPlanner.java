package dev.midifleet.producer.plan;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.LibraryLock;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Turns the files that wait into batches, a page a transaction, so that workers start while the rest is planned. Each
 * transaction inserts the batches and hands the files over to them; one that is lost leaves its files as they were, and
 * the next planner finds them.
 *
 * <p>Pages are taken by id, which is the order of the scan. Nothing that a worker writes is indexed, so a planner reads
 * past the files that are done; over 10 million rows that takes seconds, once a run.
 */
public final class BatchPlanner {
  /** Which files a run takes. */
  public enum Scope {
    /** What has not been planned: new files, and changed ones. */
    NEW("{new}"),
    /** What is done or dead, too; never what was dropped, nor what another batch owns at the moment. */
    ALL("{new,done,dead}");

    private final String statuses;

    Scope(String statuses) { this.statuses = statuses; }
  }

  private static final int PAGE_FILES = 25_000;
  /** Walk the primary key from where the last page ended: a scan of the table for each page would cost its square. */
  private static final String PREPARE = """
      set local enable_seqscan = off;
      set local enable_bitmapscan = off;
      set local jit = off""";
  private static final String PAGE = """
      select id, size_bytes from files
      where library_id = ? and id > ? and starts_with(path, ?) and status = any(?::file_status[])
      order by id limit ?""";

  private final Database database;
  private final HandOver handOver;
  private final BooleanSupplier stop;

  /** The files of a transaction. Never compared. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Page(long[] ids, long[] sizes) {}

  /** What a transaction planned, and the last file that it looked at. */
  private record Step(Planned planned, long lastId) {}

  /**
   * @param analyzerVersion
   *          what a worker must know to take these batches
   * @param stop
   *          asked between transactions: whether to leave the rest to a later run
   */
  public BatchPlanner(Database database, Settings settings, int analyzerVersion, BooleanSupplier stop) {
    this.database = database;
    this.handOver = new HandOver(settings, analyzerVersion);
    this.stop = stop;
  }

  /**
   * Plans the files of a folder. The run is marked as planned at the end, unless it was stopped or cancelled before.
   *
   * @param folder
   *          below the library's location, as {@link dev.midifleet.common.catalog.StoredPath} writes it; empty for all
   * @param afterEach
   *          called after each transaction with the sum so far; the relay can publish from then on
   */
  public Planned plan(UUID run, Library library, String folder, Scope scope, Consumer<Planned> afterEach) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    var sum = Planned.NONE;
    long lastId = 0;
    while (!stop.getAsBoolean()) {
      long after = lastId;
      Step step = database.transactionWhenReachable(stop,
          connection -> planPage(connection, run, library, prefix, scope, after));
      if (step.planned().files() == 0) break;
      sum = sum.plus(step.planned());
      lastId = step.lastId();
      afterEach.accept(sum);
    }
    return sum;
  }

  private Step planPage(Connection connection, UUID run, Library library, String prefix, Scope scope,
      long after) throws SQLException {
    LibraryLock.acquire(connection, library.id());
    if (Runs.isCancelled(connection, run)) return new Step(Planned.NONE, after);
    try (Statement statement = connection.createStatement()) {
      statement.execute(PREPARE);
    }
    Page page = page(connection, library, prefix, scope, after);
    if (page.ids().length == 0) {
      Runs.complete(connection, run);
      return new Step(Planned.NONE, after);
    }
    Planned planned = handOver.toBatches(connection, run, page.ids(), page.sizes());
    return new Step(planned, page.ids()[page.ids().length - 1]);
  }

  private static Page page(Connection connection, Library library, String prefix, Scope scope, long after)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PAGE)) {
      statement.setInt(1, library.id());
      statement.setLong(2, after);
      statement.setString(3, prefix);
      statement.setString(4, scope.statuses);
      statement.setInt(5, PAGE_FILES);
      long[] ids = new long[PAGE_FILES];
      long[] sizes = new long[PAGE_FILES];
      int count = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ids[count] = rows.getLong(1);
          sizes[count++] = rows.getLong(2);
        }
      }
      return new Page(Arrays.copyOf(ids, count), Arrays.copyOf(sizes, count));
    }
  }
}
