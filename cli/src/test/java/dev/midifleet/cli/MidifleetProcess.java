package dev.midifleet.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own, with its own environment, as a person starts it. */
final class MidifleetProcess {
  private static final long SECONDS_MAX = 120;

  private final Process process;
  private final Path out;
  private final Path err;

  /** How it ended, and what it wrote. */
  record Ended(int code, String out, String err) {}

  private MidifleetProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static Ended run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
    return start(environment, arguments).await();
  }

  static MidifleetProcess start(Map<String, String> environment, String... arguments) throws IOException {
    Path out = Files.createTempFile("midifleet", ".out");
    Path err = Files.createTempFile("midifleet", ".err");
    List<String> command = CommandProcess.words("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MIDIFLEET_"));
    builder.environment().putAll(environment);
    return new MidifleetProcess(builder.start(), out, err);
  }

  Ended await() throws IOException, InterruptedException {
    try {
      boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
      if (!ended) throw new IllegalStateException("still running after " + SECONDS_MAX + " s: " + read(err));
      return new Ended(process.exitValue(), read(out), read(err));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** As Ctrl-C and SIGTERM do. */
  void stop() { process.destroy(); }

  String outSoFar() throws IOException { return read(out); }

  String errSoFar() throws IOException { return read(err); }

  private static String read(Path file) throws IOException { return Files.readString(file, StandardCharsets.UTF_8); }
}
