package dev.midifleet.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Faults of files, libraries and runs. */
final class SoakFileFaults {
  private static final long AWAY_MILLIS = 8_000;
  /** Longer than all tries of a file, so that some are dead before they are mended. */
  private static final long BROKEN_MILLIS = 1_500;
  private static final int CANCELLED_FILES = 2_000;
  private static final String THROUGH = "there is nothing to cancel";
  private static final long RUN_APPEARS_MILLIS = 60_000;

  private final SoakFleet soak;
  private final SoakLibrary library;
  /** Held for writing while a library is away, so that nobody else fails for want of it. */
  private final ReentrantReadWriteLock mount = new ReentrantReadWriteLock(true);
  private final Map<String, Integer> songs = new ConcurrentHashMap<>();
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicLong cancelled = new AtomicLong();

  /** What is done to a file between two enqueues of it. */
  private interface Change {
    void apply(Path file) throws IOException, InterruptedException;
  }

  SoakFileFaults(SoakFleet soak, SoakLibrary library) {
    this.soak = soak;
    this.library = library;
  }

  void addTo(Map<String, SoakFaults.Action> actions) {
    actions.put("file: changed in flight", _ -> change(_ -> {}));
    actions.put("file: truncated in flight", dice -> {
      int left = dice.nextInt(2) * 20;
      change(file -> {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(left);
        }
        Thread.sleep(BROKEN_MILLIS);
      });
    });
    actions.put("file: deleted in flight", _ -> change(file -> replace(file, _ -> {})));
    actions.put("file: a link that leads nowhere in flight",
        _ -> change(file -> replace(file, gone -> Files.createSymbolicLink(gone, Path.of("nowhere.mid")))));
    actions.put("file: unreadable in flight", _ -> change(file -> replace(file, SoakFileFaults::makeUnreadable)));
    actions.put("library: not mounted", dice -> unmount(library.roots().get(dice.nextInt(library.roots().size()))));
    actions.put("run: cancelled", _ -> cancel());
  }

  /** How many files may have been settled more than once. */
  long changes() { return songs.size(); }

  /** How many files may have been cancelled. */
  long cancelled() { return cancelled.get(); }

  private void change(Change change) throws Exception {
    Path file = addChanging();
    Path part = Objects.requireNonNull(file.getParent());
    soak.insist("enqueue", part.toString());
    int song = library.newSong();
    mount.readLock().lock();
    try {
      change.apply(file);
      Files.write(file, MadeSong.bytes(song));
    } finally {
      mount.readLock().unlock();
    }
    songs.put(part.getFileName() + "/" + file.getFileName(), song);
    soak.insist("enqueue", part.toString());
  }

  private Path addChanging() throws IOException {
    mount.readLock().lock();
    try {
      return library.addChanging(number.getAndIncrement());
    } finally {
      mount.readLock().unlock();
    }
  }

  /** Something else, or nothing, lies in its place for a while. */
  private static void replace(Path file, Change change) throws IOException, InterruptedException {
    Files.delete(file);
    try {
      change.apply(file);
      Thread.sleep(BROKEN_MILLIS);
    } finally {
      // What is written next would go through a link, and not into what nobody may open.
      Files.deleteIfExists(file);
    }
  }

  private static void makeUnreadable(Path file) throws IOException {
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
    if (!Files.isReadable(file)) return;
    // Root reads what is closed to others; a link to itself fails by the same kind, for root too.
    Files.delete(file);
    Files.createSymbolicLink(file, Objects.requireNonNull(file.getFileName()));
  }

  private void unmount(Path root) throws Exception {
    Path away = root.resolveSibling(root.getFileName() + ".away");
    mount.writeLock().lock();
    try {
      Files.move(root, away);
      Thread.sleep(AWAY_MILLIS);
    } finally {
      if (Files.exists(away)) {
        Files.move(away, root);
      }
      mount.writeLock().unlock();
    }
  }

  private void cancel() throws Exception {
    Path folder;
    mount.readLock().lock();
    try {
      folder = library.addPart("cancelled-" + number.getAndIncrement(), CANCELLED_FILES);
    } finally {
      mount.readLock().unlock();
    }
    cancelled.addAndGet(CANCELLED_FILES);
    var enqueue = soak.fleet.midifleet("").start("enqueue", folder.toString());
    boolean isCancelled = false;
    try {
      isCancelled = soak.insistUnless(THROUGH, "cancel", awaitRun(folder.getFileName() + "/"));
      if (!isCancelled) throw new SoakFaults.Missed(THROUGH);
    } finally {
      if (enqueue.exitCode(300) != 0 || !isCancelled) {
        // Another fault may have ended it halfway; all its files must have a row.
        soak.insist("enqueue", folder.toString());
      }
    }
  }

  /** The run that has files of a folder. */
  private String awaitRun(String prefix) throws InterruptedException, SoakFaults.Missed {
    String sql = String.format(Locale.ROOT, """
        select b.run_id from files f join batches b on b.id = f.batch_id
        where f.path >= '%1$s' and f.path < '%1$s~' limit 1""", prefix);
    for (long waited = 0; waited < RUN_APPEARS_MILLIS; waited += 50) {
      try (Connection connection = soak.fleet.connect()) {
        List<String> found = Rows.lines(connection, sql);
        if (!found.isEmpty()) return found.getFirst();
      } catch (SQLException e) {
        // The database is away: a fault of its own.
      }
      Thread.sleep(50);
    }
    throw new SoakFaults.Missed("its enqueue made no run");
  }

  /** That each changed file has what its last bytes say. */
  void check(Connection connection) throws SQLException {
    for (var one : songs.entrySet()) {
      List<String> titles = Rows.lines(connection,
          "select title from musical_metadata where path = '" + one.getKey() + "'");
      if (!titles.equals(List.of(MadeSong.title(one.getValue())))) {
        throw new AssertionError(
            one.getKey() + " has the rows " + titles + ", and the bytes of song " + one.getValue());
      }
    }
  }
}
