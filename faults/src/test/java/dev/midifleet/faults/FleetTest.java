package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path temp;
  private Path outputs;
  private TestDatabase.Credentials database;
  /** With the product's own options for the JVM, vectors among them. */
  private Midifleet product;
  private Midifleet fleet;

  @BeforeEach
  void openTheFolderToTheServersUser() throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    outputs = Files.createDirectory(temp.resolve("outputs"));
    database = TestDatabase.shared().newDatabase();
    Map<String, String> environment = new HashMap<>();
    environment.put("MIDIFLEET_DATABASE_URL", database.jdbcUrl());
    environment.put("MIDIFLEET_DATABASE_USER", database.user());
    environment.put("MIDIFLEET_DATABASE_PASSWORD", database.password());
    environment.put("MIDIFLEET_AMQP_URI", TestBroker.shared().newVhostUri());
    environment.put("MIDIFLEET_RETRY_DELAYS", "300ms,300ms");
    environment.put("MIDIFLEET_RELAY_INTERVAL", "100ms");
    environment.put("MIDIFLEET_BATCH_FILES", "8");
    product = new Midifleet(environment, outputs);
    fleet = new Midifleet(environment, outputs, FleetUnderTest.JVM_OPTIONS);
  }

  @AfterEach
  void showWhatWasSaid() throws IOException {
    try (var files = Files.newDirectoryStream(outputs, "err*")) {
      for (Path file : files) {
        System.out.println(file.getFileName() + ": " + Files.readString(file));
      }
    }
  }

  @Test
  void the_same_files_give_the_same_rows_in_both_modes() throws Exception {
    MadeLibrary library = MadeLibrary.in(temp.resolve("midi"));
    JsonNode summary = run(library.folder);
    assertThat(summary.get("files").asInt()).isEqualTo(MadeLibrary.USABLE + MadeLibrary.BAD);
    assertThat(summary.get("analyzed").asInt()).isEqualTo(MadeLibrary.USABLE);
    assertThat(summary.get("dead").asInt()).isEqualTo(MadeLibrary.BAD);

    fleet.succeed("init");
    var first = product.start("worker");
    var second = fleet.start("worker", "--slots", "2", "--threads", "1");
    fleet.succeed("enqueue", library.folder.toString(), "--wait");
    stop(first, second);

    try (var local = EmbeddedPostgres.start(temp.resolve("data"));
        Connection alone = Rows.connect(local.jdbcUrl(), local.user(), local.password());
        Connection together = connect()) {
      Map<String, String> rows = Rows.metadata(together);
      assertThat(rows).hasSize(MadeLibrary.USABLE + MadeLibrary.BAD).isEqualTo(Rows.metadata(alone));
      assertThat(rows.keySet()).contains("caf\\xe9.mid", "some/deep er/folder/scale 1.mid");
      assertThat(Rows.dead(together)).hasSize(MadeLibrary.BAD).isEqualTo(Rows.dead(alone));
      assertThat(Rows.number(together, "select count(*) from facts"))
          .isEqualTo(MadeLibrary.USABLE - MadeLibrary.COPIES);
      assertThat(Rows.number(together, "select count(*) from batches where committed_at is null")).isZero();
    }
  }

  @Test
  void a_worker_killed_with_a_taken_batch_changes_nothing_in_the_rows() throws Exception {
    MadeLibrary library = MadeLibrary.in(temp.resolve("midi"));
    fleet.succeed("init");
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("lock table facts in share mode");
      var victim = fleet.start("worker");
      fleet.succeed("enqueue", library.folder.toString());
      try (Connection watching = connect()) {
        await().atMost(PATIENCE).until(
            () -> Rows.number(watching, "select count(*) from batches where taken > 0 and committed_at is null") > 0);
        victim.process().destroyForcibly();
        assertThat(victim.exitCode(10)).isEqualTo(137);
        assertThat(Rows.number(watching, "select count(*) from facts")).isZero();
      }
      connection.rollback();
    }
    var survivor = fleet.start("worker");
    try (Connection connection = connect()) {
      await().atMost(PATIENCE)
          .until(() -> Rows.number(connection, "select count(*) from batches where committed_at is null") == 0);
      assertThat(Rows.number(connection, "select count(*) from batches where taken > 1")).isPositive();
      Map<String, String> rows = Rows.metadata(connection);
      stop(survivor);
      run(library.folder);
      try (var local = EmbeddedPostgres.start(temp.resolve("data"));
          Connection alone = Rows.connect(local.jdbcUrl(), local.user(), local.password())) {
        assertThat(rows).isEqualTo(Rows.metadata(alone));
        assertThat(Rows.dead(connection)).isEqualTo(Rows.dead(alone));
      }
    }
  }

  @Test
  void bad_files_cost_only_themselves_and_come_in_after_mending() throws Exception {
    MadeLibrary library = MadeLibrary.in(temp.resolve("midi"));
    fleet.succeed("init");
    var worker = fleet.start("worker");
    fleet.succeed("enqueue", library.folder.toString(), "--wait");
    String listed = fleet.succeed("dead", "list").output();
    assertThat(listed).contains("EMPTY", "NOT_MIDI", "MALFORMED", "UNREADABLE", "MISSING", "loop.mid", "gone.mid");
    try (Connection connection = connect()) {
      assertThat(Rows.lines(connection, "select status || ' ' || count(*) from files group by status order by 1"))
          .containsExactly("dead " + MadeLibrary.BAD, "done " + MadeLibrary.USABLE);
    }

    library.mend();
    fleet.succeed("dead", "retry");
    try (Connection connection = connect()) {
      await().atMost(PATIENCE).until(() -> Rows.number(connection, "select count(*) from dead_files") == 0);
      assertThat(Rows.lines(connection, "select distinct status from files")).containsExactly("done");
    }
    stop(worker);
  }

  @Test
  @Tag("long")
  void a_worker_drains_on_sigterm_and_another_does_the_rest() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("midi"));
    int files = 1_200;
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve(i + ".mid"), SmfBuilder.smf().track(track(i)).bytes());
    }
    fleet.succeed("init");
    fleet.succeed("enqueue", folder.toString());
    var first = fleet.start("worker");
    try (Connection connection = connect()) {
      await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10))
          .until(() -> Rows.number(connection, "select count(*) from facts") > 0);
      // What it holds waits for this lock, so that it is told to stop with work in its hands and more in the queue.
      connection.setAutoCommit(false);
      connection.createStatement().execute("lock table facts in share mode");
      first.process().destroy();
      Thread.sleep(Duration.ofSeconds(1));
      connection.rollback();
      connection.setAutoCommit(true);
      stop(first);
      assertThat(Rows.number(connection, "select count(*) from batches where committed_at is null")).isPositive();
      assertThat(Rows.number(connection, "select count(*) from facts")).isBetween(1L, files - 1L);
      assertThat(Rows.number(connection, "select count(*) from batches where taken > 0 and committed_at is null"))
          .isZero();
      assertThat(Rows.lines(connection, "select state from workers")).containsExactly("stopped");
      var second = fleet.start("worker");
      await().atMost(PATIENCE).until(() -> Rows.number(connection, "select count(*) from facts") == files);
      await().atMost(PATIENCE)
          .until(() -> Rows.number(connection, "select count(*) from batches where committed_at is null") == 0);
      assertThat(Rows.number(connection, "select count(*) from batches where taken > 1")).isZero();
      stop(second);
    }
  }

  @Test
  void an_interrupted_run_resumes_and_what_is_done_is_skipped() throws Exception {
    Path folder = Files.createDirectory(temp.resolve("midi"));
    int files = 2_000;
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve(i + ".mid"), SmfBuilder.smf().track(track(i)).bytes());
    }
    var first = fleet.start("run", folder.toString(), "--data", temp.resolve("data").toString(), "--json");
    await().atMost(PATIENCE).until(() -> {
      var running = EmbeddedPostgres.findRunning(temp.resolve("data"));
      if (running.isEmpty()) return false;
      try (Connection connection = Rows.connect(running.get().jdbcUrl(), running.get().user(),
          running.get().password())) {
        return Rows.number(connection, "select count(*) from facts") > 0;
      } catch (SQLException e) {
        return false;
      }
    });
    new ProcessBuilder("kill", "-INT", Long.toString(first.process().pid())).start().waitFor();
    assertThat(first.exitCode(60)).as(first::errors).isEqualTo(130);
    int before = JSON.readTree(first.output()).get("analyzed").asInt();
    assertThat(before).isBetween(1, files - 1);

    assertThat(run(folder).get("analyzed").asInt()).isEqualTo(files - before);
    JsonNode third = run(folder);
    assertThat(List.of(third.get("analyzed").asInt(), third.get("skipped").asInt())).containsExactly(0, files);
    Files.write(folder.resolve("7.mid"), SmfBuilder.scale(77));
    assertThat(run(folder).get("analyzed").asInt()).isEqualTo(1);
    assertThat(run(folder, "--all").get("analyzed").asInt()).isEqualTo(files);
  }

  private static java.util.function.Consumer<SmfBuilder.Track> track(int seed) {
    return t -> {
      for (int i = 0; i < 20; i++) {
        t.note(0, 40 + (seed + i * 7) % 48, 1 + seed % 127, i * 120L + seed, 100);
      }
    };
  }

  private JsonNode run(Path folder, String... more) throws IOException, InterruptedException {
    String[] arguments = new String[5 + more.length];
    System.arraycopy(new String[]{"run", folder.toString(), "--data", temp.resolve("data").toString(), "--json"}, 0,
        arguments,
        0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return JSON.readTree(fleet.succeed(arguments).output());
  }

  private static void stop(Midifleet.Running... workers) throws InterruptedException {
    for (var worker : workers) {
      worker.process().destroy();
    }
    for (var worker : workers) {
      assertThat(worker.exitCode(60)).as(worker::errors).isIn(0, 143);
    }
  }

  private Connection connect() throws SQLException {
    return Rows.connect(database.jdbcUrl(), database.user(), database.password());
  }
}
