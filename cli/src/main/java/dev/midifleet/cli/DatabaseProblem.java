package dev.midifleet.cli;

import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.nio.file.Path;

/** What PostgreSQL's refusals mean to a person, and what can be done about them. */
final class DatabaseProblem {
  private DatabaseProblem() {}

  /** The same failure in one line; one that has no better explanation stays as it is. */
  static RuntimeException explain(DatabaseException e, Settings settings) {
    return explain(e, settings, "");
  }

  /**
   * @param elsewhere
   *          where else the rows may be: the end of the line about a server that cannot be reached
   */
  static RuntimeException explain(DatabaseException e, Settings settings, String elsewhere) {
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
          + "): use the role of workers for it, or let the owner of the schema run `midifleet init --worker-role "
          + role + "`");
    }
    // It is there, although waiting for it is as good an answer as for one that is away.
    if (hasNoRoom(e)) return couldNot(e, where);
    // Busy, for a command of one thread, is a server that has not answered in time.
    if (e.isAway() || e.isBusy()) {
      return problem(e, where + " cannot be reached (" + reason(e) + "): start it, or name another by "
          + Setting.DATABASE_URL.variable() + "; `midifleet run` needs none" + elsewhere);
    }
    return isHindered(e) ? couldNot(e, where) : e;
  }

  private static CommandException couldNot(DatabaseException e, String where) {
    return problem(e, where + " could not do it now (" + reason(e)
        + "): what was committed stays; try again, or look there for what it waits for");
  }

  /** Disk, memory, connections, files, or the right to write (SQLSTATE 53, 58, 25006). */
  private static boolean hasNoRoom(DatabaseException e) {
    String state = e.state();
    return state.startsWith("53") || state.startsWith("58") || state.equals("25006");
  }

  /** Locks, limits of time, conflicts (SQLSTATE 40, 55P03, 57014). */
  private static boolean isHindered(DatabaseException e) {
    return e.isTransient() || e.state().equals("57014");
  }

  /** The same for the PostgreSQL that belongs to a data folder: nobody else starts it, and `init` is not for it. */
  static RuntimeException explainLocal(DatabaseException e, Path data) {
    if (e.isWithoutSchema()) {
      return problem(e, "the database in " + data + " has not the tables of this midifleet (" + reason(e)
          + "): `midifleet run DIR --data " + data + "` makes them");
    }
    String where = "the PostgreSQL of " + data;
    if (hasNoRoom(e)) return couldNot(e, where);
    if (e.isAway() || e.isBusy()) {
      return problem(e, where + " has ended or does not answer (" + reason(e) + "): "
          + data.resolve("postgres.log") + " may say why; what is committed stays");
    }
    return isHindered(e) ? couldNot(e, where) : e;
  }

  /** The server's first line; what follows are places in statements. */
  static String reason(DatabaseException e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private static CommandException problem(DatabaseException e, String message) {
    return new CommandException(ExitCode.UNAVAILABLE, message, e);
  }
}
