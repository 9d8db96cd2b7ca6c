package dev.midifleet.cli;

import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.producer.scan.DirectoryScanner;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Names and reasons as a terminal may show them. */
final class Printable {
  private Printable() {}

  /** A name may hold line feeds and escape sequences, which a terminal must not obey: each control is a {@code ?}. */
  static String of(String text) {
    return text.codePoints().mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
        .collect(Collectors.joining());
  }

  /** A path as {@link StoredPath} writes it, without control characters. */
  static String of(Path path) {
    return of(StoredPath.toText(path));
  }

  /** Why a folder cannot be read, without its name, which many of these messages are nothing but. */
  static String reason(IOException cause) {
    return switch (cause) {
      case AccessDeniedException _ -> "no permission";
      case NoSuchFileException _ -> "it is not there";
      case FileSystemException e when e.getReason() != null -> of(e.getReason());
      case FileSystemException e -> e.getClass().getSimpleName();
      default -> of(String.valueOf(cause.getMessage()));
    };
  }

  /** The line about a folder that has nothing to analyse: a person who gets no line else would wonder why. */
  static String empty(Path folder, boolean allFiles) {
    String what = allFiles
        ? "no files in "
        : "no MIDI files (" + String.join(", ", DirectoryScanner.EXTENSIONS) + ") in ";
    return "midifleet: " + what + of(folder) + (allFiles ? "" : "; --all-files looks at every file");
  }

  /** The line about a name like those of MIDI files that belongs to no file. */
  static String special(Path path) {
    return "midifleet: " + of(path) + " is a pipe, a socket or a device, and no file: it is left out";
  }

  /** The line about a folder that a scan could not read. */
  static String unreadable(Path folder, IOException cause) {
    return "midifleet: " + of(folder) + ": cannot be read (" + reason(cause) + "): what is below it is left out";
  }

  /** The line about the first file of a folder that a scan could not look at. */
  static String unseen(Path file, IOException cause) {
    return "midifleet: " + of(file) + ": cannot be looked at (" + reason(cause)
        + "): it is tried if it is new, and what"
        + " is known of it stays; more such files of its folder are only counted";
  }
}
