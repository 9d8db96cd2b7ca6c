package dev.midifleet.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running server process. It stops when the thread that launched it ends. */
final class PostgresServer {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

  /** Enough for the recovery of {@code max_wal_size} from a slow disk. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration ORPHAN_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 20;
  private static final int PORT_TRIES = 5;
  private static final int LOG_TAIL_BYTES = 4096;

  /**
   * Never here: fsync, synchronous_commit, full_page_writes and wal_level, which stay as PostgreSQL has them.
   *
   * <p>shared_buffers: the index over the paths of 5.8 million files has about that size, and is written in random
   * order. max_wal_size: after each checkpoint every page is logged whole once more; the more room, the fewer of them
   * in a bulk load; recovery reads as much. No Unix socket: its path may have 107 bytes, each crash would leave one
   * behind, and the driver has no use for it.
   */
  private static final List<String> SETTINGS = List.of("listen_addresses=127.0.0.1", "unix_socket_directories=",
      "shared_buffers=256MB", "max_wal_size=2GB", "logging_collector=off", "log_destination=stderr",
      "cluster_name=midifleet");

  private final Process process;
  private final int port;

  private PostgresServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  int port() { return port; }

  long pid() { return process.pid(); }

  /**
   * Starts the server of a cluster, and waits until it takes connections.
   *
   * @throws EmbeddedPostgresException
   *           when it does not start; with the end of its log
   */
  static PostgresServer launch(DataFolder data, PostgresBinaries binaries, ServerUser user)
      throws IOException, InterruptedException {
    stopOrphan(data.cluster());
    var log = data.openLog();
    var orphansUntil = System.nanoTime() + ORPHAN_TIMEOUT.toNanos();
    for (int tries = 1;; tries++) {
      var logStart = Files.size(log);
      var server = spawn(data, binaries, user, log);
      if (server.isReady(data.cluster())) return server;
      var said = end(log, logStart);
      if (said.contains("Address already in use") && tries < PORT_TRIES) continue;
      // A backend of a server that was killed may still be on its way out.
      if (said.contains("shared memory block") && System.nanoTime() < orphansUntil) {
        TimeUnit.SECONDS.sleep(1);
        continue;
      }
      throw new EmbeddedPostgresException("PostgreSQL did not start on " + data.cluster() + ". The end of " + log
          + ":\n" + said);
    }
  }

  private static PostgresServer spawn(DataFolder data, PostgresBinaries binaries, ServerUser user, Path log)
      throws IOException {
    var port = freePort();
    var words = user.command("INT", List.of(binaries.program("postgres"), "-D", data.cluster().toString(), "-c",
        "port=" + port));
    for (String setting : SETTINGS) {
      words.addAll(List.of("-c", setting));
    }
    var process = Command.builder(words).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
    return new PostgresServer(process, port);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[]{127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }

  /** Whether it got ready; if not, it has ended. */
  private boolean isReady(Path cluster) throws IOException, InterruptedException {
    var deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    try {
      while (System.nanoTime() < deadline) {
        if (PidFile.read(cluster).filter(file -> file.pid() == process.pid() && file.isReady()).isPresent())
          return true;
        if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) return false;
      }
    } catch (InterruptedException e) {
      stop();
      throw e;
    }
    stop();
    throw new EmbeddedPostgresException(
        "PostgreSQL did not get ready within " + READY_TIMEOUT.toMinutes() + " minutes on "
            + cluster);
  }

  /**
   * Ends a server that its midifleet left behind: the data folder is ours alone, so nobody uses it. A server that runs
   * under the same number as a dead one must not be taken for it, which is why its working directory is compared.
   */
  private static void stopOrphan(Path cluster) throws IOException, InterruptedException {
    var file = PidFile.read(cluster);
    if (file.isEmpty() || !isAlive(file.get().pid())) return;
    long pid = file.get().pid();
    if (!isServerOf(cluster, pid)) {
      LOG.info("the process {} that postmaster.pid names is no PostgreSQL of {}: removing that file", pid, cluster);
      Files.deleteIfExists(cluster.resolve(PidFile.NAME));
      return;
    }
    LOG.info("waiting for the PostgreSQL (process {}) that an earlier midifleet left behind", pid);
    Command.signal(pid, "INT");
    var deadline = System.nanoTime() + ORPHAN_TIMEOUT.toNanos();
    while (isAlive(pid)) {
      if (System.nanoTime() > deadline) {
        throw new EmbeddedPostgresException("a PostgreSQL that an earlier midifleet left behind, process " + pid
            + ", still has " + cluster + " and does not end: look what it does, or end it (kill -QUIT " + pid + ")");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  static boolean isServerOf(Path cluster, long pid) throws IOException {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")).equals(cluster);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static boolean isAlive(long pid) { return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false); }

  /** Waits until the process has ended, by itself or by {@link #stop()}. */
  int waitForEnd() throws InterruptedException {
    return process.waitFor();
  }

  /** Fast shutdown: open transactions are rolled back, a checkpoint is written. Waits for it, interrupted or not. */
  void stop() {
    if (endsAfter("INT", STOP_TIMEOUT)) return;
    LOG.warn("PostgreSQL (process {}) did not end within {} s: ending it at once; it recovers at its next start",
        process.pid(), STOP_TIMEOUT.toSeconds());
    if (!endsAfter("QUIT", STOP_TIMEOUT)) {
      throw new EmbeddedPostgresException("PostgreSQL, process " + process.pid() + ", does not end");
    }
  }

  private boolean endsAfter(String signal, Duration timeout) {
    var deadline = System.nanoTime() + timeout.toNanos();
    var interrupted = false;
    var signalled = false;
    try {
      while (true) {
        try {
          if (!signalled) {
            Command.signal(process.pid(), signal);
            signalled = true;
          }
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String end(Path log, long start) throws IOException {
    try (var channel = FileChannel.open(log, StandardOpenOption.READ)) {
      var from = Math.max(start, channel.size() - LOG_TAIL_BYTES);
      var bytes = new byte[(int) (channel.size() - from)];
      var read = channel.read(ByteBuffer.wrap(bytes), from);
      return new String(bytes, 0, Math.max(read, 0), StandardCharsets.UTF_8).strip();
    }
  }

  /**
   * What the server writes about itself into {@code postmaster.pid}: the process in its first line, the port in the
   * fourth, its state in the eighth.
   */
  record PidFile(long pid, int port, boolean isReady) {
    static final String NAME = "postmaster.pid";
    private static final int PORT_LINE = 3;
    private static final int STATE_LINE = 7;

    static Optional<PidFile> read(Path cluster) throws IOException {
      List<String> lines;
      try {
        lines = Files.readAllLines(cluster.resolve(NAME));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
      // The server writes it line by line.
      if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,10}")) return Optional.empty();
      var pid = Long.parseLong(lines.getFirst().strip());
      if (lines.size() <= STATE_LINE) return Optional.of(new PidFile(pid, 0, false));
      return Optional.of(new PidFile(pid, Integer.parseInt(lines.get(PORT_LINE).strip()),
          lines.get(STATE_LINE).strip().equals("ready")));
    }
  }
}
