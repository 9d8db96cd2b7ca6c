package dev.midifleet.bench.ablation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a JVM like that of a worker. */
final class Jvm {
  private static final Path FLAGS = Path.of(System.getProperty("midifleet.home", ".."), ".mvn/jvm.flags");

  private Jvm() {}

  /** The words that start a program of this class path with the launcher's flags and some more. */
  static List<String> words(List<String> options, String classPath, Class<?> main) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(Files.readAllLines(FLAGS));
    // Flags of another kind of machine change nothing on this one.
    words.add("-XX:+IgnoreUnrecognizedVMOptions");
    // The configuration for tests, where that is on the class path too, logs to standard output.
    words.add("-Dlogback.configurationFile=logback.xml");
    words.addAll(options);
    words.addAll(List.of("-cp", classPath, main.getName()));
    return words;
  }
}
