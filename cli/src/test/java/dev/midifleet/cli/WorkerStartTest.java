package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.FaultProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A worker that is started while a service is away, as a process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerStartTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/x";
  private static final int TERMINATED = 143;

  private final CommandServices services = new CommandServices();

  @BeforeAll
  void tables_and_queues() throws Exception { assertThat(services.midifleet("init").code()).isZero(); }

  @AfterAll
  void close() { services.close(); }

  @Test
  @Tag("long")
  void it_waits_for_the_database_then_for_the_broker_and_says_so() throws Exception {
    Map<String, String> environment = new HashMap<>(services.environment());
    String url = Objects.requireNonNull(environment.get("MIDIFLEET_DATABASE_URL"));
    String uri = Objects.requireNonNull(environment.get("MIDIFLEET_AMQP_URI"));
    String health = freeAddress();
    try (var database = FaultProxy.to(FaultProxy.serverOf(url)); var broker = FaultProxy.to(FaultProxy.serverOf(uri))) {
      environment.put("MIDIFLEET_DATABASE_URL", database.through(url));
      environment.put("MIDIFLEET_AMQP_URI", broker.through(uri));
      environment.put("MIDIFLEET_HEALTH", health);
      environment.put("MIDIFLEET_HEARTBEAT_INTERVAL", "1s");
      database.shut();
      broker.shut();
      var worker = MidifleetProcess.start(environment, "worker");
      awaitSaid(worker, "127.0.0.1:" + database.port(), "; waiting for it");
      assertThat(ask(health).statusCode()).isEqualTo(503);
      assertThat(ask(health).body()).contains("\"starting\"", "cannot be reached");
      // A second try at least, and no second line.
      Thread.sleep(Duration.ofSeconds(8));
      assertThat(worker.errSoFar()).containsOnlyOnce("waiting for it");

      database.heal();
      awaitSaid(worker, "the database answers", "RabbitMQ at 127.0.0.1:" + broker.port(), "trying again");
      await().atMost(SOON).until(() -> services.change(
          "update workers set slots = slots where state = 'running' and problem like 'RabbitMQ at %'") == 1);
      assertThat(ask(health).body()).contains("RabbitMQ at 127.0.0.1:" + broker.port());

      broker.heal();
      await().atMost(SOON).until(() -> ask(health).statusCode() == 200);
      worker.stop();
      assertThat(worker.await().code()).isEqualTo(TERMINATED);
    }
  }

  @Test
  void it_ends_at_once_when_it_is_told_to_while_it_waits() throws Exception {
    var forDatabase = MidifleetProcess.start(services.environment(), "worker", "--database-url", NOWHERE);
    var forBroker = MidifleetProcess.start(services.environment(), "worker", "--amqp-uri", "amqp://127.0.0.1:1/");
    awaitSaid(forDatabase, "; waiting for it");
    awaitSaid(forBroker, "nothing listens there");
    long start = System.nanoTime();
    forDatabase.stop();
    forBroker.stop();
    assertThat(forDatabase.await().code()).isEqualTo(TERMINATED);
    assertThat(forBroker.await().code()).isEqualTo(TERMINATED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void it_gives_up_when_it_is_to_wait_no_longer() throws Exception {
    Map<String, String> environment = new HashMap<>(services.environment());
    environment.put("MIDIFLEET_GIVE_UP_AFTER", "2s");
    var forDatabase = MidifleetProcess.start(environment, "worker", "--database-url", NOWHERE);
    var forBroker = MidifleetProcess.start(environment, "worker", "--amqp-uri", "amqp://127.0.0.1:1/");
    for (var waiting : new MidifleetProcess[]{forDatabase, forBroker}) {
      var ended = waiting.await();
      assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.UNAVAILABLE.code());
      assertThat(ended.err()).contains("127.0.0.1:1", "given up after 2 s, as MIDIFLEET_GIVE_UP_AFTER says");
    }
  }

  @Test
  void it_does_not_wait_for_what_waiting_does_not_mend() throws Exception {
    Map<String, String> wrongPassword = new HashMap<>(services.environment());
    wrongPassword.put("MIDIFLEET_DATABASE_PASSWORD", "wrong");
    Map<String, String> noQueue = new HashMap<>(services.environment());
    noQueue.put("MIDIFLEET_QUEUE_PREFIX", "absent");
    // Should it wait all the same, not for ever.
    wrongPassword.put("MIDIFLEET_GIVE_UP_AFTER", "60s");
    noQueue.put("MIDIFLEET_GIVE_UP_AFTER", "60s");
    try (var fresh = new CommandServices()) {
      var refused = MidifleetProcess.start(wrongPassword, "worker");
      var without = MidifleetProcess.start(noQueue, "worker");
      var noSchema = MidifleetProcess.start(fresh.environment(), "worker");
      assertEndedWith(refused, "check MIDIFLEET_DATABASE_URL");
      assertEndedWith(without, "there is no queue absent.");
      assertEndedWith(noSchema, "run `midifleet init` first");
    }
  }

  private static void assertEndedWith(MidifleetProcess process, String text) throws Exception {
    var ended = process.await();
    assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(ended.err()).contains(text).doesNotContain("given up");
  }

  private static void awaitSaid(MidifleetProcess process, String... texts) {
    await().atMost(SOON).untilAsserted(() -> assertThat(process.errSoFar()).contains(texts));
  }

  private static HttpResponse<String> ask(String address) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create("http://" + address + "/health")).build(),
          BodyHandlers.ofString());
    }
  }

  private static String freeAddress() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + free.getLocalPort();
    }
  }
}
