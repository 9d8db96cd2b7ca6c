package dev.midifleet.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The few calls of RabbitMQ's management API that tests need.
 *
 * @param amqp
 *          the broker's AMQP URI with user and password; its path is ignored
 * @param http
 *          where the management API listens, without a path
 */
record RabbitManagement(URI amqp, URI http) {
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5)).build();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*\\}");
  private static final Pattern MESSAGES = Pattern.compile("\"messages\":(\\d+)");
  private static final Pattern LEADER = Pattern.compile("\"leader\":\"([^\"]+)\"");
  private static final Pattern ONLINE = Pattern.compile("\"online\":\\[([^\\]]+)\\]");
  private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");

  /** Creates a virtual host that the user of {@link #amqp()} may do everything in. */
  String newVhostUri() {
    String vhost = "test-" + UUID.randomUUID();
    makeVhost(vhost);
    return amqp.getScheme() + "://" + amqp.getRawUserInfo() + "@" + amqp.getHost() + ":" + port() + "/" + vhost;
  }

  void makeVhost(String vhost) {
    call("PUT", "/api/vhosts/" + vhost, "{}");
    call("PUT", "/api/permissions/" + vhost + "/" + encode(user()),
        "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}");
  }

  /** Messages of each queue, ready and not acked; -1 where the broker has not counted yet. */
  Map<String, Long> queueDepths(String vhostUri) {
    Map<String, Long> depths = new TreeMap<>();
    String answer = call("GET", "/api/queues/" + vhost(vhostUri) + "?columns=name,messages", "");
    OBJECT.matcher(answer).results().map(match -> match.group()).forEach(queue -> {
      var name = NAME.matcher(queue);
      var messages = MESSAGES.matcher(queue);
      if (name.find()) {
        depths.put(name.group(1), messages.find() ? Long.parseLong(messages.group(1)) : -1);
      }
    });
    return depths;
  }

  /** The node that leads a quorum queue, as it calls itself; empty when the cluster does not know. */
  String leader(String vhostUri, String queue) {
    var leader = LEADER.matcher(call("GET", "/api/queues/" + vhost(vhostUri) + "/" + encode(queue), ""));
    return leader.find() ? leader.group(1) : "";
  }

  /** How many nodes of a quorum queue can be reached. */
  int onlineMembers(String vhostUri, String queue) {
    var online = ONLINE.matcher(call("GET", "/api/queues/" + vhost(vhostUri) + "/" + encode(queue), ""));
    return online.find() ? online.group(1).split(",", -1).length : 0;
  }

  void deleteQueue(String vhostUri, String queue) {
    call("DELETE", "/api/queues/" + vhost(vhostUri) + "/" + encode(queue), "");
  }

  void publish(String vhostUri, String queue, byte[] body) {
    String answer = call("POST", "/api/exchanges/" + vhost(vhostUri) + "/amq.default/publish",
        "{\"properties\":{\"delivery_mode\":2},\"routing_key\":\"" + queue + "\",\"payload\":\""
            + Base64.getEncoder().encodeToString(body) + "\",\"payload_encoding\":\"base64\"}");
    if (!answer.contains("true")) throw new IllegalStateException("there is no queue " + queue + ": " + answer);
  }

  List<String> connections(String vhostUri) {
    String answer = call("GET", "/api/vhosts/" + vhost(vhostUri) + "/connections?columns=name", "");
    return NAME.matcher(answer).results().map(match -> match.group(1)).toList();
  }

  void breakConnection(String name) {
    // 404: it went by itself meanwhile.
    send("DELETE", "/api/connections/" + encode(name), "");
  }

  /** Whether both the management API and the AMQP listener answer. */
  boolean isReady() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(amqp.getHost(), port()), 2_000);
    } catch (IOException e) {
      return false;
    }
    try {
      return send("GET", "/api/vhosts", "").startsWith("2");
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static String vhost(String vhostUri) { return URI.create(vhostUri).getRawPath().substring(1); }

  private int port() {
    if (amqp.getPort() >= 0) return amqp.getPort();
    return "amqps".equals(amqp.getScheme()) ? 5671 : 5672;
  }

  private String user() {
    String[] parts = amqp.getUserInfo() == null ? new String[]{"guest"} : amqp.getUserInfo().split(":", 2);
    return parts[0];
  }

  private String call(String method, String path, String body) {
    String answer = send(method, path, body);
    if (!answer.startsWith("2")) {
      throw new IllegalStateException("the management API of RabbitMQ at " + http + " answered " + answer + " to "
          + method + " " + path);
    }
    return answer;
  }

  /** Status and body, parted by a space. */
  private String send(String method, String path, String body) {
    String userInfo = amqp.getUserInfo() == null ? "guest:guest" : amqp.getUserInfo();
    HttpRequest request = HttpRequest.newBuilder(URI.create(http + path)).timeout(LIMIT)
        .header("Authorization",
            "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)))
        .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body)).build();
    try {
      var response = CLIENT.send(request, BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    } catch (IOException e) {
      throw new IllegalStateException("the management API of RabbitMQ does not answer at " + http + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
