package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.Libraries;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.common.lifecycle.Checkpoint;
import dev.midifleet.producer.plan.BatchPlanner;
import dev.midifleet.producer.plan.BatchPlanner.Scope;
import dev.midifleet.producer.plan.Planned;
import dev.midifleet.producer.register.FileRegistrar;
import dev.midifleet.producer.register.Registered;
import dev.midifleet.producer.scan.DirectoryScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a folder to batches that wait to be published. What is stopped or dies on the way leaves rows that are right as
 * far as they go; enqueueing the same folder again does the rest.
 */
public final class Enqueue {
  private static final Logger LOG = LoggerFactory.getLogger(Enqueue.class);
  private static final int TELL_EVERY = 1_000;
  private static final Path UP = Path.of("..");
  private static final Path HERE = Path.of("");

  private final Database database;
  private final Settings settings;
  private final int analyzerVersion;

  /**
   * @param analyzerVersion
   *          what a worker must know to take the batches
   */
  public Enqueue(Database database, Settings settings, int analyzerVersion) {
    this.database = database;
    this.settings = settings;
    this.analyzerVersion = analyzerVersion;
  }

  /**
   * What to enqueue.
   *
   * @param library
   *          name of the library; empty: the one that holds the folder, or a new one
   * @param all
   *          whether files that are done are analysed again
   * @param allFiles
   *          whether files count whose names do not end as those of MIDI files do
   */
  public record Options(Optional<String> library, boolean all, boolean allFiles) {}

  /** Told of the progress, on the thread that enqueues. */
  public interface Listener {
    /** The run exists: {@code status} can show it. */
    default void started(UUID run, Libraries.Place place) {}

    /** So many files were found by the scan, now and then. */
    default void scanned(long files) {}

    /** A folder cannot be read; what is below it is missing from the run. */
    default void unreadable(Path folder, IOException cause) {}

    /** A file cannot be looked at: it is tried if it is new, and its row stays as it is if it is known. Told once a folder. */
    default void unseen(Path file, IOException cause) {}

    /** A name that fits belongs to a pipe, a socket or a device, and is left out. */
    default void special(Path path) {}

    /** All files are registered. */
    default void registered(Registered registered) {}

    /** More batches are planned, and their transaction is committed: a relay may publish them. */
    default void planned(Planned soFar) {}

    /** Whether to leave the rest to a later run. */
    default boolean isStopped() { return false; }
  }

  /**
   * What was done.
   *
   * @param unreadableFolders
   *          folders whose files are missing from the run
   * @param unreadableFiles
   *          files that could not be looked at
   * @param leftToOthers
   *          files below the folder that are neither registered nor planned, because they lie in the place of another
   *          library, by that library's name
   * @param isStopped
   *          whether the listener stopped it before its end
   */
  public record Result(UUID run, Libraries.Place place, Registered registered, Planned planned, long unreadableFolders,
      long unreadableFiles, SortedMap<String, Long> leftToOthers, boolean isStopped) {}

  /**
   * Enqueues a folder.
   *
   * @throws NotDirectoryException
   *           when it is none
   * @throws MisuseException
   *           when the named library lies elsewhere
   * @throws dev.midifleet.common.catalog.DatabaseException
   *           when PostgreSQL refuses; while it is away, this waits
   */
  public Result enqueue(Path directory, Options options, Listener listener) throws IOException {
    Path folder = absolute(directory);
    Libraries.Place place = database.transaction(
        connection -> Libraries.locate(connection, options.library(), StoredPath.toText(folder), settings));
    UUID run = database.transaction(
        connection -> Runs.start(connection, place.library(), place.folder(), Runs.Origin.ENQUEUE, options.all()));
    listener.started(run, place);

    var seen = new Seen(listener);
    var scanner = new DirectoryScanner(folder, libraryFolder(folder, place), options.allFiles(), seen);
    Map<String, String> others = database
        .query(connection -> Libraries.below(connection, place, StoredPath.toText(folder), settings));
    SortedMap<String, Long> leftToOthers = new TreeMap<>();
    Registered registered = register(scanner, place, listener, others, leftToOthers);
    leftToOthers.forEach((library, files) -> LOG.warn(
        "{} files are left to the library \"{}\", which lies below {}: enqueue its folder for what is new there", files,
        library, folder));
    Runs.scanned(database, run, registered.found(), registered.unchanged());
    listener.registered(registered);

    Checkpoint.REGISTERED.reached(registered.found());
    var planner = new BatchPlanner(database, settings, analyzerVersion, listener::isStopped);
    Planned planned = planner.plan(run, place.library(), place.folder(), options.all() ? Scope.ALL : Scope.NEW,
        soFar -> {
          Checkpoint.PLANNED.reached(soFar.batches());
          listener.planned(soFar);
        });
    return new Result(run, place, registered, planned, seen.unreadableFolders, seen.unreadableFiles,
        leftToOthers, listener.isStopped());
  }

  /** Counts what the scan could not see, and passes it on: of files that cannot be looked at the first of each folder. */
  private static final class Seen implements DirectoryScanner.Listener {
    private final Listener listener;
    private long unreadableFolders;
    private long unreadableFiles;
    private @Nullable Path told;

    Seen(Listener listener) { this.listener = listener; }

    @Override
    public void unreadable(Path below, IOException cause) {
      unreadableFolders++;
      listener.unreadable(below, cause);
    }

    @Override
    public void unseen(Path file, IOException cause) {
      Path folder = Objects.requireNonNullElse(file.getParent(), HERE);
      unreadableFiles++;
      if (!folder.equals(told)) {
        listener.unseen(file, cause);
      }
      told = folder;
    }

    @Override
    public void special(Path below) { listener.special(below); }
  }

  private Registered register(DirectoryScanner scanner, Libraries.Place place, Listener listener,
      Map<String, String> others, SortedMap<String, Long> leftToOthers) {
    String prefix = place.folder().isEmpty() ? "" : place.folder() + "/";
    long files = 0;
    try (var registrar = new FileRegistrar(database, place.library(), listener::isStopped)) {
      while (!listener.isStopped() && scanner.hasNext()) {
        var file = scanner.next();
        String path = StoredPath.toText(file.path());
        String other = ownerOf(path, others);
        if (other == null) {
          registrar.add(prefix + path, file.sizeBytes(), file.modifiedAtMicros(), file.inodeKey(), file.isLink());
        } else {
          leftToOthers.merge(other, 1L, Long::sum);
        }
        if (++files % TELL_EVERY == 0) {
          listener.scanned(files);
        }
      }
      registrar.flush();
      listener.scanned(files);
      return registrar.registered();
    }
  }

  /** The other library that a file belongs to: the one with the longest place that holds it; null for none. */
  private static @Nullable String ownerOf(String path, Map<String, String> others) {
    if (others.isEmpty()) return null;
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String other = others.get(path.substring(0, end));
      if (other != null) return other;
    }
    return null;
  }

  /** The library's folder on this host, which the enqueued folder is or is below. */
  private static Path libraryFolder(Path folder, Libraries.Place place) {
    if (place.folder().isEmpty()) return folder;
    int below = StoredPath.toPath(place.folder()).getNameCount();
    Path library = folder;
    for (int i = 0; i < below && library.getParent() != null; i++) {
      library = library.getParent();
    }
    return library;
  }

  /** The folder by its full name; links in it stay, because the same link may lead elsewhere on another host. */
  private static Path absolute(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) throw new NotDirectoryException(directory.toString());
    boolean climbs = StreamSupport.stream(directory.spliterator(), false).anyMatch(UP::equals);
    return climbs ? directory.toRealPath() : directory.toAbsolutePath().normalize();
  }
}
