package dev.midifleet.common.observe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.SettingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code GET /health}, for whoever watches a worker: 200 while it is well, 503 while something is wrong, both with what
 * and why as JSON: {@code {"state":"paused","problems":["the database is away: ..."]}}.
 */
public final class HealthEndpoint implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final int BACKLOG = 16;

  private final HttpServer server;
  /** One each: who asks half a question keeps nobody else waiting. */
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private HealthEndpoint(HttpServer server, Supplier<Health> health) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/health", exchange -> answer(exchange, health.get()));
    server.start();
  }

  /**
   * Begins to answer.
   *
   * @param address
   *          {@code HOST:PORT} or {@code :PORT}, which is every address of this host; port 0 takes a free one
   * @throws SettingException
   *           when it is none, or is taken
   */
  public static HealthEndpoint open(String address, Supplier<Health> health) {
    int colon = address.lastIndexOf(':');
    if (colon < 0 || !address.substring(colon + 1).matches("\\d{1,5}")) {
      throw new SettingException(Setting.HEALTH.variable() + " is \"" + address
          + "\"; a host and a port are wanted, such as 127.0.0.1:8080, or :8080 for every address of this host");
    }
    String host = address.substring(0, colon);
    int port = Integer.parseInt(address.substring(colon + 1));
    try {
      var where = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
      return new HealthEndpoint(HttpServer.create(where, BACKLOG), health);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingException(Setting.HEALTH.variable() + " is " + address + ", where nobody can listen: "
          + e.getMessage());
    }
  }

  public int port() { return server.getAddress().getPort(); }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  private static void answer(HttpExchange exchange, Health health) throws IOException {
    byte[] body = JSON.writeValueAsBytes(health);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(health.problems().isEmpty() ? OK : UNAVAILABLE, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
