package dev.midifleet.common.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as midifleet uses it: a small pool of warm connections, transactions, migrations, and patience while the
 * server is away.
 *
 * <p>Nothing durable is switched off. A half-open session holds no row for longer than 30 s:
 * {@code idle_in_transaction_session_timeout}, {@code lock_timeout}, {@code tcp_user_timeout} and a socket timeout see
 * to that.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final Duration BACKOFF_MIN = Duration.ofMillis(200);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration UNCONNECTED = Duration.ofSeconds(3);
  private static final Duration LOOK_AT_STOP = Duration.ofMillis(100);
  private static final int CONNECT_TIMEOUT_SECONDS_MAX = 10;
  private static final String SESSION = "-c idle_in_transaction_session_timeout=30000 -c lock_timeout=45000"
      + " -c tcp_user_timeout=30000";

  private final HikariDataSource pool;
  /**
   * For the work that waits: one connection fewer than there are. All slots of a worker at once would otherwise hold
   * every connection for as long as the server is slow, and the heartbeat and the relay, which give up after the
   * patience, would make the worker look dead and leave what is due unpublished. A process that may have only one
   * connection shares it.
   */
  private final Semaphore patient;
  private volatile boolean away;
  private volatile long unconnectedSince;
  private volatile @Nullable String problem;
  /** Until it has, whoever asked says what is wrong, with what can be done about it. */
  private volatile boolean answered;

  /** What runs inside one transaction; it may run again from the start, so it keeps nothing from a failed try. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.patient = new Semaphore(Math.max(1, pool.getMaximumPoolSize() - 1), true);
  }

  /**
   * Opens the pool; the first connection is made when it is needed.
   *
   * @param application
   *          shown in {@code pg_stat_activity}, such as {@code midifleet worker}
   */
  public static Database open(Settings settings, String application) {
    return open(settings, application, PATIENCE);
  }

  /**
   * Like {@link #open(Settings, String)}, for a person who waits for the answer.
   *
   * @param patience
   *          how long a server that does not answer is tried before that is an error, from 250 ms
   */
  public static Database open(Settings settings, String application, Duration patience) {
    var config = new HikariConfig();
    config.setPoolName("midifleet");
    config.setJdbcUrl(settings.text(Setting.DATABASE_URL));
    config.setUsername(settings.text(Setting.DATABASE_USER));
    config.setPassword(settings.text(Setting.DATABASE_PASSWORD));
    config.setMaximumPoolSize(settings.integer(Setting.DATABASE_CONNECTIONS));
    config.setMinimumIdle(Math.min(1, config.getMaximumPoolSize()));
    config.setConnectionTimeout(patience.toMillis());
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(true);
    config.addDataSourceProperty("prepareThreshold", "1");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("ApplicationName", application);
    config.addDataSourceProperty("socketTimeout",
        Long.toString(settings.duration(Setting.DATABASE_TIMEOUT).toSeconds()));
    // Shorter than the patience: a host that swallows packets is then known to be away, and not taken for a busy pool.
    long connectSeconds = Math.clamp(patience.toSeconds() / 2, 1, CONNECT_TIMEOUT_SECONDS_MAX);
    config.addDataSourceProperty("connectTimeout", Long.toString(connectSeconds));
    config.addDataSourceProperty("options", SESSION);
    try {
      return new Database(new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      throw new IllegalStateException("the connection pool cannot be made: " + e.getMessage(), e);
    }
  }

  /**
   * Runs the work in one transaction: commits when it returns, rolls back when it throws.
   *
   * @throws DatabaseException
   *           for every {@link SQLException}
   */
  public <T> T transaction(Work<T> work) {
    return noting(connection -> {
      connection.setAutoCommit(false);
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException | Error e) {
        rollBack(connection, e);
        throw e;
      }
    });
  }

  /** Runs single statements, each its own transaction. */
  public <T> T query(Work<T> work) { return noting(work); }

  /**
   * Like {@link #transaction}, but waits for a server that is away, with backoff, and runs the work again. A COMMIT whose
   * answer was lost is run again too, so the work's first statement must find out whether it has already been done. One
   * connection of the pool is never used for this; so it must not be called within itself.
   *
   * @param stop
   *          asked between tries; when it says true the last failure is thrown
   */
  public <T> T transactionWhenReachable(BooleanSupplier stop, Work<T> work) {
    long waitMillis = BACKOFF_MIN.toMillis();
    while (true) {
      try {
        return whenPermitted(stop, work);
      } catch (DatabaseException e) {
        if (!e.isTransient() || stop.getAsBoolean()) throw e;
        sleep(waitMillis, stop, e);
        waitMillis = Math.min(BACKOFF_MAX.toMillis(), waitMillis * 2);
      }
    }
  }

  private <T> T whenPermitted(BooleanSupplier stop, Work<T> work) {
    try {
      while (!patient.tryAcquire(LOOK_AT_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        if (stop.getAsBoolean()) throw DatabaseException.busy();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw DatabaseException.busy();
    }
    try {
      return transaction(work);
    } finally {
      patient.release();
    }
  }

  private <T> T noting(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      T result = work.run(connection);
      answered = true;
      if (away) {
        LOG.info("the database answers again");
        away = false;
      }
      return result;
    } catch (SQLException e) {
      var failure = new DatabaseException(e);
      if (failure.isAway() && !away) {
        if (answered) {
          LOG.warn("the database is away: {}", failure.getMessage());
        }
        away = true;
      }
      if (failure.isAway()) {
        problem = "the database is away: " + failure.getMessage();
      }
      throw failure;
    }
  }

  /**
   * Whether the server cannot be reached: the last try failed, or somebody has waited for some seconds while there is not one
   * connection. Whoever waits for a connection learns it only when the patience is over.
   */
  public boolean isAway() { return away || isUnconnected(); }

  /** Why it cannot be used now, for people; null when it can. */
  public @Nullable String problem() {
    if (away) return problem;
    return isUnconnected() ? "the database is away: no connection to it can be made" : null;
  }

  private boolean isUnconnected() {
    HikariPoolMXBean state = pool.getHikariPoolMXBean();
    if (state == null || state.getTotalConnections() > 0 || state.getThreadsAwaitingConnection() == 0) {
      unconnectedSince = 0;
      return false;
    }
    long now = System.nanoTime();
    if (unconnectedSince == 0) {
      unconnectedSince = now;
    }
    return now - unconnectedSince > UNCONNECTED.toNanos();
  }

  /**
   * Checks that the server can be reached and can hold every path.
   *
   * @throws DatabaseException
   *           when it cannot be reached
   * @throws IllegalStateException
   *           when the database's encoding is not UTF8
   */
  public void requireUsable() {
    String encoding = query(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("show server_encoding")) {
        row.next();
        return row.getString(1);
      }
    });
    if (!encoding.equals("UTF8")) {
      throw new IllegalStateException(
          "the database has the encoding " + encoding + ": make one with CREATE DATABASE ... ENCODING 'UTF8'");
    }
  }

  /**
   * What {@link #migrate} did.
   *
   * @param version
   *          of the schema now
   * @param steps
   *          migrations that were run; 0 when all was there
   */
  public record Migrated(String version, int steps) {}

  /**
   * Brings the schema to this version. Safe when several processes do it at once.
   *
   * @throws DatabaseException
   *           when the server refuses, for instance because the role may not create tables, or when the tables are not
   *           those that this midifleet's earlier versions have made
   */
  public Migrated migrate() {
    // Flyway wants several connections at once, more than the pool may have.
    var server = new PGSimpleDataSource();
    server.setUrl(pool.getJdbcUrl());
    server.setUser(pool.getUsername());
    server.setPassword(pool.getPassword());
    server.setOptions(SESSION);
    server.setApplicationName("midifleet migration");
    MigrateResult result;
    try {
      result = Flyway.configure().dataSource(server).locations("classpath:db/migration").load().migrate();
    } catch (FlywayException e) {
      throw DatabaseException.ofMigration(e);
    }
    String version = result.targetSchemaVersion;
    if (result.migrationsExecuted > 0) {
      LOG.info("the schema is now at version {}", version);
    }
    return new Migrated(version != null ? version : String.valueOf(result.initialSchemaVersion),
        result.migrationsExecuted);
  }

  @Override
  public void close() { pool.close(); }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private static void sleep(long millis, BooleanSupplier stop, DatabaseException cause) {
    long end = System.nanoTime()
        + TimeUnit.MILLISECONDS.toNanos(millis / 2 + ThreadLocalRandom.current().nextLong(millis));
    try {
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(Math.min(left, LOOK_AT_STOP.toNanos())));
        if (stop.getAsBoolean()) throw cause;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cause;
    }
  }
}
