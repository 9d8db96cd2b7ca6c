package dev.midifleet.producer.operate;

import dev.midifleet.producer.Rows;

/** As many rows as a real collection has, made by the database itself. */
final class ManyRows {
  private ManyRows() {}

  /**
   * A run that is over: 1,000,000 files of library 1 in 2,000 batches, every hundredth dead, three of four copies of a known
   * content.
   */
  static void millionFiles(Rows rows, String run) {
    rows.change(
        """
            insert into files (library_id, path, path_key, size_bytes, modified_at, batch_id, status, content_hash, analyzed_at)
            select 1, 'folder/' || n % 1000 || '/' || n || '.mid', md5(n::text)::uuid, n % 50000, now(), (n - 1) / 500 + 1,
              case when n % 100 = 0 then 'dead' else 'done' end::file_status,
              case when n % 100 = 0 then null else md5('c' || n % 250000)::uuid end,
              case when n % 100 = 0 then null else now() end
            from generate_series(1, 1000000) n""");
    rows.change("insert into facts (content_hash, analyzer_version) select md5('c' || n)::uuid, 1"
        + " from generate_series(0, 249999) n");
    rows.change(
        """
            insert into batches (run_id, analyzer_version, file_ids, publications, published_at, taken, committed_at, outcome,
              files_done, files_copied, files_dead)
            select '%s', 1, array_agg(n order by n), 1, now(), 1, now(), 'done', 495, 370, 5
            from generate_series(1, 1000000) n group by (n - 1) / 500 order by min(n)"""
            .formatted(run));
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select n * 100, '%s', 'MALFORMED', 'a reason of a usual length, as people read it', 1
        from generate_series(1, 10000) n""".formatted(run));
    rows.change("update runs set file_count = 1000000, planned_at = now() where id = '" + run + "'");
    rows.change("analyze");
  }
}
