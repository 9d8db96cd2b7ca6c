package dev.midifleet.cli;

import dev.midifleet.producer.scan.DirectoryScanner;
import dev.midifleet.producer.scan.ScannedFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The files that a person has named, and those of the folders that he has named, in that order; lazy. */
final class AnalyzeInputs implements Iterator<AnalyzeInputs.Input> {

  /**
   * @param file
   *          as given, joined with the path below the folder
   * @param sizeBytes
   *          when it was found; 0 where that is not known
   */
  record Input(Path file, long sizeBytes) {}

  private final Iterator<Path> named;
  private final boolean allFiles;
  private final PrintWriter err;
  private Path folder = Path.of("");
  private Iterator<ScannedFile> below = Collections.emptyIterator();
  private boolean complete = true;
  /** Of the last folder. */
  private boolean allRead = true;

  AnalyzeInputs(List<Path> named, boolean allFiles, PrintWriter err) {
    this.named = named.iterator();
    this.allFiles = allFiles;
    this.err = err;
  }

  /** Whether every folder so far could be read, and every name was there. */
  boolean isComplete() { return complete; }

  @Override
  public boolean hasNext() {
    while (!below.hasNext() && named.hasNext()) {
      Path path = named.next();
      folder = path;
      if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
        complete = false;
        err.println("midifleet: " + Printable.of(path) + ": there is no such file or folder");
      }
      allRead = true;
      if (Files.isDirectory(path)) {
        below = new DirectoryScanner(path, path, allFiles, this::unreadable);
        // Where something could not be read, its own line says so, and nobody knows what is in there.
        if (!below.hasNext() && allRead) err.println(Printable.empty(path, allFiles));
      } else {
        below = List.of(new ScannedFile(Path.of(""), sizeOf(path), 0, 0, false)).iterator();
      }
    }
    return below.hasNext();
  }

  @Override
  public Input next() {
    if (!hasNext()) throw new NoSuchElementException();
    ScannedFile found = below.next();
    return new Input(folder.resolve(found.path()), found.sizeBytes());
  }

  private void unreadable(Path path, IOException cause) {
    complete = false;
    allRead = false;
    err.println(Printable.unreadable(folder.resolve(path), cause));
  }

  private static long sizeOf(Path path) {
    try {
      return Files.size(path);
    } catch (IOException _) {
      return 0;
    }
  }
}
