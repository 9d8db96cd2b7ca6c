package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.testkit.KillablePostgres;
import dev.midifleet.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the database can do to a fleet that works. */
@Tag("long")
class DatabaseFaultsTest extends FaultTest {
  private static final int FILES = 240;
  private static final String SLOWLY = "pause@STORING=300";
  private static final String OPEN = "select id from batches where taken > 0 and committed_at is null order by id";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  static Path data;
  private static KillablePostgres postgres;

  DatabaseFaultsTest() { super(FILES); }

  @BeforeAll
  static void startServer() throws IOException {
    Files.setPosixFilePermissions(data, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    postgres = KillablePostgres.start(data.resolve("postgres"));
  }

  @AfterAll
  static void endServer() { postgres.close(); }

  @BeforeEach
  void fleet() throws IOException {
    postgres.start();
    open(postgres, TestBroker.shared());
  }

  private void work() throws Exception {
    fleet.worker(SLOWLY, "--slots", "2");
    fleet.worker(SLOWLY, "--slots", "2");
    fleet.enqueue(made.folder);
    fleet.await(DONE, 1);
  }

  @Test
  void postgresql_killed_and_restarted_while_workers_hold_batches() throws Exception {
    String hold = "hold@STORING:2!" + fleet.mark("held");
    fleet.worker(hold, "--slots", "2");
    fleet.enqueue(made.folder);
    fleet.awaitMark("held");
    List<String> held;
    try (Connection connection = fleet.connect()) {
      held = Rows.lines(connection, OPEN);
    }
    postgres.kill();
    fleet.release("held");
    await().atMost(PATIENCE)
        .until(() -> fleet.said().contains("the database is away: taking no more batches, holding those in flight"));
    Thread.sleep(2_000);
    postgres.start();
    fleet.balance(made.expected());
    assertThat(held).isNotEmpty();
    assertThat(number("select max(taken) from batches where id in (" + String.join(",", held) + ")"))
        .as("held, and not taken again").isEqualTo(1);
    assertThat(fleet.workers().getFirst().starts()).as("went on by itself").isEqualTo(1);
    assertThat(fleet.said()).contains("what was away is back: taking batches again");
  }

  @Test
  void postgresql_killed_and_restarted_again_and_again() throws Exception {
    Random dice = dice();
    work();
    for (int i = 0; i < 3; i++) {
      Thread.sleep(500 + dice.nextInt(1_500));
      postgres.kill();
      Thread.sleep(dice.nextInt(2_000));
      postgres.start();
    }
    fleet.balance(made.expected());
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  @Test
  void back_ends_terminated_again_and_again() throws Exception {
    work();
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    long terminated = 0;
    while (System.nanoTime() < end) {
      terminated += number("""
          select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name like 'midifleet%') t""");
      Thread.sleep(150);
    }
    assertThat(terminated).isGreaterThan(20);
    fleet.balance(made.expected());
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  @Test
  void disk_full_for_a_while() throws Exception {
    change(FullDisk.PREPARE);
    work();
    change(FullDisk.FULL);
    long takes = takes();
    Thread.sleep(8_000);
    long takesLater = takes();
    change(FullDisk.FREE);
    fleet.balance(made.expected());
    // Two workers with two slots each, and one more that waits: none is taken again and again.
    assertThat(takesLater - takes).as("takes while the disk was full").isLessThanOrEqualTo(6);
    assertThat(number("select max(taken) from batches")).isLessThanOrEqualTo(2);
    assertThat(fleet.workers()).allMatch(worker -> worker.starts() == 1, "went on by itself");
  }

  private long takes() throws SQLException { return number("select sum(taken) from batches"); }
}
