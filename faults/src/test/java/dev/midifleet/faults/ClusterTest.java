package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.PrivateBroker;
import dev.midifleet.testkit.RabbitCluster;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A RabbitMQ cluster of three loses nodes while work flows. */
@Tag("long")
@Timeout(900)
class ClusterTest {
  private static final String QUEUE = "midifleet.work";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  /** Nobody is to stand still for longer than it takes to notice, to elect and to connect again. */
  private static final double STALL_SECONDS_MAX = 60;

  /** Slow enough that work still flows when a node was started again. */
  private static final String PACE = "pause@TAKEN=1500";

  @TempDir
  Path temp = Path.of("set by JUnit");

  @Test
  void a_node_is_killed_and_then_the_queues_leader() throws Exception {
    try (var cluster = RabbitCluster.start();
        var proxied = new ProxiedFleet(cluster, temp, InetAddress.getLoopbackAddress())) {
      String vhost = proxied.fleet.vhostUri;
      proxied.set("MIDIFLEET_AMQP_URI", vhost + "?heartbeat=4");
      assertThat(cluster.onlineMembers(vhost, QUEUE)).isEqualTo(3);
      proxied.set(FaultListener.VARIABLE, PACE);
      proxied.enqueue(3_000);
      proxied.worker();
      proxied.worker();
      proxied.awaitMore(20);

      PrivateBroker follower = cluster.follower(vhost, QUEUE);
      follower.kill();
      proxied.awaitMore(20);
      follower.start();
      await("the node is back").atMost(PATIENCE).until(() -> cluster.onlineMembers(vhost, QUEUE) == 3);

      PrivateBroker leader = cluster.leader(vhost, QUEUE);
      leader.kill();
      assertThat(cluster.leader(vhost, QUEUE)).as("another leads now").isNotSameAs(leader);
      proxied.awaitMore(20);
      leader.start();

      Ledger.Counts counts = proxied.balance();
      assertThat(counts.batches()).isGreaterThan(300);
      assertThat(proxied.longestStall()).isLessThan(STALL_SECONDS_MAX);
    }
  }
}
