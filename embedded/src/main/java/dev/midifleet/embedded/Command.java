package dev.midifleet.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short runs of other programs, with a bound on their time. */
final class Command {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private Command() {}

  /**
   * @param exitCode
   *          0 for success
   * @param output
   *          standard output and standard error, stripped
   */
  record Result(int exitCode, String output) {
    boolean isSuccess() { return exitCode == 0; }
  }

  /**
   * A process that is not started yet, in the folder {@code /} and with nothing of this process's environment:
   * variables such as {@code PGPORT} would change what PostgreSQL's programs do.
   */
  static ProcessBuilder builder(List<String> words) {
    var builder = new ProcessBuilder(words).directory(Path.of("/").toFile()).redirectErrorStream(true);
    var path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("PATH", path == null ? "/usr/bin:/bin" : path);
    return builder;
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException
   *           when it cannot be started
   * @throws EmbeddedPostgresException
   *           when it takes longer than five minutes
   */
  static Result run(List<String> words, String input) throws IOException, InterruptedException {
    // Through files: a pipe that nobody reads would stop the program, and the bound on time would need threads.
    var output = Files.createTempFile("midifleet-command", ".out");
    try {
      var process = builder(words).redirectOutput(output.toFile()).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended without reading its input: its exit code and output say why.
      }
      try {
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
          throw new EmbeddedPostgresException(words + " did not end within " + TIMEOUT.toMinutes() + " minutes");
        }
      } finally {
        process.destroyForcibly();
      }
      return new Result(process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip());
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Sends a signal such as {@code INT}; a process that is gone is no error. */
  static void signal(long pid, String signal) throws InterruptedException {
    try {
      // The shell's own kill: the program of that name is missing on small systems.
      run(List.of("sh", "-c", "kill -s \"$0\" \"$1\"", signal, Long.toString(pid)), "");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run sh", e);
    }
  }
}
