package dev.midifleet.cli;

import org.jspecify.annotations.Nullable;

/** What a command cannot do, in one line for a person; no stack is shown for it unless {@code --verbose} asks. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exit;

  /**
   * @param message
   *          what is wrong, a colon, what to do about it
   */
  CommandException(ExitCode exit, String message) {
    super(message);
    this.exit = exit;
  }

  CommandException(ExitCode exit, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  ExitCode exit() { return exit; }
}
