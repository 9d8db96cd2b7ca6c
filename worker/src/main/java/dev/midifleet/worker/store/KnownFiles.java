package dev.midifleet.worker.store;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.catalog.FileEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Files that were seen before, and so should be there still. */
public final class KnownFiles {
  /** By the hash of the path: a sample from all over the library, and the index has that order. */
  private static final String SAMPLE = """
      select path from files where library_id = ? and status = any(?::file_status[]) and not id = any(?)
      order by path_key limit ?""";
  private static final String[] ANALYSED = {"done"};
  private static final String[] REGISTERED = {"new", "queued"};

  private final Database database;

  public KnownFiles(Database database) { this.database = database; }

  /**
   * The paths of some analysed files of a batch's library that are not in the batch; where none is analysed yet, of some that
   * an enqueue has seen.
   *
   * @param most
   *          how many, at most
   * @param stop
   *          asked between tries while the database is away
   */
  public List<String> sample(Batch batch, int most, BooleanSupplier stop) {
    return database.transactionWhenReachable(stop, connection -> {
      List<String> analysed = sample(connection, batch, most, ANALYSED);
      return analysed.isEmpty() ? sample(connection, batch, most, REGISTERED) : analysed;
    });
  }

  private static List<String> sample(Connection connection, Batch batch, int most, String[] statuses)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SAMPLE)) {
      statement.setInt(1, batch.library().id());
      statement.setArray(2, connection.createArrayOf("text", statuses));
      statement.setArray(3, connection.createArrayOf("bigint", batch.files().stream().map(FileEntry::id).toArray()));
      statement.setInt(4, most);
      try (ResultSet rows = statement.executeQuery()) {
        List<String> paths = new ArrayList<>();
        while (rows.next()) {
          paths.add(rows.getString(1));
        }
        return paths;
      }
    }
  }
}
