package dev.midifleet.bench.accuracy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The MIDI files of a corpus, labelled or not. */
final class CorpusFiles {
  private static final List<String> ENDINGS = List.of(".mid", ".midi", ".kar", ".rmi", ".smf");

  private CorpusFiles() {}

  /** In the order of their paths. */
  static List<Path> of(Truth truth) throws IOException {
    try (Stream<Path> all = Files.walk(truth.folder())) {
      return all.filter(Files::isRegularFile).filter(CorpusFiles::isMidi).sorted().toList();
    }
  }

  private static boolean isMidi(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  /** The data set: the first folder below the corpus. */
  static String source(Truth truth, Path file) {
    return truth.folder().relativize(file).getName(0).toString();
  }
}
