package dev.midifleet.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Address;
import dev.midifleet.common.config.SettingException;
import dev.midifleet.common.config.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmqpTargetTest {

  private static AmqpTarget target(String... variables) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put("MIDIFLEET_AMQP_" + variables[i], variables[i + 1]);
    }
    return AmqpTarget.of(Settings.of(environment));
  }

  @ParameterizedTest
  @CsvSource({"amqp://a:b@host, host, 5672, /", "amqp://a:b@host/, host, 5672, /", "amqp://a:b@host:99/x, host, 99, x",
      "amqp://a:b@host/%2F, host, 5672, /", "amqps://a:b@host/x, host, 5671, x"})
  void uri_names_host_port_and_virtual_host(String uri, String host, int port, String vhost) {
    AmqpTarget target = target("URI", uri);
    assertThat(target.display()).isEqualTo(host + ":" + port + ", virtual host " + vhost);
    assertThat(target.factory().getVirtualHost()).isEqualTo(vhost);
    assertThat(target.factory().getUsername()).isEqualTo("a");
    assertThat(target.factory().getPassword()).isEqualTo("b");
  }

  @Test
  void uri_may_name_several_hosts_of_a_cluster() {
    AmqpTarget target = target("URI", "amqp://a:b,c@one:99,two,[::1]:7/x?heartbeat=7");
    assertThat(target.display()).isEqualTo("one:99,two:5672,[::1]:7, virtual host x");
    assertThat(target.addresses()).extracting(Address::getHost).containsExactly("one", "two", "[::1]");
    assertThat(target.addresses()).extracting(Address::getPort).containsExactly(99, 5672, 7);
    assertThat(target.factory().getPassword()).isEqualTo("b,c");
    assertThat(target.factory().getVirtualHost()).isEqualTo("x");
    assertThat(target("URI", "amqps://one,two:99").addresses()).extracting(Address::getPort).containsExactly(5671, 99);
    target = target("URI", "amqp://one,two/x", "USER", "me", "PASSWORD", "p");
    assertThat(target.factory().getUsername()).isEqualTo("me");
  }

  @Test
  void uri_may_say_how_often_a_heart_beats() {
    assertThat(target("URI", "amqp://a:b@host/x?heartbeat=7").factory().getRequestedHeartbeat()).isEqualTo(7);
  }

  @Test
  void user_and_password_may_stand_beside_the_uri() {
    var factory = target("URI", "amqp://host/x", "USER", "someone", "PASSWORD", "p@ss:w/rd").factory();
    assertThat(factory.getUsername()).isEqualTo("someone");
    assertThat(factory.getPassword()).isEqualTo("p@ss:w/rd");
    factory = target("URI", "amqp://someone@host/x", "PASSWORD", "p@ss:w/rd").factory();
    assertThat(factory.getUsername()).isEqualTo("someone");
    assertThat(factory.getPassword()).isEqualTo("p@ss:w/rd");
  }

  @Test
  void user_beside_the_default_uri_replaces_the_guest() {
    var factory = target("USER", "someone", "PASSWORD", "secret").factory();
    assertThat(factory.getUsername()).isEqualTo("someone");
    assertThat(factory.getPassword()).isEqualTo("secret");
    assertThat(factory.getHost()).isEqualTo("127.0.0.1");
  }

  @Test
  void two_users_or_two_passwords_are_refused_and_not_shown() {
    assertThatThrownBy(() -> target("URI", "amqp://a:topsecret@host", "USER", "b")).isInstanceOf(SettingException.class)
        .hasMessageContaining("MIDIFLEET_AMQP_USER").hasMessageNotContaining("topsecret");
    assertThatThrownBy(() -> target("URI", "amqp://a:topsecret@host", "PASSWORD", "other"))
        .isInstanceOf(SettingException.class).hasMessageContaining("MIDIFLEET_AMQP_PASSWORD")
        .hasMessageNotContaining("topsecret").hasMessageNotContaining("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"amqp://a:topsecret@host/x/y", "amqp://a:topsecret%zz@host", "amqp://a:topsecret@ho st/",
      "amqp://a:topsecret@one,t wo/"})
  void uri_that_cannot_be_read_is_refused_without_showing_it(String uri) {
    assertThatThrownBy(() -> target("URI", uri)).isInstanceOf(SettingException.class)
        .hasMessageContaining("amqp://user:password@host:5672/virtual-host").hasMessageNotContaining("topsecret")
        .hasNoCause();
  }

  @Test
  void recovery_of_the_client_is_off_and_heartbeats_are_on() {
    var factory = target().factory();
    assertThat(factory.isAutomaticRecoveryEnabled()).isFalse();
    assertThat(factory.isTopologyRecoveryEnabled()).isFalse();
    assertThat(factory.getRequestedHeartbeat()).isEqualTo(20);
  }
}
