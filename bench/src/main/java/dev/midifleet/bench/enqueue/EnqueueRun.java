package dev.midifleet.bench.enqueue;

import dev.midifleet.bench.endtoend.BenchFleet;
import dev.midifleet.faults.Midifleet;
import dev.midifleet.producer.scan.DirectoryScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One {@code midifleet enqueue} from its start to its end, seen from outside.
 *
 * @param seconds
 *          of the whole process, with its start; the parts below are from there on to the run's row, to the end of
 *          registering, of planning, and of the process, by a look at the rows every 10 ms
 * @param cpu
 *          µs of all files
 * @param peakBytes
 *          the most resident memory of the producer
 * @param written
 *          row versions of files and batches
 */
record EnqueueRun(long files, double seconds, double start, double register, double plan, double publish,
    BenchFleet.Cpu cpu, long peakBytes, long statements, long transactions, long written, long walBytes) {

  static final String HEADER = "| run | files | files/s | s | start | scan and register | plan | publish | producer us a file"
      + " | PostgreSQL | RabbitMQ | peak MB | statements | transactions | row versions | WAL MB |\n"
      + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

  private static final long POLL_MILLIS = 10;
  private static final long SETTLE_MILLIS = 1_500;
  private static final String WRITTEN = """
      select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables
      where relname in ('files', 'batches')""";
  private static final String TRANSACTIONS = "select xact_commit from pg_stat_database where datname = current_database()";
  private static final String WAL = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint";
  private static final String STATE = """
      select count(*), count(*) filter (where files_found > 0), count(*) filter (where planned_at is not null) from runs""";

  /** Sums that only grow, before and after. */
  private record Sums(long statements, long transactions, long written, long wal) {
    static Sums of(BenchFleet fleets, BenchFleet.Fleet fleet) throws IOException, SQLException, InterruptedException {
      // What a session has counted shows after a second.
      Thread.sleep(SETTLE_MILLIS);
      return new Sums(statements(fleets.postgresLog()), fleet.number(TRANSACTIONS), fleet.number(WRITTEN),
          fleet.number(WAL));
    }

    private static long statements(Path log) throws IOException {
      try (Stream<String> lines = Files.lines(log)) {
        return lines.filter(line -> line.contains("midifleet enqueue")
            && (line.contains("LOG:  execute") || line.contains("LOG:  statement"))).count();
      }
    }
  }

  static EnqueueRun of(BenchFleet fleets, BenchFleet.Fleet fleet, Path folder)
      throws IOException, SQLException, InterruptedException {
    try (Statement statement = fleet.connection().createStatement()) {
      statement.execute("alter system set log_line_prefix = '%a '");
      statement.execute("alter system set log_parameter_max_length = 0");
      statement.execute("select pg_reload_conf()");
      statement
          .execute("do $$ begin execute format('alter database %I set log_statement = ''all''', current_database());"
              + " end $$");
      statement.execute("set log_statement = 'none'");
    }
    Sums before = Sums.of(fleets, fleet);
    long runs = fleet.number("select count(*) from runs");
    BenchFleet.Cpu cpu = fleet.cpu();
    long start = System.nanoTime();
    Midifleet.Running running = fleet.command("enqueue", folder.toString());
    double[] reached = new double[3];
    long peak = 0;
    while (running.process().isAlive()) {
      peak = Math.max(peak, peak(running.process().pid()));
      look(fleet, runs, reached, (System.nanoTime() - start) / 1e9);
      Thread.sleep(POLL_MILLIS);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (running.exitCode(1) != 0) throw new IllegalStateException("enqueue failed: " + running.errors());
    look(fleet, runs, reached, seconds);
    BenchFleet.Cpu used = fleet.cpu().minus(cpu);
    Sums after = Sums.of(fleets, fleet);
    long files = fleet.number("select files_found from runs order by started_at desc limit 1");
    return new EnqueueRun(files, seconds, reached[0], reached[1] - reached[0], reached[2] - reached[1],
        seconds - reached[2], used, peak, after.statements - before.statements,
        after.transactions - before.transactions, after.written - before.written, after.wal - before.wal);
  }

  private static void look(BenchFleet.Fleet fleet, long runsBefore, double[] reached, double seconds)
      throws SQLException {
    try (Statement statement = fleet.connection().createStatement(); ResultSet row = statement.executeQuery(STATE)) {
      row.next();
      for (int i = 0; i < reached.length; i++) {
        if (reached[i] == 0 && row.getLong(i + 1) > runsBefore) {
          reached[i] = seconds;
        }
      }
    }
  }

  /** As the kernel counts it; 0 where the process has ended. */
  private static long peak(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines.filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
    } catch (IOException | java.io.UncheckedIOException _) {
      return 0;
    }
  }

  /** µs a file of a walk that does nothing with what it finds, the second of two. */
  static double scanAlone(Path folder) {
    double micros = 0;
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      long files = 0;
      for (var scanner = new DirectoryScanner(folder, folder, false, (_, _) -> {}); scanner.hasNext(); scanner.next()) {
        files++;
      }
      micros = (System.nanoTime() - start) / 1e3 / Math.max(1, files);
    }
    return Math.round(micros * 100) / 100.0;
  }

  String line(String name) {
    return String.format(Locale.ROOT,
        "| %s | %d | %.0f | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f | %.1f | %d | %d | %d | %d | %d |", name,
        files,
        files / seconds, seconds, start, register, plan, publish, cpu.enqueue() / files, cpu.postgresql() / files,
        cpu.rabbitmq() / files, peakBytes >> 20, statements, transactions, written, walBytes >> 20);
  }

  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("files", files);
    values.put("files_per_second", files / seconds);
    values.put("seconds", Map.of("all", seconds, "start", start, "scan_and_register", register, "plan", plan, "publish",
        publish));
    values.put("cpu_us_per_file", Map.of("producer", cpu.enqueue() / files, "postgresql", cpu.postgresql() / files,
        "rabbitmq", cpu.rabbitmq() / files));
    values.put("peak_bytes", peakBytes);
    values.put("statements", statements);
    values.put("transactions", transactions);
    values.put("row_versions", written);
    values.put("wal_bytes", walBytes);
    return values;
  }
}
