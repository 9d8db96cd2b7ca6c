package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.FaultProxy.Way;
import dev.midifleet.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The network between a worker and its services breaks while work flows; in the end nothing is lost and nothing twice. */
@Tag("long")
@Timeout(300)
class NetworkFaultsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(30);
  /** Three of four seconds tell each side, and slow machines; RabbitMQ's own, of a minute, would not. */
  private static final Duration HEARTBEATS = Duration.ofSeconds(40);
  private static final int FILES = 400;
  /** One batch in each of four slots, and one more in hand. */
  private static final int PREFETCH = 5;
  private static final int UNAVAILABLE = 69;
  private static final int WELL = 200;
  private static final int UNWELL = 503;

  @TempDir
  Path temp = Path.of("set by JUnit");
  private @Nullable ProxiedFleet opened;
  private String health = "";

  @BeforeEach
  void work_flows() throws Exception {
    var fleet = new ProxiedFleet(TestBroker.shared(), temp, InetAddress.getLoopbackAddress());
    opened = fleet;
    fleet.enqueue(FILES);
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      health = "127.0.0.1:" + free.getLocalPort();
    }
    fleet.set("MIDIFLEET_HEALTH", health);
    fleet.worker();
    fleet.awaitMore(5);
  }

  @AfterEach
  void close() throws IOException { fleet().close(); }

  private ProxiedFleet fleet() { return Objects.requireNonNull(opened); }

  /** What the worker answers to GET /health. */
  private HttpResponse<String> health() throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var question = HttpRequest.newBuilder(URI.create("http://" + health + "/health")).timeout(SOON).build();
      return client.send(question, BodyHandlers.ofString());
    }
  }

  private void awaitHealth(int code, String part) {
    await("/health says " + code).atMost(SOON).untilAsserted(() -> {
      var answer = health();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
      assertThat(answer.body()).contains(part);
    });
  }

  @Test
  void broker_connections_cut_again_and_again() throws Exception {
    long before = fleet().broker.accepted();
    for (int i = 0; i < 6; i++) {
      if (i % 2 == 0) {
        fleet().broker.cut();
      } else {
        fleet().broker.hangUp();
      }
      fleet().awaitMore(4);
    }
    fleet().balance();
    assertThat(fleet().broker.accepted() - before).as("connections that were made again").isGreaterThanOrEqualTo(12);
  }

  @Test
  void broker_black_holed_towards_it() throws Exception {
    var broker = fleet().broker;
    broker.blackHole(Way.TO_SERVER);
    // The broker hears nothing, and gives the messages back; the acks of what is committed meanwhile are held.
    await("the broker ends both connections").atMost(HEARTBEATS).pollInterval(Duration.ofSeconds(1))
        .until(() -> fleet().depth().consumers() == 0);
    broker.heal();
    fleet().balance();
  }

  @Test
  void broker_black_holed_from_it() throws Exception {
    var broker = fleet().broker;
    long before = broker.accepted();
    broker.blackHole(Way.TO_CLIENT);
    await("the worker tries new connections").atMost(HEARTBEATS).until(() -> broker.accepted() - before >= 2);
    broker.heal();
    fleet().balance();
  }

  @Test
  void broker_half_open_without_the_client_knowing() throws Exception {
    var broker = fleet().broker;
    long before = broker.accepted();
    broker.forgetServers();
    await("the worker finds out").atMost(HEARTBEATS).until(() -> broker.accepted() - before >= 2);
    fleet().balance();
  }

  @Test
  void broker_half_open_without_the_broker_knowing() throws Exception {
    var broker = fleet().broker;
    broker.forgetClients();
    await("the worker is connected again").atMost(SOON).until(() -> broker.open(Way.TO_CLIENT) >= 2);
    assertThat(broker.open(Way.TO_SERVER)).as("with the old ones still open at the broker").isGreaterThanOrEqualTo(4);
    // What the old connection holds comes when the broker finds out.
    fleet().balance();
  }

  @Test
  void broker_out_of_reach_for_20_seconds() throws Exception {
    var broker = fleet().broker;
    awaitHealth(WELL, "\"problems\":[]");
    // Nobody listens at the target: each try is accepted here, counted, and cut.
    broker.retarget(FaultProxy.serverOf("amqp://127.0.0.1:1"));
    long before = broker.accepted();
    broker.cut();
    Thread.sleep(20_000);
    long tries = broker.accepted() - before;
    assertThat(tries).as("tries of two connections, with growing waits").isBetween(8L, 24L);
    var worker = fleet().lines("select state || ': ' || coalesce(problem, 'well') from workers");
    assertThat(worker).singleElement().asString().startsWith("running: RabbitMQ at 127.0.0.1:");
    awaitHealth(UNWELL, "RabbitMQ at 127.0.0.1:");
    String status = fleet().remote().succeed("status").output();
    System.out.println("broker away: worker row " + worker + ", status:\n" + status);
    assertThat(status).contains("RabbitMQ at").contains("running");
    assertThat(fleet().workers().getFirst().errors()).contains("the connection broke", "trying again");
    broker.retarget(FaultProxy.serverOf(fleet().fleet.vhostUri));
    awaitHealth(WELL, "\"problems\":[]");
    await("its row says so too").atMost(SOON)
        .until(() -> fleet().number("select count(*) from workers where problem is null") == 1);
    fleet().balance();
  }

  @Test
  void database_connections_cut_again_and_again() throws Exception {
    for (int i = 0; i < 6; i++) {
      if (i % 2 == 0) {
        fleet().database.cut();
      } else {
        fleet().database.hangUp();
      }
      fleet().awaitMore(4);
    }
    fleet().balance();
  }

  @Test
  void database_black_holed_towards_it() throws Exception { blackHoled(Way.TO_SERVER); }

  @Test
  void database_black_holed_from_it() throws Exception { blackHoled(Way.TO_CLIENT); }

  private void blackHoled(Way way) throws Exception {
    var database = fleet().database;
    long before = database.accepted();
    database.blackHole(way);
    await("the worker gives its connections up").atMost(SOON).until(() -> database.accepted() - before >= 2);
    long committed = fleet().committed();
    Thread.sleep(1_000);
    assertThat(fleet().committed()).isEqualTo(committed);
    database.heal();
    fleet().balance();
  }

  @Test
  void database_half_open_without_the_client_knowing() throws Exception {
    fleet().database.forgetServers();
    fleet().balance();
  }

  @Test
  void database_half_open_without_the_server_knowing() throws Exception {
    // Sessions that nobody will ever end hold rows; the server ends them after 30 s.
    for (int i = 0; i < 5; i++) {
      fleet().database.forgetClients();
      fleet().awaitMore(1);
    }
    fleet().balance();
  }

  @Test
  void answers_of_commits_are_lost() throws Exception {
    var database = fleet().database;
    database.loseAnswersOfCommits("set committed_at = now()", 2);
    await().atMost(PATIENCE).until(() -> database.cutAnswers() >= 20);
    database.heal();
    fleet().balance();
    System.out.println("answers to COMMIT lost: " + database.cutAnswers());
  }

  @Test
  void database_that_answers_slowly() throws Exception {
    var database = fleet().database;
    database.delay(Way.TO_SERVER, Duration.ofSeconds(1));
    database.delay(Way.TO_CLIENT, Duration.ofSeconds(1));
    Thread.sleep(25_000);
    assertThat(fleet().lines("select state from workers")).containsExactly("running");
    assertThat(fleet().number("select count(*) from workers where seen_at > now() - interval '15 s'")).isEqualTo(1);
    database.heal();
    fleet().balance();
    assertThat(fleet().number("select max(taken) from batches")).isEqualTo(1);
  }

  @Test
  void database_away() throws Exception {
    var away = fleet();
    away.database.shut();
    // It holds what it has; another worker gets all the others.
    var other = away.watched(away.fleet.midifleet("").start("worker", "--threads", "1"));
    await("only what is held is open").atMost(PATIENCE).until(() -> away.open() <= PREFETCH);
    assertThat(away.open()).as("held, not given back").isPositive();
    assertThat(away.workers().getFirst().errors()).contains("the database is away: taking no more batches");
    awaitHealth(UNWELL, "the database is away: ");
    var status = away.remote().start("status");
    assertThat(status.exitCode(60)).isEqualTo(UNAVAILABLE);
    assertThat(status.errors()).contains("cannot be reached").doesNotContain("\tat ");

    away.database.heal();
    awaitHealth(WELL, "\"problems\":[]");
    away.balance();
    assertThat(away.number("select max(taken) from batches")).as("no start was counted twice").isEqualTo(1);
    assertThat(other.errors()).doesNotContain("away");
  }
}
