package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.FakeTime;
import dev.midifleet.testkit.KillablePostgres;
import dev.midifleet.testkit.TestBroker;
import dev.midifleet.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody sets the clock, an hour forth and an hour back, while work flows. */
@Tag("long")
class ClockJumpTest extends FaultTest {
  private static final int FILES = 240;
  private static final String SLOWLY = "pause@STORING=300";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SEEN = Duration.ofMillis(2_500);

  @TempDir
  Path clockFolder;

  ClockJumpTest() { super(FILES); }

  private FakeTime clock() throws IOException {
    Files.setPosixFilePermissions(clockFolder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return FakeTime.in(clockFolder);
  }

  @Test
  void clock_of_a_worker_jumps() throws Exception {
    FakeTime clock = clock();
    open(TestDatabase.shared(), TestBroker.shared());
    Midifleet faked = fleet.midifleet(SLOWLY).with(clock.environment());
    try (var worker = new Supervised("faked", _ -> start(faked), Duration.ofSeconds(1))) {
      fleet.enqueue(made.folder);
      fleet.await(DONE, 1);
      clock.jump(HOUR);
      Thread.sleep(SEEN);
      clock.jump(HOUR.negated());
      Thread.sleep(SEEN);
      Thread.sleep(SEEN);
      assertThat(number("select extract(epoch from now() - max(seen_at))::int from workers"))
          .as("seconds since its last heartbeat").isLessThan(4);
      clock.jump(Duration.ZERO);
      fleet.balance(made.expected());
      assertThat(worker.starts()).isEqualTo(1);
    }
  }

  private static Midifleet.Running start(Midifleet faked) {
    try {
      return faked.start("worker", "--threads", "2", "--slots", "2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void clock_of_the_database_jumps_forth() throws Exception { jumpOfTheDatabase(HOUR); }

  /** What became due in the future waits for it: retries, and claims of those who died. Nothing is lost. */
  @Test
  void clock_of_the_database_jumps_back_by_what_a_retry_waits() throws Exception {
    jumpOfTheDatabase(Duration.ofSeconds(-20));
  }

  private void jumpOfTheDatabase(Duration jump) throws Exception {
    FakeTime clock = clock();
    try (var postgres = KillablePostgres.start(clockFolder.resolve("postgres"))) {
      postgres.setEnvironment(clock.environment());
      postgres.kill();
      postgres.start();
      open(postgres, TestBroker.shared());
      fleet.worker(SLOWLY, "--slots", "2");
      fleet.enqueue(made.folder);
      fleet.await(DONE, 1);
      clock.jump(jump);
      Thread.sleep(SEEN);
      assertThat(Math.abs(number("select extract(epoch from now())::bigint") - System.currentTimeMillis() / 1_000
          - jump.toSeconds())).as("the clock has jumped").isLessThan(3);
      fleet.balance(made.expected());
      fleet.close();
    }
  }
}
