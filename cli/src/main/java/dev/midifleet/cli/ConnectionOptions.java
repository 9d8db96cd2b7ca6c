package dev.midifleet.cli;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.SettingException;
import dev.midifleet.common.config.Settings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which PostgreSQL and which RabbitMQ a command talks to; mixed into the commands that do. What is not given comes from
 * the environment. There is no flag for a password, and none may stand in a URI: the list of processes shows them.
 */
final class ConnectionOptions {
  /** How long a person waits for a service that does not answer. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  @Option(names = "--database-url", paramLabel = "URL",
      description = {"PostgreSQL as a JDBC URL; default: MIDIFLEET_DATABASE_URL, else",
          "jdbc:postgresql://127.0.0.1:5432/midifleet."})
  private @Nullable String databaseUrl;

  @Option(names = "--database-user", paramLabel = "ROLE",
      description = "Its role; default: MIDIFLEET_DATABASE_USER, else midifleet. The password:"
          + " MIDIFLEET_DATABASE_PASSWORD or MIDIFLEET_DATABASE_PASSWORD_FILE.")
  private @Nullable String databaseUser;

  @Option(names = "--amqp-uri", paramLabel = "URI",
      description = {"RabbitMQ, without a password; default: MIDIFLEET_AMQP_URI, else",
          "amqp://127.0.0.1:5672/ as guest.",
          "The password: MIDIFLEET_AMQP_PASSWORD or MIDIFLEET_AMQP_PASSWORD_FILE."})
  private @Nullable String amqpUri;

  /** What a command does with an open database. */
  @FunctionalInterface
  interface Work<T> {
    T run(Database database) throws Exception;
  }

  /**
   * The environment's settings, and the flags over them.
   *
   * @throws SettingException
   *           when they make no sense, or a flag holds a password
   */
  Settings settings() { return over(Settings.fromEnvironment()); }

  /** The given settings, and the flags over them. */
  Settings over(Settings settings) {
    if (amqpUri != null && amqpUri.matches("amqps?://[^/@]*:[^/@]*@.*")) {
      throw new SettingException("--amqp-uri holds a password, which the list of processes would show: put it into"
          + " MIDIFLEET_AMQP_PASSWORD_FILE, or the whole URI into MIDIFLEET_AMQP_URI");
    }
    return settings.with(Setting.DATABASE_URL, "--database-url", databaseUrl)
        .with(Setting.DATABASE_USER, "--database-user", databaseUser).with(Setting.AMQP_URI, "--amqp-uri", amqpUri);
  }

  /**
   * Opens the database, does the work, closes it.
   *
   * @throws CommandException
   *           when PostgreSQL cannot be reached or used, with what can be done about it
   */
  static <T> T withDatabase(Settings settings, String application, Work<T> work) throws Exception {
    return withDatabase(settings, application, "", work);
  }

  /**
   * @param elsewhere
   *          see {@link DatabaseProblem#explain(DatabaseException, Settings, String)}
   */
  static <T> T withDatabase(Settings settings, String application, String elsewhere, Work<T> work) throws Exception {
    try (Database database = Database.open(settings, application, PATIENCE)) {
      return work.run(database);
    } catch (DatabaseException e) {
      throw DatabaseProblem.explain(e, settings, elsewhere);
    }
  }
}
