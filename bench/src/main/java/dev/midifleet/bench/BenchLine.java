package dev.midifleet.bench;

import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line of a program of this module: what a person got wrong is one line, and ends with {@link #MISUSE}. */
public final class BenchLine {
  /** As {@code midifleet} itself ends when it is named a folder that is not there. */
  public static final int MISUSE = 2;

  private BenchLine() {}

  /** Runs the command and ends the process. */
  public static void start(Object command, String... arguments) {
    System.exit(of(command).execute(arguments));
  }

  /** The command with its handlers, not run yet. */
  public static CommandLine of(Object command) {
    return new CommandLine(command).setParameterExceptionHandler(BenchLine::misused)
        .setExecutionExceptionHandler(BenchLine::failed);
  }

  private static int misused(ParameterException e, String[] arguments) {
    String name = e.getCommandLine().getCommandName();
    e.getCommandLine().getErr().println(name + ": " + e.getMessage() + ": see " + name + " --help");
    return MISUSE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) throws Exception {
    // Anything else is a fault of the program, of which the stack is wanted.
    if (!(e instanceof NoSuchFileException missing)) throw e;
    String reason = missing.getReason() == null ? "there is no such file or folder" : missing.getReason();
    line.getErr().println(line.getCommandName() + ": " + missing.getFile() + ": " + reason);
    return MISUSE;
  }
}
