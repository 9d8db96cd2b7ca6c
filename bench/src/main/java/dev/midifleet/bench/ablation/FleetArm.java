package dev.midifleet.bench.ablation;

import dev.midifleet.bench.endtoend.BenchFleet;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/** A worker process between RabbitMQ and PostgreSQL, new and warmed up for each turn, with some settings changed. */
final class FleetArm implements Arm {
  private final Context context;
  private final Map<String, String> settings;

  FleetArm(Context context, Map<String, String> settings) {
    this.context = context;
    this.settings = settings;
  }

  @Override
  public Turn turn() throws IOException, SQLException, InterruptedException {
    try (BenchFleet.Fleet fleet = context.fleets().start(1, settings)) {
      fleet.enqueueAndSettle(context.warmLibrary());
      BenchFleet.Counts before = fleet.counts();
      BenchFleet.Cpu start = fleet.cpu();
      double seconds = fleet.enqueueAndSettle(context.library());
      double cpu = fleet.cpu().minus(start).total();
      BenchFleet.Counts counts = fleet.counts().minus(before);
      return new Turn(seconds, cpu, counts.files(), Long.parseUnsignedLong(fleet.checksum(), 16));
    }
  }

  @Override
  public void close() {
    // Each turn closes its own fleet; the servers are the context's.
  }
}
