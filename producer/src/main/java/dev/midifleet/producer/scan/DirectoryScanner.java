package dev.midifleet.producer.scan;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Walks a folder, hidden folders included, and gives its files one by one: depth first, the names of each folder in the
 * order of their bytes, so that two scans of the same tree give the same order.
 *
 * <ul>
 * <li>By default it gives names that end in {@code .mid .midi .kar .rmi .smf}, in any case; or every regular file.
 * <li>A link to a file is followed, and has the size and time of what it leads to. A link to a folder is not descended,
 * so that a walk always ends and finds no file twice; only the folder that the scan starts from may be such a link.
 * <li>A name that fits but cannot be looked at (a link that leads nowhere or to itself, no permission, a disk that does
 * not answer) is given as {@link ScannedFile#unseen}: reading it will say what is wrong with it. Unless it is such a link,
 * which is no more than that, the listener is told. Pipes, sockets and devices are passed over.
 * <li>A folder that cannot be read is told to the listener, and the walk goes on. What vanishes during the walk is passed
 * over; if the folder that the walk started from vanishes, or is another one than it was, as when a disk is unmounted and
 * its mount point stays, the listener is told, and the walk ends.
 * </ul>
 *
 * <p>Held in memory are the names of the folders on the way down, never the whole tree. Nothing stays open between two
 * calls. For one thread.
 */
public final class DirectoryScanner implements Iterator<ScannedFile> {
  /** Endings of the names that are taken for MIDI files, in lower case. */
  public static final List<String> EXTENSIONS = List.of(".mid", ".midi", ".kar", ".rmi", ".smf");

  private static final long MICROS_MIN = -62_135_596_800_000_000L;
  private static final long MICROS_MAX = 253_402_300_799_999_999L;

  private static final long DEVICE_STEP = 0x9e3779b97f4a7c15L;
  /** How the JDK ends what it says of ELOOP, in every language of the system. */
  private static final String LINK_LOOP = "unable to access attributes of symbolic link";

  /** Told of what the walk could not see. */
  @FunctionalInterface
  public interface Listener {

    /**
     * A folder (or the rest of it, or a name that may be one) cannot be read, and what is below it is missing from the
     * scan.
     *
     * @param path
     *          relative to the folder that is scanned; empty for that folder itself
     */
    void unreadable(Path path, IOException cause);

    /**
     * A name that fits belongs to a pipe, a socket or a device, which is passed over.
     *
     * @param path
     *          relative to the folder that is scanned
     */
    default void special(Path path) {}

    /**
     * A name that fits cannot be looked at, and not because it is a link that leads nowhere or to itself. It is given all
     * the same, as {@link ScannedFile#unseen}.
     *
     * @param path
     *          relative to the folder that is scanned
     */
    default void unseen(Path path, IOException cause) {}
  }

  /** A folder on the way down: the names in it that are still to be seen. */
  private record Level(Path folder, Iterator<Path> names) {}

  private final Path root;
  private final boolean allFiles;
  private final Listener listener;
  private final FileNumbers.Source numbers;
  private final long libraryDevice;
  private final @Nullable FileNumbers rootAtStart;
  private final ArrayDeque<Level> levels = new ArrayDeque<>();
  private @Nullable ScannedFile next;

  /**
   * @param root
   *          the folder to walk
   * @param library
   *          the folder that the root is, or is below: inodes on its device keep their numbers, and so have the same
   *          {@link ScannedFile#inodeKey} on each host, after each boot and from whichever folder below
   * @param allFiles
   *          whether every regular file is given, whatever its name
   */
  public DirectoryScanner(Path root, Path library, boolean allFiles, Listener listener) {
    this.root = root;
    this.numbers = FileNumbers.source(library);
    this.libraryDevice = device(library);
    this.allFiles = allFiles;
    this.listener = listener;
    this.rootAtStart = FileNumbers.ofFolder(root);
    descend(Path.of(""));
  }

  /** Whether a file's name ends as those of MIDI files do. */
  public static boolean hasMidiName(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !levels.isEmpty()) {
      Level level = levels.getFirst();
      if (level.names().hasNext()) {
        Path name = level.names().next();
        next = visit(level.folder().resolve(name), allFiles || hasMidiName(name));
      } else {
        levels.removeFirst();
      }
    }
    return next != null;
  }

  @Override
  public ScannedFile next() {
    if (!hasNext()) throw new NoSuchElementException();
    ScannedFile found = next;
    next = null;
    if (found == null) throw new IllegalStateException("hasNext() found nothing");
    return found;
  }

  private @Nullable ScannedFile visit(Path path, boolean wanted) {
    Path file = root.resolve(path);
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        descend(path);
        return null;
      }
      if (!wanted) return null;
      boolean isLink = attributes.isSymbolicLink();
      if (isLink) {
        attributes = Files.readAttributes(file, BasicFileAttributes.class);
      }
      if (attributes.isRegularFile()) {
        return new ScannedFile(path, attributes.size(), micros(attributes), inodeKey(file, attributes), isLink);
      }
      if (!attributes.isDirectory()) {
        listener.special(path);
      }
      return null;
    } catch (IOException e) {
      return visitUnseen(path, wanted, e);
    }
  }

  /** A name that is gone since its folder was listed is no file; if the root is gone, the rest of the names are none. */
  private @Nullable ScannedFile visitUnseen(Path path, boolean wanted, IOException cause) {
    if (!isRootThere()) {
      levels.clear();
      listener.unreadable(Path.of(""), new FileSystemException(root.toString(), null,
          "it is gone, or another folder is in its place, since the scan began: unmounted?"));
      return null;
    }
    boolean isGone = cause instanceof NoSuchFileException;
    if (isGone && !Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)) return null;
    if (!wanted) {
      listener.unreadable(path, cause);
      return null;
    }
    if (!isGone && !isLinkLoop(cause)) {
      listener.unseen(path, cause);
    }
    return ScannedFile.unseen(path);
  }

  /** Asked only after a look has failed: what was seen before the folder was replaced was seen. */
  private boolean isRootThere() {
    FileNumbers now = FileNumbers.ofFolder(root);
    return now != null && now.equals(rootAtStart);
  }

  private static boolean isLinkLoop(IOException cause) {
    return cause instanceof FileSystemException e && e.getReason() != null && e.getReason().endsWith(LINK_LOOP);
  }

  private void descend(Path folder) {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(root.resolve(folder))) {
      for (Path entry : listing) {
        names.add(entry.getFileName());
      }
    } catch (DirectoryIteratorException e) {
      listener.unreadable(folder, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      listener.unreadable(folder, e);
    }
    // The order of paths is that of their bytes, not of their characters.
    Collections.sort(names);
    levels.addFirst(new Level(folder, names.iterator()));
  }

  /** 0 where it cannot be looked at: the walk itself will say so. */
  private static long device(Path folder) {
    FileNumbers of = FileNumbers.ofFolder(folder);
    return of == null ? 0 : of.device();
  }

  private long inodeKey(Path file, BasicFileAttributes attributes) throws IOException {
    FileNumbers of = numbers.of(file, attributes);
    return of.inode() + (of.device() - libraryDevice) * DEVICE_STEP;
  }

  private static long micros(BasicFileAttributes attributes) {
    return Math.clamp(attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS), MICROS_MIN, MICROS_MAX);
  }
}
