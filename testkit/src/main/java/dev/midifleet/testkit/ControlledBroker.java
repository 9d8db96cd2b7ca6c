package dev.midifleet.testkit;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A broker of one test's own, which {@code rabbitmqctl} can be let at. */
abstract class ControlledBroker extends ManagedBroker implements PrivateBroker {
  private final List<String> vhosts = new ArrayList<>();

  ControlledBroker(RabbitManagement management) { super(management); }

  /**
   * Runs {@code rabbitmqctl}.
   *
   * @return what it says
   * @throws RuntimeException
   *           when it fails
   */
  abstract String control(String... words);

  @Override
  public final void setMemoryAlarm(boolean raised) {
    control("set_vm_memory_high_watermark", raised ? "0.00001" : "0.4");
  }

  @Override
  public final void setConsumerTimeout(Duration timeout) {
    control("eval", "application:set_env(rabbit, consumer_timeout, " + timeout.toMillis()
        + "), application:set_env(rabbit, channel_tick_interval, 1000).");
  }

  @Override
  public final synchronized String newVhostUri() {
    String uri = super.newVhostUri();
    vhosts.add(URI.create(uri).getPath().substring(1));
    return uri;
  }

  /** Makes the virtual hosts again that were made here. */
  final synchronized void makeVhosts() {
    vhosts.forEach(management()::makeVhost);
  }
}
