package dev.midifleet.cli;

import dev.midifleet.common.failure.MisuseException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command {@code midifleet}: finds the subcommand, runs it, and turns whatever happens into one line and a code. */
@Command(
    name = "midifleet",
    subcommands = {AnalyzeCommand.class, RunCommand.class, InitCommand.class, EnqueueCommand.class, WorkerCommand.class,
        StatusCommand.class, DeadCommand.class, CancelCommand.class, ReconcileCommand.class, DuplicatesCommand.class,
        ColumnsCommand.class, SuspectCommand.class},
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Analyses very large collections of MIDI files.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet analyze song.mid               the facts of one file, as JSON",
        "  midifleet analyze ~/Music > facts.jsonl  a folder, one line a file",
        "  midifleet run ~/Music                    analyse a folder into a database of its own",
        "  midifleet init                           tables and queues, before the first worker",
        "  midifleet worker                         on each host that sees the files",
        "  midifleet enqueue /srv/midi              a folder for the workers",
        "  midifleet status --watch                 how they do",
        "  midifleet dead list                      what could not be used, and why",
        "  midifleet duplicates                     which files are copies of each other",
        "  midifleet enqueue --help                 more about a command", "",
        "Settings are environment variables MIDIFLEET_..., or flags of the commands."})
public final class Main {
  @Option(names = {"-v",
      "--verbose"}, scope = ScopeType.INHERIT, description = "Show more of what happens, and the stack of an error.")
  private boolean verbose;

  /** Read from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[]{"midifleet " + (version == null ? "(development)" : version),
          "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")};
    }
  }

  private Main() {}

  /** Runs the command and ends the process with its {@link ExitCode}. */
  public static void main(String[] arguments) {
    int code = run(PathArguments.restore(arguments));
    System.exit(code);
  }

  /** Runs the command, without ending the process. */
  static int run(String... arguments) {
    return commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    var main = new Main();
    var line = new CommandLine(main);
    boolean color = Terminal.isOutput() && Terminal.hasColor();
    line.setColorScheme(CommandLine.Help.defaultColorScheme(color ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(100);
    // A file may be named @song.mid; picocli would otherwise read arguments from it.
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Path.class, Main::path);
    line.setParameterExceptionHandler(Main::misused);
    line.setExecutionExceptionHandler(main::failed);
    line.setExecutionStrategy(main::execute);
    line.getCommandSpec().usageMessage().exitCodeList(ExitCode.table());
    return line;
  }

  /** An empty path would be the current folder, which nobody asked for: a variable of a script was not set. */
  private static Path path(String argument) {
    if (argument.isEmpty()) throw new TypeConversionException("it is empty; name it, . for the current folder");
    return PathArguments.toPath(argument);
  }

  private int execute(ParseResult parsed) {
    if (verbose) {
      Logging.level("DEBUG");
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(
        "midifleet: " + oneLine(e) + ": see " + command.getCommandSpec().qualifiedName() + " --help");
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    return ExitCode.USAGE.code();
  }

  private int failed(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (verbose) {
      e.printStackTrace(err);
    }
    return switch (e) {
      case MisuseException misuse -> {
        err.println("midifleet: " + oneLine(misuse));
        yield ExitCode.USAGE.code();
      }
      case CommandException known -> {
        err.println("midifleet: " + oneLine(known));
        yield known.exit().code();
      }
      default -> {
        if (!verbose) {
          e.printStackTrace(err);
        }
        err.println(
            "midifleet: a fault of its own, " + e.getClass().getSimpleName() + ": " + oneLine(e)
                + ": please report it with the lines above");
        yield ExitCode.INTERNAL.code();
      }
    };
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
