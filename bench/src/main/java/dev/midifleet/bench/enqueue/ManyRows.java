package dev.midifleet.bench.enqueue;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/**
 * The rows of a large collection in the middle of its run, made by the database itself: 95 of 100 batches are done, the
 * rest waits; one file of a hundred is dead; three of four files are copies of a content that another has.
 *
 * <p>The constraints with an index in random order are taken off meanwhile: that only makes the filling faster.
 */
final class ManyRows {
  static final String RUN = "00000000-0000-0000-0000-000000000001";
  static final int BATCH = 500;
  /** Suspects that are due; nobody works on them. */
  static final int SUSPECTS = 200;

  private static final String FILES = """
      insert into files (library_id, path, path_key, size_bytes, modified_at, batch_id, status, content_hash, analyzed_at,
        inode_key, is_link)
      select 1, 'collection-' || n / 1000 || '/song-' || n || '.mid', md5(n::text)::uuid, 2000 + n %% 48000, now(),
        (n - 1) / 500 + 1,
        case when n > %1$d then 'queued' when n %% 100 = 0 then 'dead' else 'done' end::file_status,
        case when n > %1$d or n %% 100 = 0 then null else md5('c' || n %% (%2$d / 4))::uuid end,
        case when n > %1$d or n %% 100 = 0 then null else now() end, n, false
      from generate_series(1, %2$d) n""";
  /** As wide as rows of generated files are: 1.7 KB. */
  private static final String FACTS = """
      insert into facts (content_hash, analyzer_version, parse_status, total_notes, minhash, chord_progression)
      select md5('c' || n)::uuid, 1, 0, 2800, decode(repeat(md5(n::text), 16), 'hex'),
        decode(repeat(md5(n::text), 70), 'hex')
      from generate_series(0, %2$d / 4 - 1) n""";
  private static final String BATCHES = """
      insert into batches (run_id, analyzer_version, file_ids, byte_count, due_at, publications, published_at, taken,
        committed_at, outcome, files_done, files_copied, files_dead, worker_id)
      select '%3$s', 1, (select array_agg(i order by i) from generate_series(b * 500 + 1, b * 500 + 500) i), 12500000,
        now() - make_interval(secs => %2$d / 500 - b), case when is_done then 1 else 0 end,
        case when is_done then now() end, case when is_done then 1 else 0 end, case when is_done then now() end,
        case when is_done then 'done'::outcome end, case when is_done then 495 else 0 end,
        case when is_done then 370 else 0 end, case when is_done then 5 else 0 end,
        case when is_done then '%3$s'::uuid end
      from (select b, (b + 1) * 500 <= %1$d as is_done from generate_series(0, %2$d / 500 - 1) b) as numbered""";
  private static final String DEAD = """
      insert into dead_files (file_id, run_id, kind, reason, byte_offset, attempts, last_failed_at)
      select n * 100, '%3$s', case when n %% 1000 = 0 then 'TOO_LARGE' when n %% 5 = 0 then 'NOT_MIDI' else 'MALFORMED' end,
        'a reason of a usual length, as people read it', 4711, 1, now() - make_interval(secs => (%1$d / 100 - n) / 10.0)
      from generate_series(1, %1$d / 100) n""";
  /** Each tenth dead letter has been tried before. */
  private static final String TRIES = """
      insert into failed_tries (file_id, batch_id, kind, reason)
      select n * 1000, n * 2, 'UNREADABLE', 'Input/output error' from generate_series(1, %1$d / 1000) n""";
  private static final String SUSPECT = """
      insert into batches (run_id, lane, analyzer_version, file_ids, byte_count, taken)
      select '%3$s', 'suspect', 1, array[%1$d + n], 25000, 0 from generate_series(1, %4$d) n""";
  private static final String OTHERS = """
      insert into workers (id, host, pid, version, analyzer_version, state, slots, threads)
      select md5(n::text)::uuid, 'host-' || n, n, '1', 1, 'running', 4, 2 from generate_series(1, 50) n""";

  private ManyRows() {}

  /** Fills the tables, which are empty. */
  static void make(Connection connection, long files, PrintStream progress) throws SQLException {
    long done = files / 100 * 95 / BATCH * BATCH;
    List<String> statements = List.of("insert into library (name, location) values ('main', '/srv/midi')",
        "insert into runs (id, library_id, origin, files_found, file_count, byte_count, planned_at)"
            + " values ('%3$s', 1, 'enqueue', %2$d, %2$d, %2$d * 26000::bigint, now())",
        "alter table files drop constraint files_path_key_key", FILES, "alter table files add unique (path_key)",
        "alter table facts drop constraint facts_pkey", FACTS, "alter table facts add primary key (content_hash)",
        BATCHES, DEAD, TRIES, SUSPECT, OTHERS, "vacuum (analyze)", "checkpoint");
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        long start = System.nanoTime();
        statement.execute(String.format(Locale.ROOT, sql, done, files, RUN, SUSPECTS));
        progress.printf(Locale.ROOT, "bench: %.1f s for %s%n", (System.nanoTime() - start) / 1e9,
            sql.lines().findFirst().orElse(""));
      }
    }
  }
}
