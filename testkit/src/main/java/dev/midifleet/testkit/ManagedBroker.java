package dev.midifleet.testkit;

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

  final RabbitManagement management() { return management; }
}
