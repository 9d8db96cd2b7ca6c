package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.FaultProxy.Way;
import dev.midifleet.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int FILES = 600;
  private static final int BATCHES = 121;
  private static final int ATTEMPTS = 3;

  @TempDir
  Path temp = Path.of("set by JUnit");
  private @Nullable ProxiedFleet opened;

  @BeforeEach
  void work_flows() throws Exception {
    var fleet = new ProxiedFleet(temp, TestBroker.shared().newVhostUri(), InetAddress.getLoopbackAddress());
    opened = fleet;
    fleet.make(FILES);
    Files.writeString(fleet.folder.resolve("text.mid"), "no music");
    Files.createSymbolicLink(fleet.folder.resolve("gone.mid"), Path.of("nowhere.mid"));
    fleet.operator.succeed("enqueue", fleet.folder.toString());
    // So that there is still something to be done when it breaks.
    fleet.database.delay(Way.TO_SERVER, Duration.ofMillis(5));
    fleet.worker();
    awaitMore(5);
  }

  @AfterEach
  void close() throws IOException { fleet().close(); }

  private ProxiedFleet fleet() { return Objects.requireNonNull(opened); }

  @Test
  void broker_connections_cut_again_and_again() throws Exception {
    long before = fleet().broker.accepted();
    for (int i = 0; i < 6; i++) {
      if (i % 2 == 0) {
        fleet().broker.cut();
      } else {
        fleet().broker.hangUp();
      }
      awaitMore(4);
    }
    assertBalanced();
    assertThat(fleet().broker.accepted() - before).as("connections that were made again").isGreaterThanOrEqualTo(12);
  }

  @Test
  void broker_black_holed_towards_it() throws Exception {
    var broker = fleet().broker;
    broker.blackHole(Way.TO_SERVER);
    // The broker hears nothing, and gives the messages back; the acks of what is committed meanwhile are held.
    await("the broker ends both connections").atMost(PATIENCE).until(() -> fleet().depth().consumers() == 0);
    broker.heal();
    assertBalanced();
  }

  @Test
  void broker_black_holed_from_it() throws Exception {
    var broker = fleet().broker;
    long before = broker.accepted();
    broker.blackHole(Way.TO_CLIENT);
    await("the worker tries new connections").atMost(PATIENCE).until(() -> broker.accepted() - before >= 2);
    broker.heal();
    assertBalanced();
  }

  @Test
  void broker_half_open_without_the_client_knowing() throws Exception {
    var broker = fleet().broker;
    long before = broker.accepted();
    broker.forgetServers();
    await("the worker finds out").atMost(PATIENCE).until(() -> broker.accepted() - before >= 2);
    assertBalanced();
  }

  @Test
  void broker_half_open_without_the_broker_knowing() throws Exception {
    var broker = fleet().broker;
    broker.forgetClients();
    await("the worker is connected again").atMost(SOON).until(() -> broker.open(Way.TO_CLIENT) >= 2);
    assertThat(broker.open(Way.TO_SERVER)).as("with the old ones still open at the broker").isGreaterThanOrEqualTo(4);
    // What the old connection holds comes when the broker finds out.
    assertBalanced();
  }

  @Test
  void broker_out_of_reach_for_20_seconds() throws Exception {
    var broker = fleet().broker;
    // Nobody listens at the target: each try is accepted here, counted, and cut.
    broker.retarget(FaultProxy.serverOf("amqp://127.0.0.1:1"));
    long before = broker.accepted();
    broker.cut();
    Thread.sleep(20_000);
    long tries = broker.accepted() - before;
    assertThat(tries).as("tries of two connections, with growing waits").isBetween(8L, 24L);
    var worker = fleet().lines("select state from workers");
    String status = fleet().operator.succeed("status").output();
    System.out.println("broker away: worker row " + worker + ", status:\n" + status);
    assertThat(fleet().remote.start("status").output()).isNotNull();
    broker.retarget(FaultProxy.serverOf(fleet().amqpUri()));
    assertBalanced();
  }

  @Test
  void database_connections_cut_again_and_again() throws Exception {
    for (int i = 0; i < 6; i++) {
      if (i % 2 == 0) {
        fleet().database.cut();
      } else {
        fleet().database.hangUp();
      }
      awaitMore(4);
    }
    assertBalanced();
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
    assertBalanced();
  }

  @Test
  void database_half_open_without_the_client_knowing() throws Exception {
    fleet().database.forgetServers();
    assertBalanced();
  }

  @Test
  void database_half_open_without_the_server_knowing() throws Exception {
    // Sessions that nobody will ever end hold rows; the server ends them after 30 s.
    for (int i = 0; i < 5; i++) {
      fleet().database.forgetClients();
      awaitMore(1);
    }
    assertBalanced();
  }

  @Test
  void answers_of_commits_are_lost() throws Exception {
    var database = fleet().database;
    database.loseAnswersOfCommits("set committed_at = now()", 2);
    await().atMost(PATIENCE).until(() -> database.cutAnswers() >= 20);
    database.heal();
    assertBalanced();
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
    assertBalanced();
    assertThat(fleet().number("select max(taken) from batches")).isEqualTo(1);
  }

  @Test
  void database_away() throws Exception {
    var database = fleet().database;
    database.shut();
    await("consumers are cancelled").atMost(PATIENCE).until(() -> fleet().depth().consumers() == 0);
    Thread.sleep(10_000);
    var away = fleet().remote.start("status");
    assertThat(away.exitCode(60)).isEqualTo(4);
    assertThat(away.errors()).contains("cannot be reached");
    long committed = fleet().committed();
    database.heal();
    database.delay(Way.TO_SERVER, Duration.ofMillis(5));
    await("its row says what it was").atMost(SOON)
        .until(() -> fleet().lines("select state from workers").contains("paused")
            || fleet().committed() > committed);
    assertBalanced();
    assertThat(fleet().number("select max(taken) from batches")).isEqualTo(1);
  }

  private void awaitMore(int batches) throws SQLException {
    long before = fleet().committed();
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> fleet().committed() >= before + batches);
    assertThat(fleet().open()).as("there is something left to be done").isPositive();
  }

  /** Waits until all is done, lets the workers go, and counts. */
  private void assertBalanced() throws Exception {
    var fleet = fleet();
    fleet.broker.heal();
    fleet.database.heal();
    await("all is done").atMost(PATIENCE).until(() -> fleet.open() == 0);
    fleet.drain();
    assertThat(fleet.lines("select status || ' ' || count(*) from files group by status order by 1"))
        .containsExactlyInAnyOrder("done " + FILES, "dead 2");
    assertThat(fleet.lines("""
        select sum(files_done) || ' ' || sum(files_copied) || ' ' || sum(files_dead) || ' ' || sum(files_retried)
        from batches where outcome = 'done'""")).containsExactly(FILES + " 0 2 " + (ATTEMPTS - 1));
    assertThat(fleet.number("select count(*) from facts")).isEqualTo(FILES);
    assertThat(fleet.lines("select kind || ' ' || attempts from dead_files order by 1"))
        .containsExactly("MISSING " + ATTEMPTS, "NOT_MIDI 1");
    assertThat(fleet.number("select count(*) from batches")).as("batches, retries included").isEqualTo(BATCHES + 1L);
    assertThat(fleet.depth().ready()).as("messages left in the queue").isZero();
    System.out.println("longest stall: " + fleet.longestStall() + " s");
  }
}
