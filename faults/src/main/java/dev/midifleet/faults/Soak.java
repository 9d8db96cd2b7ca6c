package dev.midifleet.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/soak}. */
@Command(name = "bench/soak", mixinStandardHelpOptions = true, sortOptions = false,
    description = {"Runs a fleet on a broker and a PostgreSQL of its own, breaks all of it at random while work flows,"
        + " and balances the ledger in the end.",
        "Exit code 1 when it does not balance; what is needed to see why is kept then.", ""},
    footerHeading = "%nExamples:%n",
    footer = {"  bench/soak --minutes 30 --seed 1", "  bench/soak --minutes 2 --files 30000 --seed 7 --json soak.json",
        "  bench/soak --minutes 5 --files 50000 --seed 3 --poison 1 --keep /var/tmp/soak"})
public final class Soak implements Callable<Integer> {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final Duration TELL_EVERY = Duration.ofSeconds(10);
  private static final Duration SETTLE_PATIENCE = Duration.ofMinutes(5);
  private static final int LIBRARIES = 3;
  private static final int PARTS_MAX = 60;
  private static final int PART_FILES_MIN = 1_000;
  private static final int ENQUEUE_THREADS = 2;
  private static final int TRIES = 3;
  /** Parts are all enqueued somewhat before the end, so that work flows until then and not for long afterwards. */
  private static final double ENQUEUED_AFTER = 0.97;

  @Option(names = "--minutes", required = true, paramLabel = "N", description = "how long faults happen")
  private int minutes;

  @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of the files and the schedule (1)")
  private long seed;

  @Option(names = "--files", paramLabel = "N", defaultValue = "1000000", description = "how many files (1,000,000)")
  private long files;

  @Option(names = "--workers", paramLabel = "N", defaultValue = "3", description = "how many workers (3)")
  private int workers;

  @Option(names = "--poison", paramLabel = "N",
      description = "files of each kind that kill their worker: halt, out of memory, hang; by default one a round")
  private @Nullable Integer poison;

  @Option(names = "--rounds", paramLabel = "N", defaultValue = "0",
      description = "how often each kind of fault happens; by default once in five minutes")
  private int rounds;

  @Option(names = "--json", paramLabel = "FILE", description = "where the counts go as JSON")
  private @Nullable Path json;

  @Option(names = "--keep", paramLabel = "DIR", description = "an empty folder for all files and data, which stay")
  private @Nullable Path keep;

  private final CountDownLatch faultsAhead = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger faultCount = new AtomicInteger();

  public static void main(String[] args) { System.exit(new CommandLine(new Soak()).execute(args)); }

  @Override
  public Integer call() throws Exception {
    int times = rounds > 0 ? rounds : Math.max(1, minutes / 5);
    Path folder = keep != null ? Files.createDirectories(keep) : Files.createTempDirectory("midifleet-soak-");
    say(String.format(Locale.ROOT, "seed %d, %,d files, %d workers, %d rounds of faults in %d minutes, in %s", seed,
        files, workers, times, minutes, folder));
    boolean balanced = false;
    var library = new SoakLibrary(seed);
    try (var soak = new SoakFleet(folder, new Random(seed))) {
      make(library, folder);
      for (Path root : List.copyOf(library.roots())) {
        // The name of a library is its folder's; the parts lie in it.
        soak.insist("enqueue", root.toString());
      }
      try {
        makeParts(library, poison != null ? poison : times);
        soak.startWorkers(workers);
        balanced = run(soak, library, times);
      } catch (AssertionError e) {
        say(String.valueOf(e.getMessage()));
      }
      if (!balanced) {
        Files.writeString(folder.resolve("said.txt"), soak.fleet.said());
      }
    }
    if (balanced && keep == null) {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    } else {
      say("kept: " + folder);
    }
    return balanced ? 0 : 1;
  }

  private static void make(SoakLibrary library, Path folder) throws IOException {
    library.makeRoots(folder.resolve("midi"), LIBRARIES);
  }

  private void makeParts(SoakLibrary library, int poisons) throws IOException {
    int parts = Math.clamp(files / PART_FILES_MIN, LIBRARIES, PARTS_MAX);
    library.makeParts(files, parts);
    library.addPoison(poisons);
    say(String.format(Locale.ROOT, "%,d files in %d parts, %,d of them broken", library.files(), parts,
        library.dead.size()));
  }

  private boolean run(SoakFleet soak, SoakLibrary library, int times) throws Exception {
    var faults = new SoakFaults(soak, library);
    faults.change(SoakFaults.PREPARE);
    long begin = System.nanoTime();
    Thread teller = Thread.ofPlatform().daemon().name("progress").start(() -> tell(soak));
    Thread pacer = Thread.ofPlatform().name("enqueue").start(() -> pace(soak, library, faults, begin));
    breakAll(faults, times, begin);
    pacer.join();
    say("no more faults; waiting until all is done");
    soak.heal();
    faults.change(FullDisk.FREE);
    try (Connection connection = soak.fleet.connect()) {
      var expected = Ledger.Expected.of(library.files(), library.dead).again(faults.ofFiles.changes())
          .cancelled(faults.ofFiles.cancelled());
      var ledger = new Ledger(connection, expected).awaitSettled(SETTLE_PATIENCE);
      over.countDown();
      teller.join();
      ledger.awaitQuiet(soak.broker, soak.fleet.vhostUri, SETTLE_PATIENCE);
      Ledger.Counts counts = ledger.balance();
      faults.ofFiles.check(connection);
      report(connection, counts, faults, begin);
    } finally {
      over.countDown();
    }
    return true;
  }

  /** Rounds of all kinds, each in an order of its own, evenly over the time; those that last overlap. */
  private void breakAll(SoakFaults faults, int times, long begin) throws InterruptedException {
    var dice = new Random(seed);
    List<String> schedule = new ArrayList<>();
    for (int round = 0; round < times; round++) {
      List<String> names = new ArrayList<>(faults.names());
      Collections.shuffle(names, dice);
      schedule.addAll(names);
    }
    double gapSeconds = minutes * 60.0 / (schedule.size() + 1);
    // Faults of one server wait for each other, and must not keep those of another waiting.
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int i = 0; i < schedule.size(); i++) {
        String name = schedule.get(i);
        var ownDice = new Random(seed * 1_000_003 + i);
        sleepUntil(begin, gapSeconds * (i + 1));
        threads.execute(() -> {
          int number = faultCount.incrementAndGet();
          long start = System.nanoTime();
          say("fault " + number + ": " + name);
          String outcome = faults.run(name, ownDice);
          // What found nothing to break is tried again: a kind counts only where it has happened.
          for (int tries = 1; tries < TRIES && outcome.startsWith("missed"); tries++) {
            outcome = faults.run(name, ownDice);
          }
          say(String.format(Locale.ROOT, "fault %d: %s %s after %.1f s", number, name,
              outcome.isEmpty() ? "is over" : outcome, seconds(start)));
        });
      }
      threads.shutdown();
      if (!threads.awaitTermination(10, TimeUnit.MINUTES)) throw new AssertionError("a fault does not end");
    } finally {
      faultsAhead.countDown();
    }
  }

  private void pace(SoakFleet soak, SoakLibrary library, SoakFaults faults, long begin) {
    List<Path> parts = library.parts;
    try (ExecutorService threads = Executors.newFixedThreadPool(ENQUEUE_THREADS)) {
      for (int i = 0; i < parts.size(); i++) {
        sleepUntil(begin, minutes * 60.0 * ENQUEUED_AFTER * i / parts.size());
        String part = parts.get(i).toString();
        threads.execute(() -> enqueue(soak, faults, part));
      }
      // Faults that came when all parts were enqueued.
      while (faultsAhead.getCount() > 0 || !faults.enqueueFaults.isEmpty()) {
        if (!faults.enqueueFaults.isEmpty()) {
          enqueue(soak, faults, parts.getLast().toString());
        }
        Thread.sleep(200);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void enqueue(SoakFleet soak, SoakFaults faults, String part) {
    try {
      tryEnqueue(soak, faults, part);
    } catch (IOException | AssertionError e) {
      say("enqueue failed for good: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tryEnqueue(SoakFleet soak, SoakFaults faults, String part)
      throws IOException, InterruptedException {
    String fault = faults.enqueueFaults.poll();
    if (fault == null) {
      soak.insist("enqueue", part);
    } else if (fault.equals(SoakFaults.TWICE)) {
      Midifleet midifleet = soak.fleet.midifleet("");
      var one = midifleet.start("enqueue", part);
      var two = midifleet.start("enqueue", part);
      one.exitCode(300);
      two.exitCode(300);
      faults.counted("enqueue: two of one folder at once");
      soak.insist("enqueue", part);
    } else {
      var doomed = soak.fleet.midifleet(fault).start("enqueue", part);
      if (doomed.exitCode(300) == 137) {
        faults.counted("enqueue: kill -9 at " + fault.substring(fault.indexOf('@') + 1, fault.indexOf(':')));
      }
      soak.insist("enqueue", part);
    }
  }

  private void tell(SoakFleet soak) {
    String sql = "select coalesce(sum(files_done + files_dead), 0) from batches";
    long last = 0;
    try {
      while (!over.await(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        try (Connection connection = soak.fleet.connect()) {
          long now = Rows.number(connection, sql);
          long open = Rows.number(connection, "select count(*) from batches where committed_at is null");
          say(String.format(Locale.ROOT, "%,d files settled, %,d a second, %,d batches open, %d faults so far", now,
              (now - last) / TELL_EVERY.toSeconds(), open, faultCount.get()));
          last = now;
        } catch (SQLException e) {
          say("the database does not answer; " + faultCount.get() + " faults so far");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(Connection connection, Ledger.Counts counts, SoakFaults faults, long begin)
      throws SQLException, IOException {
    double stall = Double.parseDouble(Rows.lines(connection, """
        select coalesce(extract(epoch from max(gap)), 0) from (
          select committed_at - lag(committed_at) over (order by committed_at) as gap
          from batches where outcome = 'done') g""").getFirst());
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("seed", seed);
    table.put("files", counts.files());
    table.put("done", counts.done());
    table.put("copies", counts.copies());
    table.put("dead", counts.dead());
    table.put("batches", counts.batches());
    table.put("split_batches", Rows.number(connection, "select count(*) from batches where outcome = 'split'"));
    table.put("deliveries", counts.deliveries());
    table.put("publications", counts.publications());
    table.put("duplicates_suppressed", counts.suppressed());
    table.put("unreadable_messages", Rows.number(connection, "select count(*) from unreadable_messages"));
    table.put("longest_stall_seconds", stall);
    table.put("seconds", Math.round(seconds(begin)));
    say("the ledger balances");
    table.forEach((name, value) -> System.out.printf(Locale.ROOT, "  %-48s %s%n", name.replace('_', ' '), value));
    System.out.println("  faults by kind:");
    faults.counts().forEach((name, count) -> System.out.printf(Locale.ROOT, "  %-48s %d%n", name, count));
    table.put("faults", faults.counts());
    if (json != null) {
      Files.writeString(json, new ObjectMapper().writeValueAsString(table) + "\n");
    }
  }

  private void sleepUntil(long begin, double seconds) throws InterruptedException {
    double left = seconds - seconds(begin);
    if (left > 0) {
      Thread.sleep(Duration.ofMillis((long) (left * 1_000)));
    }
  }

  private static double seconds(long since) { return (System.nanoTime() - since) / 1e9; }

  private static synchronized void say(String text) {
    System.out.println(LocalTime.now(ZoneId.systemDefault()).format(CLOCK) + " " + text);
  }
}
