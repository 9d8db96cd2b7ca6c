package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.Grants;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.QueueException;
import dev.midifleet.common.queue.Topology;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code midifleet init}: the tables in PostgreSQL and the queues in RabbitMQ. */
@Command(name = "init", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Makes the tables in PostgreSQL and the queues in RabbitMQ, or brings them to this version.",
        "Doing it again changes nothing.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  midifleet init", "  midifleet init --worker-role midifleet_worker --reader-role midifleet_reader",
        "  MIDIFLEET_DATABASE_PASSWORD_FILE=/run/secrets/db midifleet init \\",
        "    --database-url jdbc:postgresql://db/midifleet"})
final class InitCommand implements Callable<Integer> {
  @Spec
  private @Nullable CommandSpec spec;

  @Mixin
  private ConnectionOptions connection = new ConnectionOptions();

  @Option(names = {"--worker-role", "--grant-to"}, paramLabel = "ROLE",
      description = "Let this role do what workers and enqueue do: select, insert and update rows, and delete dead"
          + " letters.")
  private @Nullable String workerRole;

  @Option(names = "--reader-role", paramLabel = "ROLE",
      description = "Let this role read all rows: enough for status, dead list, audit, why, doctor and duplicates.")
  private @Nullable String readerRole;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Settings settings = connection.settings();
    ConnectionOptions.withDatabase(settings, "midifleet init", database -> prepare(database, settings, out));
    try {
      String broker = Topology.of(settings).declare(settings);
      out.println("RabbitMQ at " + broker + ": the queues " + Topology.of(settings).work() + " and "
          + Topology.of(settings).dead() + " are there");
    } catch (QueueException e) {
      throw new CommandException(ExitCode.UNAVAILABLE,
          e.getMessage() + ": mend that, or name another by " + Setting.AMQP_URI.variable() + ", and run init again",
          e);
    }
    out.println("next: `midifleet worker` on each host, `midifleet enqueue DIR` on one that sees the files");
    return ExitCode.OK.code();
  }

  private boolean prepare(Database database, Settings settings, PrintWriter out) {
    try {
      database.requireUsable();
    } catch (IllegalStateException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
    Database.Migrated migrated = migrate(database, settings);
    out.println("PostgreSQL at " + settings.text(Setting.DATABASE_URL) + ": the schema is at version "
        + migrated.version() + (migrated.steps() == 0 ? " already" : ""));
    grant(workerRole, "may select, insert and update rows, and delete dead letters", Grants::toWorker, database, out);
    grant(readerRole, "may read all rows", Grants::toReader, database, out);
    return true;
  }

  private static void grant(@Nullable String role, String rights, BiConsumer<Database, String> grant, Database database,
      PrintWriter out) {
    if (role == null) return;
    try {
      grant.accept(database, role);
    } catch (DatabaseException e) {
      if (!e.state().equals("42704")) throw e;
      throw new CommandException(ExitCode.USAGE,
          "there is no role " + role + ": make it with CREATE ROLE, and run init again", e);
    }
    out.println("the role " + role + " " + rights);
  }

  private static Database.Migrated migrate(Database database, Settings settings) {
    try {
      return database.migrate();
    } catch (DatabaseException e) {
      if (e.isForbidden()) {
        String user = settings.text(Setting.DATABASE_USER);
        throw new CommandException(ExitCode.UNAVAILABLE,
            "PostgreSQL at " + settings.text(Setting.DATABASE_URL) + " does not let the role " + user + " make tables ("
                + DatabaseProblem.reason(e) + "): run init as the database's owner with --worker-role " + user
                + ", or let that role: GRANT CREATE ON SCHEMA public",
            e);
      }
      if (!e.state().isEmpty()) throw e;
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }
}
