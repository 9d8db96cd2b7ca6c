package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.lifecycle.ShutdownStack;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.embedded.EmbeddedPostgresException;
import dev.midifleet.embedded.ServerAddress;
import java.nio.file.Files;
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
    try (var resources = new ShutdownStack()) {
      Settings settings = data == null ? connection.settings() : local(data, connection.settings(), resources);
      return ConnectionOptions.withDatabase(settings, application, database -> work.run(database, settings));
    } catch (EmbeddedPostgresException e) {
      throw new CommandException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /** What a command does with an open database, and the settings that lead to it. */
  @FunctionalInterface
  interface Work<T> {
    T run(Database database, Settings settings) throws Exception;
  }

  private static Settings local(Path data, Settings settings, ShutdownStack resources) {
    if (!Files.isDirectory(data)) {
      throw new CommandException(ExitCode.USAGE, data + " is no folder: name one that `midifleet run --data` has made");
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
