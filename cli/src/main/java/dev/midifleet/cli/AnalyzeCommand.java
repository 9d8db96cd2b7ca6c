package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.analyze.AnalysisOptions;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code midifleet analyze PATH...}: the facts of files as JSON, without any service. */
@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {"Prints the facts of MIDI files: one JSON object a line, on standard output. Needs no service.",
        "",
        "Each line begins with \"path\". The line of a file that cannot be used has \"failure\", \"reason\" and"
            + " \"byte_offset\" instead of facts; also that of a path that is not there. Folders are walked in the order of"
            + " the bytes of the names, hidden ones included; links to folders are not followed. Lines come in the order of"
            + " the files. In a path, a byte that is not UTF-8 is \\xNN, and a backslash is doubled.",
        "",
        "Into a file (> facts.jsonl), with standard error on a terminal, it shows how many files are done.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet analyze song.mid", "  midifleet analyze ~/Music > facts.jsonl",
        "  midifleet analyze ~/Music | jq -r 'select(.failure) | [.path, .reason] | @tsv'",
        "  midifleet analyze --all-files --threads 2 unsorted/", "",
        "Ends with 0 when every file has its line, with 1 when a folder could not be read or a PATH is not there."})
final class AnalyzeCommand implements Callable<Integer> {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final Path STANDARD_INPUT = Path.of("-");
  private static final long STOP_SECONDS = 3;
  /** A file or two need no bar. */
  private static final Duration QUIET = Duration.ofSeconds(2);

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "PATH", arity = "1..*",
      description = "Files and folders. A file named here is always tried.")
  private List<Path> paths = List.of();

  @Option(
      names = "--all-files",
      description = "In folders, try every file, not only .mid, .midi, .kar, .rmi and .smf.")
  private boolean allFiles;

  @Option(
      names = "--tempo-from-notes",
      description = "Estimate every tempo from the notes, blind to what the file says of it.")
  private boolean tempoFromNotes;

  @Option(names = "--threads", paramLabel = "N", description = "Files at the same time; 0, the default: one a core.")
  private @Nullable String threads;

  @Option(names = "--read", paramLabel = "HOW", description = "How files are read: auto, map or buffer.")
  private @Nullable String read;

  @Override
  public Integer call() throws InterruptedException {
    var settings = Settings.fromEnvironment().with(Setting.THREADS, "--threads", threads)
        .with(Setting.READ, "--read", read);
    if (paths.contains(STANDARD_INPUT)) {
      throw new CommandException(ExitCode.USAGE, "- is not read: name files or folders (xargs -0 takes names from"
          + " standard input; ./- is a file of that name)");
    }
    var run = new AnalyzeRun(settings, new AnalysisOptions(tempoFromNotes));
    var finished = new CountDownLatch(1);
    var hook = Thread.ofPlatform().name("stop").unstarted(() -> stop(run, finished));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return analyze(run).code();
    } finally {
      finished.countDown();
      Interruption.forget(hook);
    }
  }

  private ExitCode analyze(AnalyzeRun run) throws InterruptedException {
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    var inputs = new AnalyzeInputs(paths, allFiles, err);
    // Not System.out: it keeps errors to itself, and the reader may be gone.
    try (OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES);
        Progress progress = progress()) {
      run.run(inputs, out, progress);
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Broken pipe")) return ExitCode.READER_GONE;
      throw new CommandException(ExitCode.CANNOT_WRITE, "standard output cannot be written to: " + e.getMessage(), e);
    }
    return inputs.isComplete() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  /** Only beside a file that fills up: anywhere else the bar would stand among the lines, those of a pipe's end too. */
  private static @Nullable Progress progress() {
    boolean wanted = Terminal.isError() && Terminal.isOutputFile();
    return wanted ? Progress.start("analysing", System.err, true).quietFor(QUIET) : null;
  }

  /** Lets the lines that are begun be ended, as far as the reader takes them, before a signal ends the process. */
  private static void stop(AnalyzeRun run, CountDownLatch finished) {
    run.stop();
    try {
      boolean inTime = finished.await(STOP_SECONDS, TimeUnit.SECONDS);
      if (!inTime) System.err.println("midifleet: stopped while nobody read its lines; the last one may be cut off");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
