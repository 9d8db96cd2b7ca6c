package dev.midifleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Real files for tests: the corpus, where it stands beside the checkout, else nothing. A test that uses it has made
 * files too, so that it says something everywhere.
 */
public final class Corpus {
  private static final List<String> ENDINGS = List.of(".mid", ".midi", ".kar", ".rmi", ".smf");

  private Corpus() {}

  /** The corpus' folder, which need not exist. A test's working directory is its module's folder. */
  public static Path folder() {
    return Path.of("..", "..", "shared", "corpus");
  }

  /** Its MIDI files in a stable order; empty where there is no corpus. */
  public static List<Path> files() {
    if (!Files.isDirectory(folder())) return List.of();
    try (Stream<Path> all = Files.walk(folder())) {
      return all.filter(Files::isRegularFile).filter(Corpus::isMidi).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isMidi(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }
}
