package dev.midifleet.producer.plan;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Lane;
import dev.midifleet.common.catalog.NewBatch;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.common.config.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Gives files to new batches: inserts the batches of a run, says in the files that these own them now, and adds them to
 * what the run has planned. All in the caller's transaction, who holds the
 * {@link dev.midifleet.common.catalog.LibraryLock}.
 */
public final class HandOver {
  private static final String OWN = """
      update files f set status = 'queued', batch_id = b.id
      from batches b, unnest(b.file_ids) as owned(file_id) where b.id = any(?) and f.id = owned.file_id""";

  private final BatchLimits limits;
  private final int analyzerVersion;

  /**
   * @param settings
   *          bound the batches
   * @param analyzerVersion
   *          what a worker must know to take them
   */
  public HandOver(Settings settings, int analyzerVersion) {
    this.limits = BatchLimits.of(settings);
    this.analyzerVersion = analyzerVersion;
  }

  /** Like {@link #toBatches(Connection, UUID, long[], long[], IntFunction)}, with all batches due at once. */
  public Planned toBatches(Connection connection, UUID run, long[] ids, long[] sizes) throws SQLException {
    return toBatches(connection, run, ids, sizes, files -> Duration.ZERO);
  }

  /**
   * @param ids
   *          {@code files.id}, all of one library, each once, in the order in which they are to be read
   * @param sizes
   *          bytes of each
   * @param delays
   *          asked for each batch in turn, with the number of its files: how long from now until it is due
   */
  public Planned toBatches(Connection connection, UUID run, long[] ids, long[] sizes, IntFunction<Duration> delays)
      throws SQLException {
    List<EvenBatches.Slice> slices = EvenBatches.split(sizes, limits);
    List<NewBatch> batches = new ArrayList<>(slices.size());
    long bytes = 0;
    for (EvenBatches.Slice slice : slices) {
      List<Long> files = Arrays.stream(slice.files()).mapToObj(place -> ids[place]).toList();
      batches.add(new NewBatch(run, Lane.BULK, 1, files, slice.bytes(), delays.apply(files.size())));
      bytes += slice.bytes();
    }
    own(connection, BatchLedger.insert(connection, batches, analyzerVersion));
    Runs.planned(connection, run, ids.length, bytes);
    return new Planned(ids.length, batches.size(), bytes);
  }

  private static void own(Connection connection, long[] batchIds) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OWN)) {
      statement.setObject(1, batchIds);
      statement.executeUpdate();
    }
  }
}
