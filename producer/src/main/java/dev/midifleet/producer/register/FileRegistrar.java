package dev.midifleet.producer.register;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.LibraryLock;
import dev.midifleet.common.catalog.PathKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Brings the files of a scan into the rows, a chunk a transaction: COPY into a temporary table, then an update of those
 * that have changed and an insert of those that are new. Rows of unchanged files are read and not even locked, so that a
 * scan over a collection that is known costs no writing.
 *
 * <p>A full chunk is written on a thread of its own while the next one is filled, so that the walk and the database work at
 * the same time; never more than one is on its way. When one fails, the next call says so, the chunks before it stay, and
 * registering the same folder again does the rest. For one thread.
 */
public final class FileRegistrar implements AutoCloseable {
  private static final int CHUNK_FILES = 50_000;
  private static final int CHUNK_BYTES = 16 << 20;

  /** The joins below must go through the index on path_key, however small the server thinks the tables are. */
  private static final String PREPARE = """
      create temporary table if not exists scanned (
        library_id integer not null, path_key uuid not null, path text not null, size_bytes bigint not null,
        modified_at timestamptz not null, inode_key bigint, is_link boolean not null)
        on commit delete rows;
      set local enable_hashjoin = off;
      set local enable_mergejoin = off;
      set local enable_seqscan = off;
      set local enable_material = off;
      set local jit = off""";
  private static final String COPY = """
      copy %s (library_id, path_key, path, size_bytes, modified_at, inode_key, is_link) from stdin (format binary)""";
  private static final String COPY_SCANNED = COPY.formatted("scanned");
  private static final String COPY_FILES = COPY.formatted("files");
  /** What was seen has an inode. Of a file that nobody could look at nothing is known: its row stays as it is. */
  private static final String IS_UNSEEN = "(s.size_bytes = 0 and s.inode_key is null)";
  /** One look at the index for files that are as they were, which most are; the other statements are for the rest. */
  private static final String COMPARE = """
      select count(id) as known, count(*) filter (where not is_same) as differing,
        count(*) filter (where is_same and status in ('done', 'dead', 'dropped')) as settled,
        count(*) filter (where is_same and status = 'dead') as dead,
        count(*) filter (where is_same and status = 'dropped') as dropped,
        count(*) filter (where is_moved and status <> 'queued') as moved
      from (
        select f.id, f.status,
          f.size_bytes = s.size_bytes and f.modified_at = s.modified_at or %s as is_same,
          s.inode_key is not null and (f.inode_key, f.is_link) is distinct from (s.inode_key, s.is_link) as is_moved
        from scanned s left join files f on f.path_key = s.path_key) c""".formatted(IS_UNSEEN);
  private static final String IS_CHANGED = """
      f.path_key = s.path_key and (f.size_bytes, f.modified_at) is distinct from (s.size_bytes, s.modified_at)
        and not\s""" + IS_UNSEEN;
  /** What was wrong with the old content says nothing of the new one. */
  private static final String FORGET = """
      delete from dead_files d using files f, scanned s where d.file_id = f.id and\s""" + IS_CHANGED;
  /** The facts of the old content go with it: what follows may end as a dead letter, which has none. */
  private static final String UPDATE = """
      update files f set size_bytes = s.size_bytes, modified_at = s.modified_at, status = 'new', batch_id = null,
        content_hash = null, analyzed_at = null, inode_key = s.inode_key, is_link = s.is_link
      from scanned s where\s""" + IS_CHANGED;
  /** The same content under another inode: restored, moved, or registered before links were told apart. */
  private static final String RELINK = """
      update files f set inode_key = s.inode_key, is_link = s.is_link
      from scanned s
      where f.path_key = s.path_key and f.status <> 'queued' and s.inode_key is not null
        and (f.inode_key, f.is_link) is distinct from (s.inode_key, s.is_link)""";
  private static final String INSERT = """
      insert into files (library_id, path, path_key, size_bytes, modified_at, inode_key, is_link)
      select s.library_id, s.path, s.path_key, s.size_bytes, s.modified_at, s.inode_key, s.is_link from scanned s
      where not exists (select from files f where f.path_key = s.path_key)
      on conflict (path_key) do nothing""";
  private static final String UNIQUE_VIOLATION = "23505";

  private final Database database;
  private final Library library;
  private final BooleanSupplier stop;
  private CopyRows chunk;
  /** On its way to the database while {@link #writing} is set, and empty otherwise. */
  private CopyRows other;
  private @Nullable Writing writing;
  private Registered registered = Registered.NONE;

  /** A chunk on its way. */
  private record Writing(FutureTask<Registered> task, Thread thread) {
    static Writing start(FutureTask<Registered> task) {
      return new Writing(task, Thread.ofPlatform().daemon().name("registrar").start(task));
    }
  }

  /**
   * @param library
   *          the library of all the files
   * @param stop
   *          asked while the database is away: whether to give up
   */
  public FileRegistrar(Database database, Library library, BooleanSupplier stop) {
    this.database = database;
    this.library = library;
    this.stop = stop;
    this.chunk = new CopyRows(library.id());
    this.other = new CopyRows(library.id());
  }

  /**
   * Adds a file; the rows know of it after {@link #flush}, or when the chunk is full. One that could not be looked at, which
   * has no size and no inode, is added if it is new, and changes no row otherwise.
   *
   * @param path
   *          relative to the library, as {@link dev.midifleet.common.catalog.StoredPath} writes it
   * @param modifiedAtMicros
   *          microseconds since 1970-01-01T00:00Z, within the years 1 to 9999
   * @param inodeKey
   *          see {@link dev.midifleet.producer.scan.ScannedFile}; 0 where it is not known
   * @param isLink
   *          whether the name is a symbolic link
   */
  public void add(String path, long sizeBytes, long modifiedAtMicros, long inodeKey, boolean isLink) {
    chunk.add(PathKey.of(library.id(), path), path, sizeBytes, modifiedAtMicros, inodeKey, isLink);
    if (chunk.rows() >= CHUNK_FILES || chunk.bytes() >= CHUNK_BYTES) {
      startWriting();
    }
  }

  /** Registers what was added since the last chunk; afterwards the rows know of all that was added. */
  public void flush() {
    startWriting();
    awaitWritten();
  }

  private void startWriting() {
    awaitWritten();
    if (chunk.rows() == 0) return;
    CopyRows full = chunk;
    chunk = other;
    other = full;
    writing = Writing.start(new FutureTask<>(() -> write(full)));
  }

  private void awaitWritten() {
    Writing last = writing;
    if (last == null) return;
    writing = null;
    try {
      registered = registered.plus(resultOf(last));
    } finally {
      other.clear();
    }
  }

  /** Never left before its end: until then its buffer is not ours. An interrupt is for who writes. */
  private static Registered resultOf(Writing last) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return last.task().get();
        } catch (InterruptedException _) {
          interrupted = true;
          last.thread().interrupt();
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) throw cause;
          if (e.getCause() instanceof Error cause) throw cause;
          throw new IllegalStateException(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the chunk that is on its way; what was added since is not registered. */
  @Override
  public void close() { awaitWritten(); }

  /** What the chunks that are committed have found. */
  public Registered registered() { return registered; }

  private Registered write(CopyRows rows) {
    try {
      return database.transactionWhenReachable(stop, connection -> register(connection, rows, false));
    } catch (DatabaseException e) {
      if (!e.state().equals(UNIQUE_VIOLATION)) throw e;
      // The chunk has a file twice: the library's lock keeps everybody else out.
      return database.transactionWhenReachable(stop, connection -> register(connection, rows, true));
    }
  }

  /**
   * @param hasDoubles
   *          whether files of the chunk may be in it more than once
   */
  private Registered register(Connection connection, CopyRows rows, boolean hasDoubles) throws SQLException {
    LibraryLock.acquire(connection, library.id());
    try (Statement statement = connection.createStatement()) {
      statement.execute(PREPARE);
      long scanned = copy(connection, COPY_SCANNED, rows);
      Compared compared = compare(statement);
      long changed = 0;
      if (compared.differing > 0) {
        statement.executeUpdate(FORGET);
        changed = statement.executeLargeUpdate(UPDATE);
      }
      if (compared.moved > 0) {
        statement.executeUpdate(RELINK);
      }
      long added = 0;
      if (compared.known == 0 && !hasDoubles) {
        // Sent once more, and still half of what it takes row by row.
        added = copy(connection, COPY_FILES, rows);
      } else if (compared.known < scanned) {
        added = statement.executeLargeUpdate(INSERT);
      }
      return new Registered(added, changed, scanned - added - changed, compared.settled, compared.dead,
          compared.dropped);
    }
  }

  private static long copy(Connection connection, String sql, CopyRows rows) throws SQLException {
    try {
      return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, rows.input());
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot be read", e);
    }
  }

  /** The counts of {@link #COMPARE}. */
  private record Compared(long known, long differing, long settled, long dead, long dropped, long moved) {}

  private static Compared compare(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(COMPARE)) {
      row.next();
      return new Compared(row.getLong("known"), row.getLong("differing"), row.getLong("settled"), row.getLong("dead"),
          row.getLong("dropped"), row.getLong("moved"));
    }
  }
}
