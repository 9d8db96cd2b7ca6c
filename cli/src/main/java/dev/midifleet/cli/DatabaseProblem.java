package dev.midifleet.cli;

import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;

/** What PostgreSQL's refusals mean to a person, and what can be done about them. */
final class DatabaseProblem {
  private DatabaseProblem() {}

  /** The same failure in one line; one that has no better explanation stays as it is. */
  static RuntimeException explain(DatabaseException e, Settings settings) {
    String where = "PostgreSQL at " + settings.text(Setting.DATABASE_URL);
    String role = settings.text(Setting.DATABASE_USER);
    if (e.isWithoutSchema()) {
      return problem(e, where + " has not the tables of this midifleet (" + reason(e)
          + "): run `midifleet init` first");
    }
    if (e.isRefusedAtTheDoor()) {
      return problem(e, where + " does not let the role " + role + " in (" + reason(e) + "): check "
          + Setting.DATABASE_URL.variable() + ", " + Setting.DATABASE_USER.variable() + " and "
          + Setting.DATABASE_PASSWORD.variable() + "_FILE");
    }
    if (e.isForbidden()) {
      return problem(e, where + " does not let the role " + role + " do this (" + reason(e)
          + "): the owner of the schema can run `midifleet init --grant-to " + role + "`");
    }
    if (e.isAway()) {
      return problem(e, where + " cannot be reached (" + reason(e) + "): start it, or name another by "
          + Setting.DATABASE_URL.variable() + "; `midifleet run` needs none");
    }
    return e;
  }

  /** The server's first line; what follows are places in statements. */
  private static String reason(DatabaseException e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private static CommandException problem(DatabaseException e, String message) {
    return new CommandException(ExitCode.UNAVAILABLE, message, e);
  }
}
