package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestBroker;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BrokerReportTest {
  private final Settings settings = Settings
      .of(Map.of(Setting.AMQP_URI.variable(), TestBroker.shared().newVhostUri()));

  @Test
  void queues_are_looked_at_and_never_made() {
    BrokerReport before = BrokerReport.of(settings);
    assertThat(before.problem()).isNull();
    assertThat(before.version()).matches("\\d+\\.\\d+\\..*");
    assertThat(queue(before.work()).problem()).isEqualTo("it is not there");
    assertThat(queue(BrokerReport.of(settings).dead()).problem()).isEqualTo("it is not there");

    Topology.of(settings).declare(settings);
    assertThat(BrokerReport.of(settings).work()).isEqualTo(new BrokerReport.Queue("midifleet.work", null, 0, 0));
  }

  @Test
  void other_arguments_are_told_with_the_brokers_words() throws Exception {
    try (var connection = AmqpTarget.of(settings).factory().newConnection(); var channel = connection.createChannel()) {
      channel.queueDeclare("midifleet.work", true, false, false, Map.of("x-queue-type", "quorum"));
    }
    BrokerReport.Queue work = queue(BrokerReport.of(settings).work());
    assertThat(work.problem()).contains("PRECONDITION_FAILED", "inequivalent arg");
    assertThat(work.messages()).isZero();
  }

  @Test
  void a_broker_that_is_away_is_a_problem_without_its_password() {
    BrokerReport away = BrokerReport.of(settings.with(Setting.AMQP_URI, "amqp://u:sEcReT@127.0.0.1:1/"));
    assertThat(away.problem()).contains("nothing listens there");
    assertThat(away.toString()).doesNotContain("sEcReT");
    assertThat(away.work()).isNull();
  }

  private static BrokerReport.Queue queue(BrokerReport.@Nullable Queue queue) { return Objects.requireNonNull(queue); }
}
