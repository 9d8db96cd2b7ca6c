package dev.midifleet.common.catalog;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Which version the tables have, and which this program knows.
 *
 * @param applied
 *          the last migration that was run; 0 where there are no tables
 * @param known
 *          the last one that this program brings
 */
public record SchemaVersion(int applied, int known) {
  private static final int TIMEOUT_SECONDS = 10;

  /**
   * Looks, and changes nothing.
   *
   * @throws DatabaseException
   *           when the server cannot be reached, or the role may not look
   */
  public static SchemaVersion of(Settings settings) {
    var server = new PGSimpleDataSource();
    server.setUrl(settings.text(Setting.DATABASE_URL));
    server.setUser(settings.text(Setting.DATABASE_USER));
    server.setPassword(settings.text(Setting.DATABASE_PASSWORD));
    server.setConnectTimeout(TIMEOUT_SECONDS);
    server.setApplicationName("midifleet doctor");
    int applied = 0;
    int known = 0;
    try {
      var info = Flyway.configure().dataSource(server).locations("classpath:db/migration").load().info();
      for (MigrationInfo one : info.all()) {
        MigrationVersion version = one.getVersion();
        if (version == null) continue;
        int number = Integer.parseInt(version.getVersion());
        if (one.getState().isApplied()) {
          applied = Math.max(applied, number);
        }
        if (one.getState().isResolved()) {
          known = Math.max(known, number);
        }
      }
    } catch (FlywayException e) {
      throw DatabaseException.ofMigration(e);
    }
    return new SchemaVersion(applied, known);
  }
}
