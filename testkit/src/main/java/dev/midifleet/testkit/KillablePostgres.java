package dev.midifleet.testkit;

import dev.midifleet.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of one test's own, durable as in production, which may be killed as {@code kill -9} of its first process
 * does, and started again on the same port with the same data.
 */
public final class KillablePostgres implements TestDatabase, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KillablePostgres.class);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final EmbeddedPostgres first;
  private final Path folder;
  /** What turns root into the user that the server runs as; empty for anybody else. */
  private final List<String> asUser;
  private final List<String> program;
  private final DatabaseServer databases;
  private final Credentials maintenance;
  private final long firstPid;
  private Map<String, String> environment = Map.of();
  private @Nullable Process process;

  private KillablePostgres(EmbeddedPostgres first, Path folder, Map<String, Object> owner) throws IOException {
    this.first = first;
    this.folder = folder;
    this.firstPid = first.pid();
    this.maintenance = new Credentials(first.jdbcUrl(), first.user(), first.password());
    this.databases = new DatabaseServer(maintenance);
    this.asUser = new ArrayList<>();
    this.program = new ArrayList<>();
    if (!Objects.equals(owner.get("uid"), Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      // A change of user clears what the kernel sends at our end: so it is asked for here.
      asUser.addAll(List.of("setpriv", "--pdeathsig", "INT", "--reuid=" + owner.get("uid"),
          "--regid=" + owner.get("gid"), "--clear-groups", "--"));
    }
    String words = Files.readString(Path.of("/proc", Long.toString(firstPid), "cmdline"), StandardCharsets.UTF_8);
    // Its own first word may be what it shows as its name; the program is known to the system.
    List<String> own = List.of(words.split("\0"));
    program.add(Files.readSymbolicLink(Path.of("/proc", Long.toString(firstPid), "exe")).toString());
    program.addAll(own.subList(1, own.size()));
  }

  /**
   * Starts one.
   *
   * @param folder
   *          for its data; made where it is absent, and everyone must be able to enter it
   */
  public static KillablePostgres start(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      var first = EmbeddedPostgres.start(folder);
      var server = new KillablePostgres(first, folder,
          Files.readAttributes(folder.resolve("postgres"), "unix:uid,gid"));
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("testkit-end").unstarted(server::close));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Credentials newDatabase() { return databases.newDatabase(); }

  /** The process that the others come from. */
  public synchronized long pid() {
    return process == null ? firstPid : process.pid();
  }

  /** Ends its first process as {@code kill -9} does; the others end as they notice. Nothing happens if it does not run. */
  public synchronized void kill() {
    ProcessHandle.of(pid()).ifPresent(handle -> {
      try {
        new ProcessBuilder("kill", "-9", Long.toString(handle.pid())).start().waitFor();
        handle.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException("PostgreSQL outlives SIGKILL", e);
      }
    });
  }

  /** Variables for the processes that are started from now on. */
  public synchronized void setEnvironment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
  }

  /** Starts it again, and returns when it takes connections. Nothing happens if it runs. */
  public synchronized void start() {
    if (isAlive()) return;
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (!isReady()) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException("PostgreSQL did not start again; its log ends:\n"
            + Commands.tail(folder.resolve("postgres.log")));
      }
      if (!isAlive()) {
        // As long as a process of the killed server lives, a new one refuses its memory.
        launch();
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  private boolean isAlive() { return ProcessHandle.of(pid()).map(ProcessHandle::isAlive).orElse(false); }

  private void launch() {
    try {
      // Set by the server's own user: what is preloaded may leave files that root's are in the way of.
      List<String> command = new ArrayList<>(asUser);
      command.add("env");
      environment.forEach((name, value) -> command.add(name + "=" + value));
      command.addAll(program);
      process = Commands.spawn(Path.of("/"), Map.of(), folder.resolve("postgres.log"), command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady() {
    if (!isAlive()) return false;
    try (var connection = DriverManager.getConnection(maintenance.jdbcUrl(), maintenance.user(),
        maintenance.password())) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Ends it; its data stay in the folder. */
  @Override
  public synchronized void close() {
    Process own = process;
    try {
      if (own != null && own.isAlive()) {
        new ProcessBuilder("kill", "-INT", Long.toString(own.pid())).start().waitFor();
        if (!own.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          own.destroyForcibly();
        }
      }
    } catch (IOException e) {
      LOG.warn("PostgreSQL may not have ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    first.close();
  }
}
