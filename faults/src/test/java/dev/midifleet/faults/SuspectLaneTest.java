package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sound file on the suspect lane, whose process is ended by others. */
@Tag("long")
class SuspectLaneTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String AT_WORK = "select count(*) from batches where lane = 'suspect' and taken = 1"
      + " and committed_at is null";

  @TempDir
  private Path temp;
  private FleetUnderTest fleet;
  private Path library;

  @BeforeEach
  void enqueue_a_file_whose_batch_was_started_twice() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    library = Files.createDirectory(temp.resolve("midi"));
    Files.write(library.resolve("a.mid"), SmfBuilder.scale(60));
    fleet = new FleetUnderTest(TestDatabase.shared(), TestBroker.shared(), temp);
    fleet.enqueue(library);
    change("update batches set taken = 2");
  }

  @AfterEach
  void close() throws Exception {
    System.out.println(fleet.said());
    fleet.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void a_child_that_is_told_to_end_finishes_its_file_and_nothing_is_held_against_it(String signal) throws Exception {
    var worker = fleet.worker("pause@ANALYZING=3000");
    await().atMost(PATIENCE).until(() -> number(AT_WORK) == 1);
    Thread.sleep(500);
    long child = worker.running().process().descendants().mapToLong(ProcessHandle::pid).max().orElseThrow();
    new ProcessBuilder("kill", "-" + signal, Long.toString(child)).start().waitFor();
    fleet.balance(Ledger.Expected.of(Set.of("a.mid"), Map.of()));
    assertThat(number("select max(crashes) from batches")).isZero();
  }

  @Test
  void a_worker_that_drains_in_no_time_gives_its_suspect_back() throws Exception {
    fleet.set("MIDIFLEET_DRAIN_TIMEOUT", "0s");
    var worker = fleet.worker(start -> start == 0 ? "pause@ANALYZING=60000" : "");
    await().atMost(PATIENCE).until(() -> number(AT_WORK) == 1);
    Thread.sleep(500);
    worker.terminate();
    fleet.balance(Ledger.Expected.of(Set.of("a.mid"), Map.of()));
    assertThat(number("select max(crashes) from batches")).isZero();
    assertThat(number("select taken from batches where lane = 'suspect'")).as("the start was given back").isEqualTo(1);
  }

  @Test
  void a_cancelled_run_ends_while_its_suspect_is_worked_on() throws Exception {
    fleet.worker(start -> "pause@ANALYZING=4000");
    await().atMost(PATIENCE).until(() -> number(AT_WORK) == 1);
    String run;
    try (Connection connection = fleet.connect()) {
      run = Rows.lines(connection, "select id from runs").getFirst();
    }
    fleet.midifleet("").succeed("cancel", run);
    fleet.balance(Ledger.Expected.of(Set.of("a.mid"), Map.of()).cancelled(1));
    assertThat(number("select count(*) from files where status = 'new'")).isEqualTo(1);
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = fleet.connect()) {
      return Rows.number(connection, sql);
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = fleet.connect(); var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
