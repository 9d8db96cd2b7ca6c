package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.lifecycle.ShutdownStack;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.embedded.EmbeddedPostgresException;
import dev.midifleet.embedded.ServerAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where the rows are that a command reads or changes: the PostgreSQL of the fleet, or the one that {@code midifleet run}
 * keeps in a data folder.
 */
final class RowsOptions {
  @Mixin
  private ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--data", paramLabel = "FOLDER",
      description = "Use what `midifleet run` keeps in this folder, instead of a server.")
  private @Nullable Path data;

  /** Whether they are in a data folder; there is no RabbitMQ then. */
  boolean isLocal() { return data != null; }

  /**
   * Opens the database, does the work, closes it. The server of a data folder is started for as long as that takes,
   * unless it runs already.
   *
   * @throws CommandException
   *           when it cannot be reached or used, with what can be done about it
   */
  <T> T withDatabase(String application, Work<T> work) throws Exception {
    Path folder = data;
    if (folder == null) {
      Settings settings = connection.settings();
      return ConnectionOptions.withDatabase(settings, application, elsewhere(settings),
          database -> work.run(database, settings));
    }
    try (var resources = new ShutdownStack()) {
      Settings settings = local(folder, connection.settings(), resources);
      Database database = resources.add("connections",
          Database.open(settings, application, ConnectionOptions.PATIENCE));
      return work.run(database, settings);
    } catch (DatabaseException e) {
      throw DatabaseProblem.explainLocal(e, folder);
    } catch (EmbeddedPostgresException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /** What a command does with an open database, and the settings that lead to it. */
  @FunctionalInterface
  interface Work<T> {
    T run(Database database, Settings settings) throws Exception;
  }

  /** Who has named no server may mean the rows of `run`, which are in no server that he could name. */
  static String elsewhere(Settings settings) {
    return settings.isGiven(Setting.DATABASE_URL)
        ? ""
        : "; for the rows that `midifleet run` has left, add --data " + EmbeddedPostgres.defaultDataFolder();
  }

  private static Settings local(Path data, Settings settings, ShutdownStack resources) {
    if (!EmbeddedPostgres.isDataFolder(data)) {
      throw new CommandException(ExitCode.USAGE,
          Printable.of(data) + " holds no database: name the folder that `midifleet run` has said at its end");
    }
    Optional<ServerAddress> running = EmbeddedPostgres.findRunning(data);
    if (running.isPresent()) {
      return at(settings, running.get().jdbcUrl(), running.get().user(), running.get().password());
    }
    EmbeddedPostgres started = resources.add("PostgreSQL", EmbeddedPostgres.start(data));
    return at(settings, started.jdbcUrl(), started.user(), started.password());
  }

  private static Settings at(Settings settings, String url, String user, String password) {
    return settings.with(Setting.DATABASE_URL, url).with(Setting.DATABASE_USER, user)
        .with(Setting.DATABASE_PASSWORD, password);
  }
}
