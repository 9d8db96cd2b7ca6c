package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.SuspectWorker;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code midifleet suspect}: what a worker's child process runs. A byte on standard input drains it, a second
 * one makes it give back what it has, its end halts it. */
@Command(name = SuspectCommand.NAME, hidden = true, mixinStandardHelpOptions = true,
    description = {"Tries files that were there when a worker died, one by one. Workers start it themselves.", ""},
    footerHeading = "%nExamples:%n", footer = "  midifleet suspect 5f0c8f1e-5f5e-4c1e-9a55-0c8f1e5f5e4c")
final class SuspectCommand implements Callable<Integer> {
  static final String NAME = "suspect";

  @Parameters(index = "0", paramLabel = "WORKER", description = "The id of the worker that started it.")
  private @Nullable UUID worker;

  @Parameters(index = "1", arity = "0..1", paramLabel = "LIBRARY", description = "Only of the library with this id.")
  private @Nullable Integer library;

  @Override
  public Integer call() throws Exception {
    Logging.level("INFO");
    Settings settings = Settings.fromEnvironment();
    var only = library == null ? OptionalInt.empty() : OptionalInt.of(library);
    @Nullable
    Interruption interruption = null;
    PrintStream told = System.out;
    UUID parent = worker == null ? new UUID(0, 0) : worker;
    try (Database database = Database.open(settings, "midifleet suspect");
        var suspects = new SuspectWorker(parent, only, settings, database, told, SuspectCommand::halt)) {
      // Ctrl-C and service managers tell the parent and its children at once: what is begun is finished.
      interruption = new Interruption(suspects::requestStop, settings.duration(Setting.DRAIN_TIMEOUT));
      Thread.ofPlatform().name("parent").daemon(true).start(() -> obey(System.in, suspects));
      suspects.run();
      return ExitCode.OK.code();
    } finally {
      if (interruption != null) {
        interruption.close();
      }
    }
  }

  private static void obey(InputStream parent, SuspectWorker suspects) {
    try {
      if (parent.read() >= 0) {
        suspects.requestStop();
      }
      while (parent.read() >= 0) {
        suspects.giveBack();
      }
    } catch (IOException e) {
      System.err.println("midifleet: " + e.getMessage());
    }
    // The parent is gone, and with it whoever would count how this one ends.
    halt();
  }

  private static void halt() { Runtime.getRuntime().halt(ExitCode.UNAVAILABLE.code()); }
}
