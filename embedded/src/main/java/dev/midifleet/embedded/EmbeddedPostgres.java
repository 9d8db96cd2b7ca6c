package dev.midifleet.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of this process, with every durable setting as PostgreSQL has it: what is committed stays, also
 * after {@code kill -9} and power failure. It stops when it is closed, and when this process ends in whatever way; the
 * data folder stays.
 *
 * <p>Root is welcome: PostgreSQL's programs then run as the user postgres or nobody. Needs Linux with glibc on amd64 or
 * arm64, and util-linux.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  static final String USER = "midifleet";
  static final String DATABASE = "midifleet";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private final DataFolder data;
  private final PostgresServer server;
  private final ServerAddress address;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedPostgres(DataFolder data, PostgresServer server, ServerAddress address) {
    this.data = data;
    this.server = server;
    this.address = address;
  }

  /**
   * Where data goes when nobody says otherwise: {@code /var/lib/midifleet} for root, otherwise {@code midifleet} in
   * {@code $XDG_DATA_HOME} or {@code ~/.local/share}. PostgreSQL's programs are unpacked there too.
   */
  public static Path defaultDataFolder() {
    try {
      if (ServerUser.isRoot()) return Path.of("/var/lib/midifleet");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read /proc/self", e);
    }
    var shared = System.getenv("XDG_DATA_HOME");
    if (shared != null && shared.startsWith("/")) return Path.of(shared, "midifleet");
    var home = System.getenv("HOME");
    return Path.of(home == null || home.isBlank() ? System.getProperty("user.home", "/") : home, ".local", "share",
        "midifleet");
  }

  /**
   * Starts the server of a data folder, which is made where it is absent, and waits until it takes connections.
   *
   * @throws EmbeddedPostgresException
   *           when the folder is in use, cannot be written, holds data of another PostgreSQL, or the server does not
   *           start; also when this thread is interrupted, which stops what was started
   */
  public static EmbeddedPostgres start(Path dataFolder) {
    var started = new CompletableFuture<EmbeddedPostgres>();
    // The kernel stops the server when the thread that launched it ends: neither a caller's nor a virtual one will do.
    var keeper = Thread.ofPlatform().daemon().name("embedded-postgres").start(() -> keep(dataFolder, started));
    try {
      return started.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EmbeddedPostgresException cause) throw cause;
      throw new EmbeddedPostgresException("PostgreSQL did not start: " + e.getCause(), e);
    } catch (InterruptedException e) {
      keeper.interrupt();
      // Where the server got ready all the same, nobody is left to close it.
      var _ = started.thenAccept(EmbeddedPostgres::close);
      Thread.currentThread().interrupt();
      throw new EmbeddedPostgresException("interrupted while PostgreSQL started", e);
    }
  }

  private static void keep(Path dataFolder, CompletableFuture<EmbeddedPostgres> started) {
    try {
      var postgres = launch(dataFolder);
      started.complete(postgres);
      int exitCode = postgres.server.waitForEnd();
      if (!postgres.closed.get()) {
        LOG.error("PostgreSQL ended by itself (exit code {}); its log is {}", exitCode, postgres.data.log());
      }
    } catch (IOException e) {
      started.completeExceptionally(new EmbeddedPostgresException(
          "the data folder " + dataFolder + " cannot be used: " + describe(e), e));
    } catch (Throwable e) {
      // An Error too: whoever waits for the start would otherwise wait for ever.
      if (!started.completeExceptionally(e)) {
        LOG.error("nobody watches PostgreSQL any more", e);
      }
    }
  }

  private static EmbeddedPostgres launch(Path dataFolder) throws IOException, InterruptedException {
    var data = DataFolder.take(dataFolder);
    try {
      var user = ServerUser.of(data.cluster());
      user.requireEntry("the data folder", data.folder());
      var binaries = unpack(data);
      user.requireEntry("the folder of PostgreSQL's programs", binaries.folder());
      var password = Cluster.prepare(data, binaries, user);
      var server = PostgresServer.launch(data, binaries, user);
      var address = new ServerAddress(server.port(), USER, password);
      LOG.info("PostgreSQL {} runs on {} (process {}, port {})", binaries.version(), data.folder(), server.pid(),
          server.port());
      return new EmbeddedPostgres(data, server, address);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      data.close();
      throw e;
    }
  }

  /** Once a user, where that can be; otherwise beside the data. */
  private static PostgresBinaries unpack(DataFolder data) throws IOException, InterruptedException {
    try {
      return PostgresBinaries.unpackInto(defaultDataFolder());
    } catch (IOException e) {
      LOG.info("PostgreSQL's programs go into {}, because {}", data.folder(), describe(e));
      return PostgresBinaries.unpackInto(data.folder());
    }
  }

  private static String describe(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "this user has no permission for " + denied.getFile();
      case FileAlreadyExistsException exists -> exists.getFile() + " is no folder";
      case FileSystemException system when system.getReason() != null -> system.getFile() + ": " + system.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /**
   * Whether a midifleet has made a database in this folder. True also where this user may not look: {@link #start} then
   * says so.
   */
  public static boolean isDataFolder(Path folder) {
    var cluster = folder.resolve("postgres");
    return Files.isDirectory(cluster)
        && (!Files.isExecutable(cluster) || Files.isRegularFile(cluster.resolve("PG_VERSION")));
  }

  /**
   * The server that a midifleet has running on a data folder now, in this process or another.
   *
   * @return empty where none runs
   * @throws EmbeddedPostgresException
   *           when one runs, and this user may not read its password
   */
  public static Optional<ServerAddress> findRunning(Path dataFolder) {
    var cluster = dataFolder.resolve("postgres");
    try {
      if (!Files.isDirectory(cluster)) return Optional.empty();
      var file = PostgresServer.PidFile.read(cluster.toRealPath());
      if (file.isEmpty() || !file.get().isReady()
          || !PostgresServer.isServerOf(cluster.toRealPath(), file.get().pid())) {
        return Optional.empty();
      }
      return Optional.of(new ServerAddress(file.get().port(), USER, DataFolder.readPassword(dataFolder)));
    } catch (IOException e) {
      throw new EmbeddedPostgresException("the data folder " + dataFolder + " cannot be used: " + describe(e), e);
    }
  }

  /** Without user and password. */
  public String jdbcUrl() { return address.jdbcUrl(); }

  public String user() { return address.user(); }

  public String password() { return address.password(); }

  public int port() { return address.port(); }

  /** The real path of the folder that was given. */
  public Path dataFolder() { return data.folder(); }

  /** The server's process. */
  public long pid() { return server.pid(); }

  /** Stops the server in good order, waits for that, and gives the data folder back. A second call does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) return;
    try {
      server.stop();
    } finally {
      try {
        data.close();
      } catch (IOException e) {
        LOG.warn("closing {} failed: {}", data.folder(), e.toString());
      }
    }
  }
}
