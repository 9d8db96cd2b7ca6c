package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The files of a run that wait for their time to be tried again.
 *
 * @param files
 *          how many
 * @param next
 *          when the first of them is due; null when none waits
 * @param kinds
 *          with what they failed last
 */
public record Waiting(long files, @Nullable Instant next, SortedMap<String, Long> kinds) {
  private static final String SUM = """
      select coalesce(sum(file_count), 0), min(due_at) from batches
      where run_id = ? and committed_at is null and published_at is null and lane = 'bulk' and due_at > now()""";
  private static final String KINDS = """
      select kind, count(*) from (
        select distinct on (t.file_id) t.kind
        from batches b cross join unnest(b.file_ids) as u(id) join failed_tries t on t.file_id = u.id
        where b.run_id = ? and b.committed_at is null and b.attempt > 1 order by t.file_id, t.batch_id desc) last
      group by kind""";

  public static Waiting of(Database database, UUID run) {
    return database.query(connection -> {
      SortedMap<String, Long> kinds = new TreeMap<>();
      try (PreparedStatement statement = connection.prepareStatement(KINDS)) {
        statement.setObject(1, run);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            kinds.put(rows.getString(1), rows.getLong(2));
          }
        }
      }
      try (PreparedStatement statement = connection.prepareStatement(SUM)) {
        statement.setObject(1, run);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          OffsetDateTime next = row.getObject(2, OffsetDateTime.class);
          return new Waiting(row.getLong(1), next == null ? null : next.toInstant(), kinds);
        }
      }
    });
  }
}
