package dev.midifleet.testkit;

import java.time.Duration;
import java.util.Map;

/** A broker that is reached through its management API, whoever started it. */
class ManagedBroker implements TestBroker {
  private final RabbitManagement management;

  ManagedBroker(RabbitManagement management) { this.management = management; }

  @Override
  public String newVhostUri() { return management.newVhostUri(); }

  @Override
  public void breakConnections(String vhostUri) {
    management.connections(vhostUri).forEach(management::breakConnection);
  }

  @Override
  public int countConnections(String vhostUri) { return management.connections(vhostUri).size(); }

  @Override
  public Map<String, Long> queueDepths(String vhostUri) { return management.queueDepths(vhostUri); }

  /** Of quorum queues by default; the statistics of the API itself come on top. */
  @Override
  public Duration statisticsLag() { return Duration.ofSeconds(11); }

  @Override
  public void deleteQueue(String vhostUri, String queue) { management.deleteQueue(vhostUri, queue); }

  @Override
  public void publish(String vhostUri, String queue, byte[] body) { management.publish(vhostUri, queue, body); }

  final RabbitManagement management() { return management; }
}
