package dev.midifleet.common.queue;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.SettingException;
import dev.midifleet.common.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, as the settings name it: one host, or those of a cluster.
 *
 * @param factory
 *          makes connections to it; holds the password
 * @param addresses
 *          of its nodes, at least one; each connection tries them in an order of its own until one answers
 * @param display
 *          hosts, ports and virtual host, for people
 */
record AmqpTarget(ConnectionFactory factory, List<Address> addresses, String display) {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpTarget.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);
  private static final int CONNECT_MILLIS = 10_000;
  private static final int RPC_MILLIS = 30_000;
  /**
   * More than any broker lets through (RabbitMQ's max_message_size is at most 512 MiB): what is too long for us is read,
   * recorded and acked. The client's own answer to a longer one is to close the connection, and so the message would be
   * delivered to one consumer after the other, and end each.
   */
  private static final int INBOUND_BYTES_BELOW = 512 * 1024 * 1024 + 1;

  /**
   * Reads the settings.
   *
   * @throws SettingException
   *           when they make no sense
   */
  static AmqpTarget of(Settings settings) {
    ConnectionFactory factory = new ConnectionFactory();
    String uri = settings.text(Setting.AMQP_URI);
    boolean secure = uri.startsWith("amqps:");
    // Before the URI is read, which may say otherwise: ?heartbeat=10&connection_timeout=5000
    factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
    factory.setConnectionTimeout(CONNECT_MILLIS);
    List<Address> addresses = new ArrayList<>();
    try {
      for (String one : ofEachHost(uri)) {
        requireHost(new URI(one));
        factory.setUri(one);
        addresses.add(new Address(factory.getHost(), factory.getPort()));
      }
      if (secure) {
        // The client's own default accepts every certificate.
        factory.useSslProtocol(SSLContext.getDefault());
        factory.enableHostnameVerification();
      }
    } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
      // The cause would show the URI, and with it the password.
      throw new SettingException(Setting.AMQP_URI.variable()
          + " cannot be read; it has the form amqp://user:password@host:5672/virtual-host, special characters as %2F;"
          + " several hosts of a cluster as a:5672,b:5672");
    }
    setUser(factory, settings, uri);
    if (factory.getVirtualHost().isEmpty()) {
      factory.setVirtualHost("/");
    }
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setHandshakeTimeout(CONNECT_MILLIS);
    factory.setMaxInboundMessageBodySize(INBOUND_BYTES_BELOW);
    factory.setChannelRpcTimeout(RPC_MILLIS);
    factory.setExceptionHandler(new QuietExceptionHandler());
    factory.setThreadFactory(Thread.ofPlatform().daemon().name("amqp-", 0).factory());
    return new AmqpTarget(factory, List.copyOf(addresses),
        addresses.stream().map(Address::toString).collect(Collectors.joining(",")) + ", virtual host "
            + factory.getVirtualHost());
  }

  /** {@code amqp://user:password@a:5672,b:5672/vhost} as a URI for each host. */
  private static List<String> ofEachHost(String uri) {
    int slashes = uri.indexOf("//");
    if (slashes < 0) return List.of(uri);
    int start = slashes + 2;
    int end = start;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    int at = uri.lastIndexOf('@', end) + 1;
    String before = uri.substring(0, Math.max(start, at));
    String after = uri.substring(end);
    String hosts = uri.substring(before.length(), end);
    return Arrays.stream(hosts.split(",", -1)).map(host -> before + host + after).toList();
  }

  /** Opens a connection to the first node that answers. */
  Connection connect(String name) throws IOException, TimeoutException {
    return factory.newConnection(addresses, name);
  }

  /** A password with a / or a # in it would end the host's part of the URI, and be shown as virtual host or lost. */
  private static void requireHost(URI uri) throws URISyntaxException {
    if (uri.getHost() == null || String.valueOf(uri.getRawPath()).contains("@") || uri.getRawFragment() != null) {
      throw new URISyntaxException("", "no host");
    }
  }

  /** A connection that breaks is reported by its shutdown listener, once and with the broker's reason. */
  private static final class QuietExceptionHandler extends DefaultExceptionHandler {
    @Override
    public void handleUnexpectedConnectionDriverException(Connection connection, Throwable exception) {
      LOG.debug("a connection to RabbitMQ broke: {}", exception.toString());
    }
  }

  private static void setUser(ConnectionFactory factory, Settings settings, String uri) {
    String authority = uri.substring(uri.indexOf("//") + 2);
    int at = authority.lastIndexOf('@');
    String userInfo = settings.isGiven(Setting.AMQP_URI) && at >= 0 ? authority.substring(0, at) : "";
    if (settings.isGiven(Setting.AMQP_USER)) {
      if (!userInfo.isEmpty())
        throw new SettingException("both " + Setting.AMQP_URI.variable() + " and "
            + Setting.AMQP_USER.variable() + " name a user; keep one");
      factory.setUsername(settings.text(Setting.AMQP_USER));
    }
    if (settings.isGiven(Setting.AMQP_PASSWORD)) {
      if (userInfo.contains(":"))
        throw new SettingException("both " + Setting.AMQP_URI.variable() + " and "
            + Setting.AMQP_PASSWORD.variable() + " hold a password; keep the latter");
      factory.setPassword(settings.text(Setting.AMQP_PASSWORD));
    }
  }
}
