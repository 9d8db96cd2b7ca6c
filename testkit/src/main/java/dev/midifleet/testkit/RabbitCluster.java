package dev.midifleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster of three RabbitMQ nodes that belongs to one test; each of them may be killed and started again. */
public final class RabbitCluster implements TestBroker, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitCluster.class);
  private static final int NODES = 3;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final List<RabbitNode> nodes = new ArrayList<>();

  private RabbitCluster() {}

  /**
   * Starts three nodes of an installed RabbitMQ, or of packages that are unpacked into a cache folder. Takes 20 to 60 s.
   *
   * @throws IllegalStateException
   *           when there is no RabbitMQ to be had in these ways
   */
  public static RabbitCluster start() {
    long start = System.nanoTime();
    var cluster = new RabbitCluster();
    try {
      RabbitInstallation installation = installation();
      String password = UUID.randomUUID().toString();
      String cookie = UUID.randomUUID().toString();
      cluster.nodes.add(RabbitNode.start(installation, new RabbitNode.Membership(password, cookie, null)));
      while (cluster.nodes.size() < NODES) {
        var membership = new RabbitNode.Membership(password, cookie, cluster.nodes.getFirst());
        cluster.nodes.add(RabbitNode.start(installation, membership));
      }
    } catch (IOException e) {
      cluster.close();
      throw new UncheckedIOException(e);
    }
    LOG.info("a cluster of {} nodes is ready in {} ms", NODES, (System.nanoTime() - start) / 1_000_000);
    return cluster;
  }

  private static RabbitInstallation installation() throws IOException {
    var installed = RabbitInstallation.installed();
    if (installed.isPresent()) return installed.get();
    if (UnpackedRabbit.isPossible()) return new UnpackedRabbit(CacheFolder.find().resolve("rabbitmq")).get();
    throw new IllegalStateException(
        "a cluster needs an installed RabbitMQ, or Debian's or Ubuntu's apt-get and dpkg-deb"
            + " to unpack one");
  }

  /** The URI names all nodes, the first one first. */
  @Override
  public String newVhostUri() {
    String uri = alive().newVhostUri();
    URI one = URI.create(uri);
    String hosts = nodes.stream().map(node -> node.management().amqp())
        .map(node -> node.getHost() + ":" + node.getPort()).collect(Collectors.joining(","));
    return uri.replace(one.getHost() + ":" + one.getPort(), hosts);
  }

  /** The node that leads a quorum queue; waits while the nodes elect one. */
  public PrivateBroker leader(String vhostUri, String queue) {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      String name = alive().management().leader(vhostUri, queue);
      for (RabbitNode node : nodes) {
        if (node.name().equals(name) && node.management().isReady()) return node;
      }
      if (System.nanoTime() > limit) throw new IllegalStateException(queue + " has no leader: \"" + name + "\"");
      LockSupport.parkNanos(200_000_000);
    }
  }

  /** A node that does not lead the queue. */
  public PrivateBroker follower(String vhostUri, String queue) {
    PrivateBroker leader = leader(vhostUri, queue);
    return nodes.stream().filter(node -> node != leader).findFirst().orElseThrow();
  }

  /** How many nodes hold the queue and can be reached. */
  public int onlineMembers(String vhostUri, String queue) {
    return alive().management().onlineMembers(vhostUri, queue);
  }

  private RabbitNode alive() {
    return nodes.stream().filter(node -> node.management().isReady()).findFirst()
        .orElseThrow(() -> new IllegalStateException("no node of the cluster answers"));
  }

  @Override
  public void breakConnections(String vhostUri) { alive().breakConnections(vhostUri); }

  @Override
  public int countConnections(String vhostUri) { return alive().countConnections(vhostUri); }

  @Override
  public Map<String, Long> queueDepths(String vhostUri) { return alive().queueDepths(vhostUri); }

  @Override
  public Duration statisticsLag() { return alive().statisticsLag(); }

  @Override
  public void deleteQueue(String vhostUri, String queue) { alive().deleteQueue(vhostUri, queue); }

  @Override
  public void publish(String vhostUri, String queue, byte[] body) { alive().publish(vhostUri, queue, body); }

  @Override
  public void close() {
    // The first one's port mapper is everybody's.
    nodes.reversed().forEach(RabbitNode::close);
  }
}
