package dev.midifleet.worker.read;

import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a library, which no path of it may lead out of: not by its text ({@code ..}, or a path from the root), and
 * not by links, unless that is allowed. Rows can be written by others than the scanner, and what is a file at the scan may
 * be a link later.
 *
 * <p>Whether links in folders lead out is asked once a folder; so one is made for each batch. For any number of threads.
 */
public final class LibraryBounds {
  /** For files that a person has named. */
  public static final LibraryBounds NONE = new LibraryBounds(null, true);

  private static final String REMEDY = ": MIDIFLEET_LINKS=anywhere allows that";

  private final @Nullable Path folder;
  private final boolean linksAnywhere;
  private final ConcurrentHashMap<Path, Boolean> isInside = new ConcurrentHashMap<>();

  /**
   * @param folder
   *          of the library on this host; null for no bounds
   * @param linksAnywhere
   *          whether links may lead out of it
   */
  public LibraryBounds(@Nullable Path folder, boolean linksAnywhere) {
    this.folder = folder;
    this.linksAnywhere = linksAnywhere;
  }

  /**
   * The file of a stored path.
   *
   * @throws FileFailure
   *           OUTSIDE_LIBRARY when its text leads out of the library, or is no path at all
   */
  public Path resolve(String stored) throws FileFailure {
    Path path;
    try {
      path = StoredPath.toPath(stored);
    } catch (IllegalArgumentException e) {
      throw refused("its stored path is none: " + e.getMessage(), "");
    }
    if (folder == null) return path;
    if (path.isAbsolute() || !path.equals(path.normalize()) || path.startsWith("..")) {
      throw refused("its stored path is not one below the library's folder", "");
    }
    return folder.resolve(path);
  }

  /**
   * Checks where a file's folder really is, and where the file is if it is a link itself.
   *
   * @throws FileFailure
   *           OUTSIDE_LIBRARY when that is not in the library
   * @throws IOException
   *           when it cannot be found out
   */
  void requireInside(Path file, boolean isLink) throws FileFailure, IOException {
    if (folder == null || linksAnywhere) return;
    Path parent = file.getParent();
    if (parent != null && !isFolderInside(parent)) throw refused("links in its path lead out of the library", REMEDY);
    if (isLink && !file.toRealPath().startsWith(folder.toRealPath())) {
      throw refused("it is a link out of the library, to " + StoredPath.toText(file.toRealPath()), REMEDY);
    }
  }

  private boolean isFolderInside(Path parent) throws IOException {
    Boolean known = isInside.get(parent);
    if (known == null) {
      known = folder == null || parent.toRealPath().startsWith(folder.toRealPath());
      isInside.put(parent, known);
    }
    return known;
  }

  private static FileFailure refused(String reason, String remedy) {
    return new FileFailure(FailureKind.OUTSIDE_LIBRARY, FileFailure.NO_OFFSET,
        reason + remedy);
  }
}
