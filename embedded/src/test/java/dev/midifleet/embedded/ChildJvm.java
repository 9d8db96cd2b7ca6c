package dev.midifleet.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A second JVM, in a session of its own, that runs {@link ChildMain}. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(Process process) {
    this.process = process;
    this.lines = process.inputReader();
  }

  /** Runs as this test's user. */
  static ChildJvm run(String... arguments) throws IOException {
    return run(List.of("setsid"), classPath(), arguments);
  }

  /**
   * @param before
   *          words before {@code java} on the command line
   */
  static ChildJvm run(List<String> before, String classPath, String... arguments) throws IOException {
    var words = new ArrayList<>(before);
    // What a test run in the background inherits would make the JVM deaf to Ctrl-C.
    words.addAll(List.of("env", "--default-signal=INT"));
    words.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
        "-Xmx128m", "-cp", classPath, ChildMain.class.getName()));
    words.addAll(List.of(arguments));
    return new ChildJvm(new ProcessBuilder(words).directory(new File("/"))
        .redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** This test's class path, copied to where every user may read it. */
  static String copyClassPath(Path folder) throws IOException, InterruptedException {
    var copies = new ArrayList<String>();
    for (String entry : classPath().split(File.pathSeparator, -1)) {
      var copy = folder.resolve("class-path-" + copies.size() + (entry.endsWith(".jar") ? ".jar" : ""));
      if (Files.exists(Path.of(entry))) {
        assertThat(Command.run(List.of("cp", "-rL", entry, copy.toString()), "").isSuccess()).isTrue();
        copies.add(copy.toString());
      }
    }
    assertThat(Command.run(List.of("chmod", "-R", "a+rX", folder.toString()), "").isSuccess()).isTrue();
    return String.join(File.pathSeparator, copies);
  }

  /** What it said after {@code word}, when it has said so. */
  String awaitLine(String word) throws IOException {
    var said = new ArrayList<String>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.add(line);
      if (line.startsWith(word)) return line.substring(word.length()).strip();
    }
    throw new AssertionError("the child ended without saying \"" + word + "\"; it said " + said);
  }

  long pid() { return process.pid(); }

  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** As a terminal does it for Ctrl-C. */
  void interruptProcessGroup() throws IOException, InterruptedException {
    assertThat(processGroup(pid())).isEqualTo(pid());
    assertThat(Command.run(List.of("sh", "-c", "kill -s INT -- -" + pid()), "").output()).isEmpty();
  }

  static long processGroup(long pid) throws IOException {
    // After the program's name, which stands in brackets: state, parent, process group.
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4)[2]);
  }

  static String names(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> child.getFileName().toString()).sorted().collect(Collectors.joining(" "));
    }
  }

  @Override
  public void close() { kill(); }
}
