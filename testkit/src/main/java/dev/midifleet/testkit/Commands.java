package dev.midifleet.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Other programs: run to their end, or started so that they do not outlive this JVM. */
final class Commands {
  /**
   * {@code setpriv --pdeathsig} fires when the *thread* that started the program ends, not the process: so one thread
   * that lives as long as the JVM starts them all.
   */
  private static final ExecutorService SPAWNER = Executors
      .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("testkit-spawner").factory());

  private Commands() {}

  /**
   * Runs a program to its end.
   *
   * @return what it wrote, standard output and errors together
   * @throws IOException
   *           with the end of its output, when it fails or takes longer than the limit
   */
  static String run(Path directory, Map<String, String> environment, Duration limit, List<String> command)
      throws IOException {
    Path output = Files.createTempFile("midifleet-command", ".out");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
          .redirectInput(new File("/dev/null")).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      boolean ended;
      try {
        ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      if (!ended) {
        process.destroyForcibly();
      }
      if (!ended || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command.subList(0, Math.min(2, command.size())))
            + (ended ? " ended with " + process.exitValue() : " took more than " + limit.toSeconds() + " s") + ": "
            + tail(output));
      }
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Starts a program that gets SIGTERM when this JVM ends, even by {@code kill -9}. */
  static Process spawn(Path directory, Map<String, String> environment, Path output, List<String> command)
      throws IOException {
    List<String> whole = new ArrayList<>();
    if (isOnPath("setpriv")) {
      whole.addAll(List.of("setpriv", "--pdeathsig", "TERM", "--"));
    }
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole).directory(directory.toFile()).redirectErrorStream(true)
        .redirectInput(new File("/dev/null")).redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    // What is set for a broker of this machine must not reach ours.
    builder.environment().keySet().removeIf(name -> name.startsWith("RABBITMQ_") || name.startsWith("ERL_"));
    builder.environment().putAll(environment);
    try {
      return SPAWNER.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new IOException("cannot start " + command.getFirst() + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static boolean isOnPath(String program) {
    for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) return true;
    }
    return false;
  }

  /** The last lines of a file, for an error message. */
  static String tail(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "(" + file + " cannot be read: " + e + ")";
    }
  }
}
