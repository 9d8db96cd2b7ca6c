package dev.midifleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code midifleet} as a process of its own, with the JVM flags of the launcher. */
public final class CommandProcess {
  private static final Path FLAGS = Path.of("../.mvn/jvm.flags");

  private CommandProcess() {}

  /** The words that start the command, to be followed by its arguments. */
  public static List<String> words(String... jvmFlags) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(Files.readAllLines(FLAGS));
    words.addAll(List.of(jvmFlags));
    // The tests' own configuration, which is found first, logs to standard output.
    words.add("-Dlogback.configurationFile=logback.xml");
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return words;
  }

  /** What a shell script has printed and how it ended; in the script, {@code "$@"} is the command. */
  record Ended(String out, String err, int code) {}

  static Ended shell(Path folder, String script, String... jvmFlags) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    words.addAll(words(jvmFlags));
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectOutput(out.toFile())
          .redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      int code = builder.start().waitFor();
      String warnings = Files.readString(err, UTF_8)
          .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
      return new Ended(Files.readString(out, UTF_8), warnings, code);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
