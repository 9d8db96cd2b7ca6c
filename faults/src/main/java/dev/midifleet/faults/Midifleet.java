package dev.midifleet.faults;

import dev.midifleet.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Starts {@code midifleet} in a process of its own, with the flags that the launcher uses. */
public final class Midifleet {
  private static final Path FLAGS = Path.of(System.getProperty("midifleet.home", ".."), ".mvn/jvm.flags");
  private static final long SECONDS_MAX = 180;

  /** What starts a process must outlive it: the kernel ends the process with the thread that started it. */
  private static final ExecutorService SPAWNER = Executors
      .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("midifleet-spawner").factory());

  private final Map<String, String> environment;
  private final Path outputs;
  private final List<String> jvmOptions;
  private final List<String> before;

  /**
   * @param environment
   *          its {@code MIDIFLEET_…} variables
   * @param outputs
   *          a folder for what it prints
   */
  public Midifleet(Map<String, String> environment, Path outputs) { this(environment, outputs, List.of()); }

  /**
   * @param jvmOptions
   *          besides those that the launcher uses
   */
  public Midifleet(Map<String, String> environment, Path outputs, List<String> jvmOptions) {
    this(environment, outputs, jvmOptions, List.of());
  }

  private Midifleet(Map<String, String> environment, Path outputs, List<String> jvmOptions, List<String> before) {
    this.before = List.copyOf(before);
    this.environment = Map.copyOf(environment);
    this.outputs = outputs;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /** The same with some variables changed. */
  public Midifleet with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return new Midifleet(all, outputs, jvmOptions, before);
  }

  /** The same behind a command that runs what follows it, such as on another host, and becomes it. */
  public Midifleet behind(List<String> words) {
    return new Midifleet(environment, outputs, jvmOptions, words);
  }

  /** A process that was started. */
  public record Running(Process process, Path out, Path err) {

    public int exitCode(long seconds) throws InterruptedException {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end within " + seconds + " s; it said: " + errors());
      }
      return process.exitValue();
    }

    public String output() { return read(out); }

    public String errors() { return read(err); }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Starts it; it is killed when this JVM ends, however it ends. */
  public Running start(String... arguments) throws IOException {
    // What a test run in the background inherits would make the JVM deaf to Ctrl-C.
    List<String> command = new ArrayList<>(
        List.of("setpriv", "--pdeathsig", "KILL", "env", "--default-signal=INT"));
    command.addAll(before);
    command.addAll(words());
    command.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(outputs, "out", ".txt");
    Path err = Files.createTempFile(outputs, "err", ".txt");
    var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MIDIFLEET_"));
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    try {
      return new Running(SPAWNER.submit(builder::start).get(), out, err);
    } catch (ExecutionException e) {
      throw new IOException("cannot start midifleet: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Runs a command to its end, which must be exit code 0. */
  public Running succeed(String... arguments) throws IOException, InterruptedException {
    Running running = start(arguments);
    int code = running.exitCode(SECONDS_MAX);
    if (code != 0) {
      throw new AssertionError(String.join(" ", arguments) + " ended with " + code + ": " + running.errors());
    }
    return running;
  }

  private List<String> words() throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(Files.readAllLines(FLAGS));
    words.addAll(jvmOptions);
    // The tests' own configuration, which is found first, logs to standard output.
    words.add("-Dlogback.configurationFile=logback.xml");
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return words;
  }
}
