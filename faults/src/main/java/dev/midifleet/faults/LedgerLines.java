package dev.midifleet.faults;

/** What must hold between the rows, each as a query for what does not. Each gives at most some rows, as text. */
enum LedgerLines {
  FILE_WITHOUT_FATE("planned, and neither done, dead, dropped nor returned by a cancel", """
      select f.path || ' is ' || f.status from files f
      where f.status not in ('done', 'dead', 'dropped')
        and exists (select from ledger_planned p where p.file_id = f.id)
        and not (f.status = 'new' and exists (
          select from ledger_planned p join batches b on b.id = p.batch_id
          where p.file_id = f.id and b.outcome = 'cancelled'))
      order by 1 limit 50"""),
  PLANNED_WITHOUT_ROW("planned, and without a row", """
      select 'file ' || p.file_id || ' of batch ' || p.batch_id from ledger_planned p
      where not exists (select from files f where f.id = p.file_id) limit 50"""),
  DOUBLE_ROW("more than one row for a file", """
      select path || ' has ' || count(*) || ' rows' from files
      group by library_id, path having count(*) > 1 limit 50"""),
  DOUBLE_FACTS("more than one row of facts for a content", """
      select content_hash || ' has ' || count(*) from facts group by content_hash having count(*) > 1 limit 50"""),
  OWNED_BY_OPEN_BATCH("owned by a batch that is open", """
      select f.path || ' by batch ' || b.id from files f join batches b on b.id = f.batch_id
      where b.committed_at is null limit 50"""),
  OWNED_BY_STRANGER("settled, and its batch does not know it", """
      select f.path || ' by batch ' || coalesce(f.batch_id::text, 'none') from files f
      where f.status in ('done', 'dead') and not exists (
        select from ledger_planned p where p.file_id = f.id and p.batch_id = f.batch_id)
        and not (f.batch_id is null and exists (
          select from ledger_planned p join batches b on b.id = p.batch_id
          where p.file_id = f.id and b.outcome = 'cancelled')) limit 50"""),
  DONE_WITHOUT_FACTS("done, and without facts", """
      select f.path || ' with content ' || coalesce(f.content_hash::text, 'none') from files f
      where f.status = 'done' and (f.analyzed_at is null or not exists (
        select from facts x where x.content_hash = f.content_hash)) limit 50"""),
  FACTS_WITHOUT_DONE("not done, and with facts", """
      select path || ' is ' || status from files where status <> 'done' and content_hash is not null limit 50"""),
  DEAD_WITHOUT_LETTER("dead, and without a dead letter", """
      select f.path from files f
      where f.status = 'dead' and not exists (select from dead_files d where d.file_id = f.id) limit 50"""),
  LETTER_WITHOUT_DEAD("a dead letter, and not dead", """
      select f.path || ' is ' || f.status from dead_files d join files f on f.id = d.file_id
      where f.status <> 'dead' limit 50"""),
  OUTCOME("ended without an outcome, or with one before its end", """
      select 'batch ' || id || ' ' || coalesce(outcome::text, 'none') from batches
      where (committed_at is null) <> (outcome is null) limit 50"""),
  COUNTED_TOO_MUCH("counted more files than the batch has", """
      select 'batch ' || id || ' has ' || file_count || ' files, and counts ' || files_done || ' done, ' || files_dead
        || ' dead, ' || files_retried || ' to try again, ' || files_copied || ' copies'
      from batches where files_done + files_dead + files_retried > file_count or files_copied > files_done limit 50"""),
  DONE_WITHOUT_TAKE("done, and never published or never taken", """
      select 'batch ' || id || ': ' || publications || ' publications, ' || taken || ' takes' from batches
      where outcome = 'done' and (taken < 1 or (lane = 'bulk' and publications < 1)) limit 50"""),
  COUNTED_OTHERWISE("the batch that owns its files counts others than their rows", """
      with rows as (
        select batch_id, count(*) filter (where status = 'done') as done,
          count(*) filter (where status = 'dead') as dead
        from files where batch_id is not null group by batch_id)
      select 'batch ' || b.id || ' counts ' || b.files_done || ' done and ' || b.files_dead || ' dead, the rows say '
        || r.done || ' and ' || r.dead
      from rows r join batches b on b.id = r.batch_id
      where b.outcome = 'done' and (b.files_done < r.done or b.files_dead < r.dead) limit 50"""),
  RUN_PLANNED("the run counts other files than its batches hold", """
      select 'run ' || r.id || ' counts ' || r.file_count || ' files, and ' || coalesce(s.origin, 0)
        || ' came to its batches by planning'
      from runs r left join (
        select run_id, sum(file_count) - coalesce(sum(files_retried), 0)
          - coalesce(sum(file_count) filter (where outcome = 'split'), 0) as origin
        from batches group by run_id) s on s.run_id = r.id
      where r.file_count <> coalesce(s.origin, 0)
        and not exists (select from ledger_moved m where m.run_id = r.id) limit 50"""),
  RUN_SETTLED("the run's files and what its batches did with them differ", """
      select 'run ' || r.id || ' planned ' || r.file_count || ' files; done ' || s.done || ', dead ' || s.dead
        || ', cancelled ' || s.cancelled
      from runs r join (
        select run_id, sum(files_done) as done, sum(files_dead) as dead,
          coalesce(sum(file_count) filter (where outcome = 'cancelled'), 0) as cancelled
        from batches group by run_id) s on s.run_id = r.id
      where r.file_count < s.done + s.dead + s.cancelled or (r.file_count > s.done + s.dead + s.cancelled
        and not exists (select from ledger_moved m where m.run_id = r.id)) limit 50""");

  /**
   * What the lines share. {@code ledger_planned}: which batch has which file. {@code ledger_moved}: runs that have lost a
   * file to a later run, because it changed meanwhile or its enqueue was done again; their sums are bounds only.
   */
  static final String PREPARE = """
      drop table if exists pg_temp.ledger_planned;
      drop table if exists pg_temp.ledger_moved;
      create temporary table ledger_planned as select id as batch_id, unnest(file_ids) as file_id from batches;
      create index on ledger_planned (file_id);
      analyze ledger_planned;
      create temporary table ledger_moved as
        select distinct first.run_id from (
          select p.file_id from ledger_planned p join batches b on b.id = p.batch_id
          group by p.file_id having count(distinct b.run_id) > 1) twice
        join ledger_planned p on p.file_id = twice.file_id join batches first on first.id = p.batch_id""";

  static final String PLANNED_TWICE = """
      select count(*) from (
        select p.file_id from ledger_planned p join batches b on b.id = p.batch_id
        group by p.file_id having count(distinct b.run_id) > 1) t""";

  static final String COUNTS = """
      select (select count(*) from files), (select count(*) from files where status = 'done'),
        coalesce(sum(files_copied), 0), (select count(*) from dead_files), count(*), coalesce(sum(taken), 0),
        coalesce(sum(publications), 0),
        coalesce(sum(greatest(taken - 1, 0) + greatest(publications - 1, 0)), 0)
      from batches""";

  static final String OPEN = """
      select 'batch ' || b.id || ' of run ' || b.run_id || ', ' || lane || ', attempt ' || attempt || ', '
        || file_count || ' files: due ' || due_at || ', ' || publications || ' publications, published '
        || coalesce(published_at::text, 'never') || ', taken ' || taken || ' by ' || coalesce(worker_id::text, 'nobody')
      from batches b where committed_at is null order by id limit 50""";

  private final String meaning;
  private final String sql;

  LedgerLines(String meaning, String sql) {
    this.meaning = meaning;
    this.sql = sql;
  }

  String meaning() { return meaning; }

  String sql() { return sql; }
}
