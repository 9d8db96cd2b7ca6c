package dev.midifleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TestBrokerTest {

  @Test
  void each_virtual_host_is_new_and_the_broker_is_the_same() {
    URI one = URI.create(TestBroker.shared().newVhostUri());
    URI two = URI.create(TestBroker.shared().newVhostUri());
    assertThat(one.getPath()).isNotEqualTo(two.getPath());
    assertThat(one.getPort()).isEqualTo(two.getPort());
    assertThat(TestBroker.shared().countConnections(one.toString())).isZero();
  }

  @Test
  @Tag("long")
  void private_broker_keeps_its_port_when_it_is_killed_or_stopped_and_started_again() throws IOException {
    try (PrivateBroker broker = TestBroker.startPrivate()) {
      URI uri = URI.create(broker.newVhostUri());
      broker.kill();
      assertThatThrownBy(() -> connect(uri)).isInstanceOf(IOException.class);
      broker.start();
      connect(uri);
      broker.stop();
      assertThatThrownBy(() -> connect(uri)).isInstanceOf(IOException.class);
      broker.start();
      assertThat(broker.countConnections(uri.toString())).isZero();
    }
  }

  private static void connect(URI uri) throws IOException {
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      // Docker's proxy accepts where nobody listens, and closes at once; a broker waits for the client to speak.
      socket.setSoTimeout(300);
      try {
        if (socket.getInputStream().read() < 0) throw new IOException("closed");
      } catch (SocketTimeoutException e) {
        assertThat(socket.isConnected()).isTrue();
      }
    }
  }
}
