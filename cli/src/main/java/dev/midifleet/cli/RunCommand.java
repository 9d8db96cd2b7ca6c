package dev.midifleet.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.midifleet.cli.local.LocalRun;
import dev.midifleet.cli.local.LocalRun.Summary;
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
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
          + "else ~/.local/share/midifleet).")
  private @Nullable Path data;

  @Option(names = "--all", description = "Analyse everything again, not only what is new or changed.")
  private boolean all;

  @Option(names = "--all-files", description = "Take every file, whatever its name ends with.")
  private boolean allFiles;

  @Option(names = "--slots", paramLabel = "N", description = "Batches in flight (default: 4).")
  private @Nullable String slots;

  @Option(names = "--threads", paramLabel = "N", description = "Threads that read and analyse (default: one a core).")
  private @Nullable String threads;

  @Option(names = "--read", paramLabel = "HOW", description = "map, buffer or auto (default).")
  private @Nullable String read;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = Settings.fromEnvironment().with(Setting.SLOTS, slots).with(Setting.THREADS, threads)
        .with(Setting.READ, read);
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
      try (LocalRun local = LocalRun.start(dataFolder, settings)) {
        interruption = new Interruption(local::requestStop, patience);
        summary = work(local);
        realFolder = local.dataFolder();
      }
      print(summary, realFolder);
      if (summary.isStopped()) return ExitCode.INTERRUPTED.code();
      return summary.unreadableFolders() > 0 ? ExitCode.INCOMPLETE.code() : ExitCode.OK.code();
    } catch (EmbeddedPostgresException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    } catch (LocalRun.StoppedEarlyException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, "stopped before the end: " + e.getMessage(), e);
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
    try (Progress progress = openProgress()) {
      return local.run(folder(), new Enqueue.Options(Optional.empty(), all, allFiles), new LocalRun.Listener() {
        @Override
        public void progress(long done, long total, long dead) { progress.update(done + dead, total, dead); }

        @Override
        public void scanned(long files) { progress.update(0, Progress.UNKNOWN, 0); }

        @Override
        public void resumed(long files) {
          System.err.println("midifleet: going on with " + files + " files that an earlier run left");
        }

        @Override
        public void unreadable(Path unreadable, IOException cause) {
          System.err
              .println("midifleet: " + unreadable + ": cannot be read, its files are left out: " + cause.getMessage());
        }
      });
    }
  }

  private static Progress openProgress() { return Progress.start("analysing", System.err, Terminal.isError()); }

  private void print(Summary summary, Path dataFolder) {
    PrintStream out = System.out;
    if (json) {
      out.println(toJson(summary));
      out.flush();
      return;
    }
    out.printf(Locale.ROOT,
        "%,d files: %,d analysed (%,d of them copies), %,d dead, %,d unchanged; %.1f s, %,.0f files/s%n",
        summary.files(), summary.analyzed(), summary.copied(), summary.dead(), summary.skipped(), summary.seconds(),
        summary.filesPerSecond());
    if (summary.isStopped()) {
      out.println("Stopped before the end. The same command goes on where it stopped.");
    }
    out.println("The rows are in " + dataFolder + ". To look at them:");
    out.println("  midifleet status --data " + dataFolder);
    if (summary.dead() > 0) {
      out.println("  midifleet dead list --data " + dataFolder);
    }
    out.flush();
  }

  private static ObjectNode toJson(Summary summary) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("run", summary.run().toString());
    node.put("files", summary.files());
    node.put("analyzed", summary.analyzed());
    node.put("copied", summary.copied());
    node.put("dead", summary.dead());
    node.put("skipped", summary.skipped());
    node.put("bytes", summary.bytes());
    node.put("notes", summary.notes());
    node.put("unreadable_folders", summary.unreadableFolders());
    node.put("seconds", summary.seconds());
    node.put("files_per_second", summary.filesPerSecond());
    node.put("stopped", summary.isStopped());
    return node;
  }
}
