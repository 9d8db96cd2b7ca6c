package dev.midifleet.faults;

import dev.midifleet.testkit.FakeTime;
import dev.midifleet.testkit.FaultProxy;
import dev.midifleet.testkit.KillablePostgres;
import dev.midifleet.testkit.PrivateBroker;
import dev.midifleet.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a soak runs: a broker and a PostgreSQL of its own, and workers that each reach them through two proxies. */
final class SoakFleet implements AutoCloseable {
  private static final int COMMAND_TRIES = 40;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(4);
  private static final int PLANNED_AND_NOT_PUBLISHED = 1;
  /** What an enqueue says whose library went away under it. */
  private static final String NOT_SEEN = "could not be read";

  final PrivateBroker broker;
  final KillablePostgres postgres;
  final FleetUnderTest fleet;
  /** Of a worker that was told to have it; the others' clocks are right. */
  final FakeTime workerClock;
  final FakeTime databaseClock;
  final List<Worker> workers = new ArrayList<>();
  private final Random dice;

  /** A worker under its supervisor, its network, and the rule for its next process. */
  final class Worker {
    final FaultProxy toBroker = FaultProxy.to(FaultProxy.serverOf(fleet.vhostUri));
    final FaultProxy toDatabase = FaultProxy.to(FaultProxy.serverOf(fleet.database.jdbcUrl()));
    final ConcurrentLinkedQueue<String> rules = new ConcurrentLinkedQueue<>();
    final Supervised process;
    /** Whether its next process has a clock that can be set. It costs much of a processor, so only for a while. */
    volatile boolean hasOwnClock;

    Worker(int number) {
      // The first delay is over before the second begins, so each end costs one to three seconds.
      this.process = new Supervised("worker-" + number, _ -> start(), Duration.ofMillis(1_000 + dice.nextInt(2_000)));
    }

    private Midifleet.Running start() {
      String rule = rules.poll();
      Map<String, String> remote = new HashMap<>(hasOwnClock ? workerClock.environment() : Map.of());
      remote.put("MIDIFLEET_AMQP_URI", toBroker.through(fleet.vhostUri) + "?heartbeat=4");
      String url = toDatabase.through(fleet.database.jdbcUrl());
      remote.put("MIDIFLEET_DATABASE_URL", url + (url.contains("?") ? "&" : "?") + "socketTimeout=15");
      try {
        return fleet.midifleet(rule == null ? "on" : rule).with(remote).start("worker", "--threads", "2");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void heal() {
      toBroker.heal();
      toDatabase.heal();
    }
  }

  SoakFleet(Path folder, Random dice) throws IOException {
    this.dice = dice;
    this.workerClock = FakeTime.in(Files.createDirectories(folder.resolve("clock-of-a-worker")));
    openToAll(folder);
    this.postgres = KillablePostgres.start(folder.resolve("data"));
    this.databaseClock = FakeTime.in(openToAll(folder.resolve("clock-of-the-database")));
    // Its variables are those of the next start.
    postgres.setEnvironment(databaseClock.environment());
    postgres.kill();
    postgres.start();
    this.broker = TestBroker.startPrivate();
    this.fleet = new FleetUnderTest(postgres, broker, folder);
    fleet.set("MIDIFLEET_BATCH_FILES", "100").set("MIDIFLEET_FILE_TIMEOUT", "8s");
  }

  private static Path openToAll(Path folder) throws IOException {
    return Files.setPosixFilePermissions(Files.createDirectories(folder),
        PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  void startWorkers(int count) {
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(i));
    }
  }

  /** The workers publish what an enqueue has planned. */
  private static boolean isPlanned(int code, String command) {
    return code == PLANNED_AND_NOT_PUBLISHED && command.equals("enqueue");
  }

  /** Runs a command until it ends well, however often that fails for want of a service. */
  void insist(String... words) throws IOException, InterruptedException {
    insistUnless("it cannot be done", words);
  }

  /** The same, but returns false where the command says that it has nothing to do. */
  boolean insistUnless(String said, String... words) throws IOException, InterruptedException {
    for (int tries = 1;; tries++) {
      var midifleet = words[0].equals("init") ? fleet.midifleet("").with(fleet.owner()) : fleet.midifleet("");
      var running = midifleet.start(words);
      int code = running.exitCode(300);
      if (code == 0 || (isPlanned(code, words[0]) && !running.output().contains(NOT_SEEN))) return true;
      if (running.errors().contains(said)) return false;
      if (tries == COMMAND_TRIES) {
        throw new AssertionError(String.join(" ", words) + " ends with " + code + ": " + running.errors());
      }
      Thread.sleep(BETWEEN_TRIES);
    }
  }

  void initAndReconcile() throws IOException, InterruptedException {
    insist("init");
    insist("reconcile");
  }

  /** Ends all that is broken. */
  void heal() {
    workers.forEach(Worker::heal);
    broker.start();
    postgres.start();
    workerClock.jump(Duration.ZERO);
    databaseClock.jump(Duration.ZERO);
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.process.stop());
    workers.forEach(worker -> {
      worker.process.close();
      worker.toBroker.close();
      worker.toDatabase.close();
    });
    fleet.close();
    broker.close();
    postgres.close();
  }
}
