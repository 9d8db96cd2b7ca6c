package dev.midifleet.testkit;

import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private RabbitMQ node: its own ports on 127.0.0.1, folders, user, password, Erlang cookie and port mapper. Node and
 * port mapper get SIGTERM when this JVM ends, however it ends.
 */
final class RabbitNode extends ControlledBroker {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitNode.class);
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
  private static final Duration CONTROL_LIMIT = Duration.ofMinutes(3);
  private static final String USER = "midifleet";
  /** How often queues and connections say what they hold. */
  private static final Duration STATISTICS = Duration.ofMillis(500);

  private final RabbitInstallation installation;
  private final NodeFolder folder;
  private final Ports ports;
  private final Map<String, String> environment;
  private final @Nullable Process portMapper;
  private @Nullable Process node;

  private record Ports(int amqp, int management, int distribution, int mapper) {}

  /**
   * What the nodes of a cluster share.
   *
   * @param password
   *          of its user
   * @param cookie
   *          without which Erlang's nodes do not talk to each other
   * @param first
   *          the node that the others join and whose port mapper they use; null for that node itself
   */
  record Membership(String password, String cookie, @Nullable RabbitNode first) {}

  private RabbitNode(RabbitInstallation installation, NodeFolder folder, Ports ports, Membership membership)
      throws IOException {
    super(new RabbitManagement(URI.create("amqp://" + USER + ":" + membership.password + "@127.0.0.1:" + ports.amqp),
        URI.create("http://127.0.0.1:" + ports.management)));
    this.installation = installation;
    this.folder = folder;
    this.ports = ports;
    this.environment = environment(installation, folder.path(), ports);
    writeConfiguration(membership);
    portMapper = membership.first != null
        ? null
        : Commands.spawn(folder.path(), environment, folder.path().resolve("epmd.log"),
            List.of("epmd", "-port", Integer.toString(ports.mapper), "-address", "127.0.0.1"));
  }

  /**
   * Starts a node and waits until it takes connections.
   *
   * @throws IOException
   *           with the end of the node's log, when it does not
   */
  static RabbitNode start(RabbitInstallation installation) throws IOException {
    return start(installation, new Membership(UUID.randomUUID().toString(), UUID.randomUUID().toString(), null));
  }

  /** The same for a node of a cluster; the first must be there before the others. */
  static RabbitNode start(RabbitInstallation installation, Membership membership) throws IOException {
    long start = System.nanoTime();
    var folder = NodeFolder.create();
    try {
      Ports free = freePorts();
      RabbitNode first = membership.first;
      Ports ports = first == null
          ? free
          : new Ports(free.amqp, free.management, free.distribution, first.ports.mapper);
      var node = new RabbitNode(installation, folder, ports, membership);
      folder.onEnd(node::close);
      try {
        node.launch();
      } catch (IOException e) {
        node.close();
        throw e;
      }
      LOG.info("RabbitMQ node on port {} ready in {} ms", node.ports.amqp, (System.nanoTime() - start) / 1_000_000);
      return node;
    } catch (IOException e) {
      folder.delete();
      throw e;
    }
  }

  @Override
  public synchronized void start() {
    if (node != null) return;
    try {
      launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void stop() {
    Process running = node;
    if (running == null) return;
    running.destroy();
    if (!hasEnded(running, STOP_LIMIT)) {
      LOG.warn("RabbitMQ did not stop within {} s; killing it", STOP_LIMIT.toSeconds());
      kill();
    }
    node = null;
  }

  @Override
  public synchronized void kill() {
    Process running = node;
    if (running == null) return;
    running.destroyForcibly();
    if (!hasEnded(running, STOP_LIMIT)) throw new IllegalStateException("RabbitMQ outlives SIGKILL");
    node = null;
  }

  @Override
  public synchronized void deleteData() {
    kill();
    try {
      FolderTree.delete(folder.path().resolve("mnesia"));
      launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    makeVhosts();
  }

  @Override
  public Duration statisticsLag() { return STATISTICS.multipliedBy(3); }

  @Override
  String control(String... words) {
    List<String> command = new ArrayList<>();
    command.add(installation.server().resolveSibling("rabbitmqctl").toString());
    command.addAll(List.of(words));
    try {
      return Commands.run(folder.path(), environment, CONTROL_LIMIT, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    kill();
    if (portMapper != null) {
      portMapper.destroyForcibly();
      hasEnded(portMapper, Duration.ofSeconds(10));
    }
    folder.delete();
  }

  private synchronized void launch() throws IOException {
    Path log = folder.path().resolve("node.log");
    Process started = Commands.spawn(folder.path(), environment, log, List.of(installation.server().toString()));
    node = started;
    long limit = System.nanoTime() + START_LIMIT.toNanos();
    while (!management().isReady()) {
      boolean ended = hasEnded(started, Duration.ofMillis(100));
      if (ended || System.nanoTime() > limit) {
        kill();
        throw new IOException((ended
            ? "RabbitMQ ended while it started"
            : "RabbitMQ was not ready after "
                + START_LIMIT.toSeconds() + " s")
            + "; its log ends:\n" + Commands.tail(log));
      }
    }
  }

  /** As it calls itself among its like. */
  String name() { return name(ports); }

  private static String name(Ports ports) { return "midifleet-" + ports.amqp + "@localhost"; }

  private void writeConfiguration(Membership membership) throws IOException {
    Path path = folder.path();
    Files.createDirectories(path.resolve("home"));
    Path cookie = path.resolve("home/.erlang.cookie");
    Files.writeString(cookie, membership.cookie);
    Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    String join = membership.first == null ? "" : """
        cluster_formation.peer_discovery_backend = classic_config
        cluster_formation.classic_config.nodes.1 = %s
        """.formatted(membership.first.name());
    Files.writeString(path.resolve("rabbitmq.conf"), """
        listeners.tcp.1 = 127.0.0.1:%d
        management.tcp.ip = 127.0.0.1
        management.tcp.port = %d
        default_user = %s
        default_pass = %s
        log.console = true
        log.console.level = info
        collect_statistics_interval = %d
        %s""".formatted(ports.amqp, ports.management, USER, membership.password, STATISTICS.toMillis(), join));
    Files.writeString(path.resolve("enabled_plugins"), "[rabbitmq_management].\n");
    Files.writeString(path.resolve("empty"), "");
  }

  private static Map<String, String> environment(RabbitInstallation installation, Path folder, Ports ports) {
    Map<String, String> all = new HashMap<>(installation.environment());
    all.put("HOME", folder.resolve("home").toString());
    all.put("RABBITMQ_NODENAME", name(ports));
    all.put("RABBITMQ_NODE_PORT", Integer.toString(ports.amqp));
    all.put("RABBITMQ_DIST_PORT", Integer.toString(ports.distribution));
    all.put("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString());
    all.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
    all.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString());
    all.put("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("enabled_plugins").toString());
    all.put("RABBITMQ_PID_FILE", folder.resolve("pid").toString());
    all.put("RABBITMQ_CONF_ENV_FILE", folder.resolve("empty").toString());
    all.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"
        + " -rabbit quorum_tick_interval " + STATISTICS.toMillis());
    all.put("ERL_EPMD_PORT", Integer.toString(ports.mapper));
    all.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    // Then the process that we start becomes the broker, instead of a shell that is its parent.
    all.put("RUNNING_UNDER_SYSTEMD", "true");
    return all;
  }

  /** Below the range that outgoing connections use, so that a stopped node finds its ports free again. */
  private static Ports freePorts() throws IOException {
    int[] free = IntStream.generate(() -> ThreadLocalRandom.current().nextInt(20_000, 30_000)).limit(1_000)
        .filter(RabbitNode::isFree).distinct().limit(4).toArray();
    if (free.length < 4) throw new IOException("no free ports from 20000 to 29999");
    return new Ports(free[0], free[1], free[2], free[3]);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean hasEnded(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }
}
