package dev.midifleet.worker;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.WorkerEntry;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.observe.Health;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/**
 * A worker's row, its sign of life.
 *
 * @param slots
 *          batches in flight
 * @param threads
 *          platform threads that parse and analyse
 */
record WorkerRow(UUID id, int slots, int threads) {

  /** Writes what it does now, what is wrong, and what it has done. */
  void write(Database database, Health health, WorkerTotals totals) {
    String problem = health.problems().isEmpty() ? null : String.join("; ", health.problems());
    new WorkerEntry(id, host(), ProcessHandle.current().pid(), version(), AnalyzerVersion.CURRENT, health.state(),
        problem, slots, threads, totals.done(), totals.bytes(), totals.notes(), totals.dead()).writeTo(database);
  }

  private static String version() {
    String version = WorkerRow.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
