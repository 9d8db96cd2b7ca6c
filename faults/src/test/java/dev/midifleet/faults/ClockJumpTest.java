package dev.midifleet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FailureKind;
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
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.api.io.TempDir;

/** Somebody sets the clock, an hour forth and an hour back, while work flows. */
@Tag("long")
class ClockJumpTest extends FaultTest {
  private static final int FILES = 480;
  private static final int LATER = 80;
  private static final String SLOWLY = "pause@STORING=300";
  private static final Duration HOUR = Duration.ofHours(1);
  /** Longer than a clock takes to be seen to jump. */
  private static final String RETRY_DELAYS = "5s,5s";
  private static final String WAITING = "select count(*) from batches where attempt > 1 and published_at is null and committed_at is null";
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

  /** What is planned after the jump is published and retried: due times are written and compared by one clock. */
  @Test
  void clock_of_the_database_jumps_forth() throws Throwable { jumpOfTheDatabase(HOUR, _ -> {}); }

  /** What became due in the future waits for it, retries and claims of those who died; all else goes on. */
  @Test
  void clock_of_the_database_jumps_back() throws Throwable {
    jumpOfTheDatabase(HOUR.negated(), clock -> {
      assertThat(number(WAITING)).as("retries of before").isPositive();
      clock.jump(Duration.ZERO);
    });
  }

  private void jumpOfTheDatabase(Duration jump, ThrowingConsumer<FakeTime> end) throws Throwable {
    FakeTime clock = clock();
    try (var postgres = KillablePostgres.start(clockFolder.resolve("postgres"))) {
      postgres.setEnvironment(clock.environment());
      postgres.kill();
      postgres.start();
      open(postgres, TestBroker.shared());
      fleet.set("MIDIFLEET_RETRY_DELAYS", RETRY_DELAYS).worker(SLOWLY, "--slots", "2");
      String early = "an early one that is gone.mid";
      Files.createSymbolicLink(made.folder.resolve(early), Path.of("nowhere.mid"));
      made.paths.add(early);
      made.dead.put(early, FailureKind.MISSING);
      fleet.enqueue(made.folder);
      fleet.await(WAITING, 1);
      clock.jump(jump);
      Thread.sleep(SEEN);
      assertThat(Math.abs(number("select extract(epoch from now())::bigint") - System.currentTimeMillis() / 1_000
          - jump.toSeconds())).as("the clock has jumped").isLessThan(3);
      assertThat(number("select count(*) from files where status = 'queued'")).as("work flows").isGreaterThan(10);
      MadeFiles later = MadeFiles.sound(temp.resolve("later"), LATER);
      fleet.enqueue(later.folder);
      fleet.await(DONE + " and path like 'later-%'", LATER);
      end.accept(clock);
      fleet.balance(made.expectedWith(later));
      fleet.close();
    }
  }
}
