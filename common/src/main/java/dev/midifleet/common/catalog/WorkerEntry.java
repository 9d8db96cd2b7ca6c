package dev.midifleet.common.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's own row: who it is, and what it has done since it started.
 *
 * @param state
 *          {@code starting}, {@code running}, {@code paused}, {@code draining} or {@code stopped}
 * @param problem
 *          why it takes no batches or does not get on, for people; null when all is well
 * @param slots
 *          batches in flight
 * @param threads
 *          platform threads that parse and analyse
 */
public record WorkerEntry(UUID id, String host, long pid, String version, int analyzerVersion, String state,
    @Nullable String problem, int slots, int threads, long filesDone, long bytesDone, long notesDone, long filesDead) {

  private static final String UPSERT = """
      insert into workers (id, host, pid, version, analyzer_version, state, slots, threads,
        files_done, bytes_done, notes_done, files_dead, problem)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (id) do update set seen_at = now(), state = excluded.state, files_done = excluded.files_done,
        bytes_done = excluded.bytes_done, notes_done = excluded.notes_done, files_dead = excluded.files_dead,
        problem = excluded.problem""";

  /** Writes the row, with the time of now as {@code seen_at}. */
  public void writeTo(Database database) {
    database.transaction(this::write);
  }

  private int write(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
      statement.setObject(1, id);
      statement.setString(2, host);
      statement.setLong(3, pid);
      statement.setString(4, version);
      statement.setInt(5, analyzerVersion);
      statement.setString(6, state);
      statement.setInt(7, slots);
      statement.setInt(8, threads);
      statement.setLong(9, filesDone);
      statement.setLong(10, bytesDone);
      statement.setLong(11, notesDone);
      statement.setLong(12, filesDead);
      statement.setString(13, problem);
      return statement.executeUpdate();
    }
  }
}
