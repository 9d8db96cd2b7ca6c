package dev.midifleet.cli;

import dev.midifleet.cli.local.LocalRun;
import dev.midifleet.cli.local.LocalRun.Summary;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.embedded.EmbeddedPostgresException;
import dev.midifleet.producer.operate.Enqueue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code midifleet run}: a folder on this machine, with nothing else running. */
@Command(name = "run", mixinStandardHelpOptions = true, description = {
    "Analyses a folder on this machine: starts a PostgreSQL of its own, works, prints a summary.",
    "Ctrl-C drains; the same command again resumes, and once all is done it analyses only what is new or changed."},
    footerHeading = "%nExamples:%n", footer = {
        "  midifleet run ~/Music/midi              analyse a folder",
        "  midifleet run ~/Music/midi --all        analyse everything in it again",
        "  midifleet run /srv/midi --data /srv/midifleet-data --json"})
final class RunCommand implements Callable<Integer> {
  private static final String NO_FOLDER = ": no such folder: name a folder that holds MIDI files";
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(30);

  @Parameters(paramLabel = "DIR", description = "The folder. Links to folders in it are not followed.")
  private @Nullable Path folder;

  @Option(names = "--data", paramLabel = "FOLDER",
      description = "Where the database lies (default: /var/lib/midifleet for root, "
          + "else ~/.local/share/midifleet). PostgreSQL's programs always go into the default, where it can be written.")
  private @Nullable Path data;

  @Option(names = "--all", description = "Analyse everything again, dead letters too, not only what is new or"
      + " changed; what was dropped stays dropped.")
  private boolean all;

  @Option(names = "--all-files", description = "Take every file, whatever its name ends with.")
  private boolean allFiles;

  @Mixin
  private WorkerOptions options = new WorkerOptions();

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = options.over(Settings.fromEnvironment());
    if (Files.isRegularFile(folder())) {
      throw new CommandException(ExitCode.USAGE, Printable.of(folder()) + " is a file, and run takes a folder: "
          + "`midifleet analyze` looks at one file");
    }
    if (!Files.isDirectory(folder())) {
      throw new CommandException(ExitCode.USAGE, folder + NO_FOLDER);
    }
    Path dataFolder = data != null ? data : EmbeddedPostgres.defaultDataFolder();
    Duration patience = settings.duration(Setting.DRAIN_TIMEOUT).plus(DRAIN_MARGIN);
    @Nullable
    Interruption interruption = null;
    try {
      Summary summary;
      Path realFolder;
      try (var _ = options.startRecording(); LocalRun local = LocalRun.start(dataFolder, settings)) {
        interruption = new Interruption(local::requestStop, patience);
        summary = work(local);
        realFolder = local.dataFolder();
      }
      if (summary.files() == 0 && summary.unreadableFolders() == 0 && !summary.isStopped()) {
        System.err.println(Printable.empty(folder(), allFiles));
      }
      print(summary, realFolder);
      if (summary.isStopped()) return ExitCode.INTERRUPTED.code();
      boolean sawAll = summary.unreadableFolders() + summary.unreadableFiles() == 0;
      return sawAll ? ExitCode.OK.code() : ExitCode.INCOMPLETE.code();
    } catch (EmbeddedPostgresException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    } catch (LocalRun.StoppedEarlyException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, "stopped before the end: " + e.getMessage(), e);
    } catch (DatabaseException e) {
      throw DatabaseProblem.explainLocal(e, dataFolder);
    } catch (NotDirectoryException e) {
      throw new CommandException(ExitCode.USAGE, folder + NO_FOLDER, e);
    } finally {
      // Only now, when the summary is printed and the server has stopped, may a waiting Ctrl-C end the JVM.
      if (interruption != null) {
        interruption.close();
      }
    }
  }

  private Path folder() {
    if (folder == null) throw new IllegalStateException("picocli requires DIR");
    return folder;
  }

  private Summary work(LocalRun local) throws IOException, InterruptedException, LocalRun.StoppedEarlyException {
    Path root = folder();
    try (var shown = new Shown()) {
      return local.run(root, new Enqueue.Options(Optional.empty(), all, allFiles), new LocalRun.Listener() {
        @Override
        public void progress(long done, long total, long dead) { shown.analyzed(done + dead, total, dead); }

        @Override
        public void scanned(long files) { shown.scanned(files); }

        @Override
        public void resumed(long files) {
          System.err.println("midifleet: going on with " + Amount.of(files, "file") + " that an earlier run left");
        }

        @Override
        public void unreadable(Path unreadable, IOException cause) {
          System.err.println(Printable.unreadable(root.resolve(unreadable), cause));
        }

        @Override
        public void unseen(Path file, IOException cause) {
          System.err.println(Printable.unseen(root.resolve(file), cause));
        }

        @Override
        public void special(Path path) { System.err.println(Printable.special(root.resolve(path))); }
      });
    }
  }

  /** First the scan, then the analysis. */
  private static final class Shown implements AutoCloseable {
    private Progress progress = Progress.start("scanning", System.err, Terminal.isError());
    private boolean scanning = true;

    void scanned(long files) { if (scanning) progress.update(files, Progress.UNKNOWN, 0); }

    void analyzed(long settled, long total, long dead) {
      if (scanning) {
        progress.close();
        progress = Progress.start("analysing", System.err, Terminal.isError());
        scanning = false;
      }
      progress.update(settled, total, dead);
    }

    @Override
    public void close() { progress.close(); }
  }

  private void print(Summary summary, Path dataFolder) {
    PrintStream out = System.out;
    if (json) {
      out.println(Json.line(object(summary)));
      out.flush();
      return;
    }
    out.printf(Locale.ROOT,
        "%s: %,d analysed (%,d of them copies), %,d dead, %,d unchanged%s%s; %.1f s, %,.0f files/s%n",
        Amount.of(summary.files(), "file"), summary.analyzed(), summary.copied(), summary.dead(), summary.skipped(),
        Amount.more(summary.deadBefore(), " dead before"), Amount.more(summary.dropped(), " dropped"),
        summary.seconds(), summary.filesPerSecond());
    if (summary.isStopped()) {
      out.println("Stopped before the end. The same command goes on where it stopped.");
    }
    out.println("The rows are in " + dataFolder + ". To look at them:");
    out.println("  midifleet status --data " + dataFolder);
    if (summary.dead() + summary.deadBefore() > 0) {
      out.println("  midifleet dead list --data " + dataFolder);
    }
    if (summary.files() > 1) {
      out.println("  midifleet duplicates --data " + dataFolder);
    }
    out.println("They can be asked in SQL too: README.md, \"In SQL\", says how to connect.");
    out.flush();
  }

  private static Map<String, @Nullable Object> object(Summary summary) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("run", summary.run().toString());
    object.put("files", summary.files());
    object.put("analyzed", summary.analyzed());
    object.put("copied", summary.copied());
    object.put("dead", summary.dead());
    object.put("skipped", summary.skipped());
    object.put("dead_before", summary.deadBefore());
    object.put("dropped", summary.dropped());
    object.put("bytes", summary.bytes());
    object.put("notes", summary.notes());
    object.put("unreadable_folders", summary.unreadableFolders());
    object.put("unreadable_files", summary.unreadableFiles());
    object.put("seconds", summary.seconds());
    object.put("files_per_second", summary.filesPerSecond());
    object.put("stopped", summary.isStopped());
    return object;
  }
}
