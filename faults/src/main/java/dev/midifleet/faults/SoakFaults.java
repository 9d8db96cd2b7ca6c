package dev.midifleet.faults;

import dev.midifleet.common.lifecycle.Checkpoint;
import dev.midifleet.testkit.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/** Each kind of fault by its name, and what it does. Those of one server wait for each other; all others overlap. */
final class SoakFaults {
  private static final String WORK = "midifleet.work";
  private static final int KILLED = 137;
  private static final Duration HIT_WAIT = Duration.ofSeconds(40);
  /** Longer than two heartbeats of 4 s, after which the broker gives a worker's messages to others. */
  private static final Duration SILENCE = Duration.ofSeconds(12);
  private static final Duration CONSUMER_TIMEOUT = Duration.ofSeconds(4);
  private static final Duration CONSUMER_TIMEOUT_USUAL = Duration.ofMinutes(30);
  private static final Duration WORKER_IS_UP = Duration.ofSeconds(5);
  private static final Duration WORKER_JUMP = Duration.ofHours(1);
  /** What is due waits for a clock that was put back; more than the waits of a retry would only lengthen the soak. */
  private static final Duration DATABASE_JUMP = Duration.ofSeconds(20);
  private static final Duration JUMP_SEEN = Duration.ofMillis(2_500);
  static final String PREPARE = FullDisk.PREPARE
      + "; alter table facts add constraint soak_refuses check (title is null or title not like 'refuse me%')";

  private final SoakFleet soak;
  private final Map<String, Action> actions = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final ReentrantLock broker = new ReentrantLock();
  private final ReentrantLock database = new ReentrantLock();
  private final List<ReentrantLock> workerLocks = new ArrayList<>();
  /** For whoever enqueues the next part: the rule that its process dies by, or {@value #TWICE}. */
  final ConcurrentLinkedQueue<String> enqueueFaults = new ConcurrentLinkedQueue<>();
  static final String TWICE = "twice";
  final SoakFileFaults ofFiles;

  /** One fault, from its begin to its end. */
  interface Action {
    void run(Random dice) throws Exception;
  }

  /** A fault that did not come about this time. */
  static final class Missed extends Exception {
    private static final long serialVersionUID = 1L;

    Missed(String why) { super(why); }
  }

  SoakFaults(SoakFleet soak, SoakLibrary library) {
    this.soak = soak;
    soak.workers.forEach(_ -> workerLocks.add(new ReentrantLock()));
    addWorkerFaults();
    addEnqueueFaults();
    ofFiles = new SoakFileFaults(soak, library);
    ofFiles.addTo(actions);
    addNetworkFaults();
    addBrokerFaults();
    addDatabaseFaults();
  }

  List<String> names() { return List.copyOf(actions.keySet()); }

  /** How often each kind has come about. */
  Map<String, Integer> counts() {
    Map<String, Integer> all = new LinkedHashMap<>();
    actions.keySet().forEach(name -> all.put(name, counts.getOrDefault(name, 0)));
    return all;
  }

  void counted(String name) { counts.merge(name, 1, Integer::sum); }

  /** Does it; returns what is to be said of it. */
  String run(String name, Random dice) {
    try {
      Objects.requireNonNull(actions.get(name)).run(dice);
      if (!name.startsWith("enqueue")) {
        counted(name);
      }
      return "";
    } catch (Missed e) {
      return "missed: " + e.getMessage();
    } catch (Exception | AssertionError e) {
      return "failed: " + e;
    }
  }

  private void addWorkerFaults() {
    actions.put("worker: kill -9", dice -> any(dice).process.kill());
    for (Checkpoint place : List.of(Checkpoint.TAKEN, Checkpoint.READING, Checkpoint.ANALYZING, Checkpoint.STORING,
        Checkpoint.COMMITTED, Checkpoint.CLAIMED, Checkpoint.CONFIRMED)) {
      actions.put("worker: kill -9 at " + place, dice -> killAt(place, dice));
    }
    actions.put("worker: SIGTERM", dice -> any(dice).process.terminate());
    actions.put("worker: SIGTERM to all", _ -> soak.workers.forEach(worker -> worker.process.terminate()));
    actions.put("worker: SIGSTOP beyond the heartbeat", dice -> {
      SoakFleet.Worker worker = any(dice);
      Midifleet.Running stopped = worker.process.running();
      Supervised.signal(stopped, "STOP");
      Thread.sleep(SILENCE);
      Supervised.signal(stopped, "CONT");
    });
  }

  private void killAt(Checkpoint place, Random dice) throws Exception {
    int number = dice.nextInt(soak.workers.size());
    int times = 1 + dice.nextInt(place == Checkpoint.READING || place == Checkpoint.ANALYZING ? 300 : 5);
    SoakFleet.Worker worker = soak.workers.get(number);
    workerLocks.get(number).lock();
    try {
      int starts = worker.process.starts();
      worker.rules.add("kill@" + place + ":" + times);
      worker.process.kill();
      long limit = System.nanoTime() + HIT_WAIT.toNanos();
      while (worker.process.exitCodes().size() < starts + 1) {
        if (System.nanoTime() > limit) throw new Missed("nothing came by");
        Thread.sleep(50);
      }
      if (worker.process.exitCodes().get(starts) != KILLED) throw new Missed("it ended otherwise");
    } finally {
      workerLocks.get(number).unlock();
    }
  }

  private void addEnqueueFaults() {
    for (Checkpoint place : List.of(Checkpoint.REGISTERED, Checkpoint.PLANNED, Checkpoint.CLAIMED,
        Checkpoint.CONFIRMED)) {
      actions.put("enqueue: kill -9 at " + place, _ -> enqueueFaults.add("kill@" + place + ":1"));
    }
    actions.put("enqueue: two of one folder at once", _ -> enqueueFaults.add(TWICE));
  }

  private void addNetworkFaults() {
    network("network: connections cut", proxy -> proxy.cut(), Duration.ZERO);
    network("network: connections closed", proxy -> proxy.hangUp(), Duration.ZERO);
    network("network: black hole to the server", proxy -> proxy.blackHole(FaultProxy.Way.TO_SERVER), SILENCE);
    network("network: black hole to the worker", proxy -> proxy.blackHole(FaultProxy.Way.TO_CLIENT), SILENCE);
    network("network: half open, the server forgets", proxy -> proxy.forgetServers(), SILENCE);
    network("network: half open, the worker forgets", proxy -> proxy.forgetClients(), SILENCE);
    actions.put("network: answers of COMMIT lost", dice -> {
      FaultProxy proxy = any(dice).toDatabase;
      long before = proxy.cutAnswers();
      proxy.loseAnswersOfCommits("committed_at = now()", 3);
      long limit = System.nanoTime() + HIT_WAIT.toNanos();
      while (proxy.cutAnswers() == before && System.nanoTime() < limit) {
        Thread.sleep(50);
      }
      Thread.sleep(2_000);
      proxy.heal();
      if (proxy.cutAnswers() == before) throw new Missed("no COMMIT came by");
    });
  }

  private interface Break {
    void apply(FaultProxy proxy);
  }

  private void network(String name, Break broken, Duration time) {
    actions.put(name, dice -> {
      SoakFleet.Worker worker = any(dice);
      boolean both = dice.nextBoolean();
      boolean toBroker = dice.nextBoolean();
      if (both || toBroker) {
        broken.apply(worker.toBroker);
      }
      if (both || !toBroker) {
        broken.apply(worker.toDatabase);
      }
      Thread.sleep(time);
      worker.heal();
    });
  }

  private void addBrokerFaults() {
    alone(broker, "broker: kill -9, restarted", dice -> {
      soak.broker.kill();
      Thread.sleep(dice.nextInt(3_000));
      soak.broker.start();
    });
    alone(broker, "broker: data deleted, init, reconcile", _ -> {
      soak.broker.deleteData();
      soak.initAndReconcile();
    });
    alone(broker, "broker: queue deleted, init, reconcile", _ -> {
      soak.broker.deleteQueue(soak.fleet.vhostUri, WORK);
      soak.initAndReconcile();
    });
    alone(broker, "broker: memory alarm", dice -> {
      try {
        soak.broker.setMemoryAlarm(true);
        Thread.sleep(3_000 + dice.nextInt(4_000));
      } finally {
        soak.broker.setMemoryAlarm(false);
      }
    });
    alone(broker, "broker: consumer timeout lowered", this::timeOutConsumer);
    alone(broker, "broker: messages that are not ours", dice -> {
      byte[] garbage = new byte[1 + dice.nextInt(1 << 18)];
      dice.nextBytes(garbage);
      String stranger = "{\"v\":1,\"batch\":" + (1 + dice.nextInt(1 << 20)) + ",\"publication\":99,\"run\":"
          + "\"0-0-0-0-1\",\"attempt\":1,\"library\":\"x\",\"files\":[1]}";
      for (byte[] body : new byte[][]{garbage, {}, "{}".getBytes(StandardCharsets.UTF_8),
          stranger.getBytes(StandardCharsets.UTF_8)}) {
        soak.broker.publish(soak.fleet.vhostUri, WORK, body);
      }
    });
  }

  private void jumpOfWorker(Random dice) throws Exception {
    SoakFleet.Worker worker = any(dice);
    int starts = worker.process.starts();
    worker.hasOwnClock = true;
    worker.process.kill();
    while (worker.process.starts() == starts) {
      Thread.sleep(50);
    }
    worker.hasOwnClock = false;
    Thread.sleep(WORKER_IS_UP);
    soak.workerClock.jump(WORKER_JUMP);
    Thread.sleep(JUMP_SEEN);
    soak.workerClock.jump(Duration.ZERO);
    Thread.sleep(JUMP_SEEN);
    worker.process.terminate();
  }

  /** One worker holds a batch for longer than the broker lets it. */
  private void timeOutConsumer(Random dice) throws Exception {
    int number = dice.nextInt(soak.workers.size());
    workerLocks.get(number).lock();
    try {
      Supervised worker = soak.workers.get(number).process;
      soak.broker.setConsumerTimeout(CONSUMER_TIMEOUT);
      soak.workers.get(number).rules.add("pause@ANALYZING:1=20000");
      int ends = worker.exitCodes().size();
      worker.kill();
      long limit = System.nanoTime() + HIT_WAIT.toNanos();
      while (worker.exitCodes().size() == ends || !worker.running().errors().contains("delivery acknowledgement")) {
        if (System.nanoTime() > limit) throw new Missed("it held no batch for so long");
        Thread.sleep(200);
      }
    } finally {
      soak.broker.setConsumerTimeout(CONSUMER_TIMEOUT_USUAL);
      workerLocks.get(number).unlock();
    }
  }

  private void addDatabaseFaults() {
    actions.put("clock: a worker's jumps an hour forth and back", this::jumpOfWorker);
    alone(database, "clock: the database's jumps 20 s forth and back", _ -> {
      soak.databaseClock.jump(DATABASE_JUMP);
      Thread.sleep(JUMP_SEEN);
      soak.databaseClock.jump(Duration.ZERO);
    });
    alone(database, "database: kill -9, restarted", dice -> {
      soak.postgres.kill();
      Thread.sleep(dice.nextInt(4_000));
      soak.postgres.start();
    });
    alone(database, "database: back-ends terminated", dice -> {
      for (int i = 0; i < 20; i++) {
        change("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            + " and application_name like 'midifleet%'");
        Thread.sleep(dice.nextInt(300));
      }
    });
    alone(database, "database: disk full", dice -> {
      change(FullDisk.FULL);
      Thread.sleep(3_000 + dice.nextInt(4_000));
      change(FullDisk.FREE);
    });
    alone(database, "a newer analyzer half rolled out", dice -> {
      change("""
          update batches set analyzer_version = analyzer_version + 1000
          where committed_at is null and taken = 0 and id % 7 = 0""");
      Thread.sleep(2_000 + dice.nextInt(2_000));
      change("update batches set analyzer_version = analyzer_version - 1000 where analyzer_version > 1000");
    });
  }

  private void alone(ReentrantLock lock, String name, Action action) {
    actions.put(name, dice -> {
      lock.lock();
      try {
        action.run(dice);
      } finally {
        lock.unlock();
      }
    });
  }

  private SoakFleet.Worker any(Random dice) { return soak.workers.get(dice.nextInt(soak.workers.size())); }

  void change(String sql) throws SQLException {
    try (Connection connection = soak.fleet.connect(); Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
