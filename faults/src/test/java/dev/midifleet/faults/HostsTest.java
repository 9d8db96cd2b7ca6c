package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.NetworkHosts;
import dev.midifleet.testkit.TestBroker;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers on hosts of their own; one is cut off without a word while work flows, and comes back. */
@Tag("long")
@Timeout(900)
class HostsTest {
  private static final int HOSTS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  /** Heartbeats of four seconds are missed twice, and what lies before it in the queue is done first. */
  private static final Duration PATIENCE_WITH_HEARTBEAT = Duration.ofSeconds(30);
  /** Until the broker misses its heartbeats and gives the messages of the lost host to others. */
  private static final double STALL_SECONDS_MAX = 60;

  /** Slow enough that work still flows when the lost host comes back. */
  private static final String PACE = "pause@TAKEN=2000";

  @TempDir
  Path temp = Path.of("set by JUnit");

  @Test
  void one_of_three_hosts_is_partitioned_away_and_comes_back() throws Exception {
    try (var hosts = NetworkHosts.make(HOSTS);
        var proxied = new ProxiedFleet(TestBroker.shared(), temp, InetAddress.getLoopbackAddress())) {
      proxied.enqueue(1_500);
      for (int host = 0; host < HOSTS; host++) {
        worker(hosts, proxied, host);
      }
      await("all three work").atMost(PATIENCE)
          .until(() -> proxied.number("select count(*) from workers where files_done > 0") == HOSTS);
      assertThat(proxied.open()).isPositive();

      hosts.partition(0);
      await("its row grows old").atMost(PATIENCE).pollInterval(Duration.ofMillis(500))
          .until(() -> proxied.number("select count(*) from workers where seen_at < now() - interval '20 s'") == 1);
      await("others take what it had taken").atMost(PATIENCE_WITH_HEARTBEAT)
          .until(() -> proxied.number("select count(*) from batches where taken > 1") > 0);
      assertThat(proxied.open()).as("work flows").isPositive();
      hosts.join(0);
      await("it is back").atMost(PATIENCE).until(() -> proxied.number(
          "select count(*) from workers where seen_at > now() - interval '5 s' and state = 'running'") == HOSTS);

      proxied.balance();
      assertThat(proxied.longestStall()).isLessThan(STALL_SECONDS_MAX);
    }
  }

  private static void worker(NetworkHosts hosts, ProxiedFleet proxied, int host) throws Exception {
    FaultProxy broker = FaultProxy.to(FaultProxy.serverOf(proxied.fleet.vhostUri), hosts.here(host));
    FaultProxy database = FaultProxy.to(FaultProxy.serverOf(proxied.fleet.database.jdbcUrl()), hosts.here(host));
    proxied.alsoClose(broker).alsoClose(database);
    proxied.watched(proxied.remote().behind(hosts.on(host))
        .with(Map.of(FaultListener.VARIABLE, PACE, "MIDIFLEET_AMQP_URI",
            broker.through(proxied.fleet.vhostUri) + "?heartbeat=4",
            "MIDIFLEET_DATABASE_URL", database.through(proxied.fleet.database.jdbcUrl()) + "?socketTimeout=10"))
        .start("worker", "--threads", "1"));
  }
}
