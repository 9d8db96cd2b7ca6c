package dev.midifleet.producer.operate;

import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.operate.AuditCheck.Subject;
import dev.midifleet.producer.operate.AuditReport.Wrong;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Balances the ledger of a run, from the rows alone and as they were at one moment: every file that it planned is done, dead,
 * dropped, given back, or in an open batch, and what the batches count is what the files say.
 */
public final class Audit {
  private static final String PREPARE = """
      set transaction isolation level repeatable read, read only;
      set local work_mem = '128MB';
      set local jit = off""";
  /** The planner takes an array for ten files, and would look up a million one by one. */
  private static final String PREPARE_MANY = "set local enable_nestloop = off";
  private static final long MANY = 50_000;
  /**
   * A file's fate follows from its owner: what another run owns is that run's business, what nobody owns was changed, dropped
   * or given back.
   */
  private static final String FILES = """
      with pairs as (
        select b.id as batch, b.committed_at is null as is_open, u.id as file
        from batches b cross join unnest(b.file_ids) as u(id) where b.run_id = {run}),
      planned as (
        select file as id, max(batch) as last_batch, count(*) filter (where is_open) as open_batches
        from pairs group by file),
      looked as (
        select p.id, p.last_batch, p.open_batches, f.status, f.batch_id, f.analyzed_at, f.content_hash,
          o.run_id = {run} as own, o.committed_at, d.kind, d.run_id as dead_by, d.file_id is not null as letter,
          x.content_hash is not null as has_facts
        from planned p left join files f on f.id = p.id left join batches o on o.id = f.batch_id
          left join dead_files d on d.file_id = p.id left join facts x on x.content_hash = f.content_hash),
      fates as (
        select looked.*, case
          when own is false then 'elsewhere'
          when own and status = 'done' and committed_at is not null then 'done'
          when own and status = 'dead' and committed_at is not null then 'dead'
          when own and status = 'queued' and committed_at is null then 'open'
          when batch_id is not null then 'lost'
          when status = 'dropped' then 'dropped'
          when status = 'dead' and dead_by = {run} then 'dead'
          when status in ('new', 'done', 'dead') and {cancelled} then 'given back'
          when (status = 'dead' and letter) or (status = 'done' and has_facts) then 'elsewhere'
          when status = 'new' then 'changed'
          else 'lost' end as fate
        from looked)
      select fate, case when fate = 'dead' then kind end, count(*){checks} from fates group by 1, 2""";
  private static final String BATCHES = """
      with c as (
        select b.id,
          count(*) filter (where f.batch_id = b.id and f.status = 'done') as done,
          count(*) filter (where f.batch_id = b.id and f.status = 'dead') as dead,
          count(*) filter (where o.run_id is distinct from b.run_id) as gone
        from batches b cross join unnest(b.file_ids) as u(id) left join files f on f.id = u.id
          left join batches o on o.id = f.batch_id
        where b.run_id = {run} group by b.id)
      select count(*){checks} from batches b join c on c.id = b.id""";
  /** What `status` shows of the batches and the letters, and what their rows say now. */
  private static final String SUMS = """
      with counted as (
        select kind as what, count(*) as n from dead_files group by kind
        union all
        select each.what, each.n from (
          select count(*) as batches, sum(files_done) as done, sum(files_copied) as copied, sum(files_dead) as dead,
            sum(files_retried) as retried
          from batches where run_id = {run} and committed_at is not null) b,
        lateral (values ('batches', batches), ('files_done', done), ('files_copied', copied), ('files_dead', dead),
          ('files_retried', retried)) each (what, n)),
      kept as (
        select kind as what, sum(letters) as n from letter_sums group by kind
        union all
        select each.what, each.n from (
          select sum(batches) as batches, sum(files_done) as done, sum(files_copied) as copied, sum(files_dead) as dead,
            sum(files_retried) as retried
          from settled_sums where run_id = {run}) s,
        lateral (values ('batches', batches), ('files_done', done), ('files_copied', copied), ('files_dead', dead),
          ('files_retried', retried)) each (what, n))
      select count(*), min(what) from counted full join kept using (what)
      where coalesce(counted.n, 0) <> coalesce(kept.n, 0)""";
  private static final String PATH = """
      select l.name || ':' || f.path from files f join library l on l.id = f.library_id where f.id = ?""";

  private final RunStatus run;
  private final int attemptsMax;
  private final Map<String, Long> fates = new HashMap<>();
  private final SortedMap<String, Long> deadByKind = new TreeMap<>();
  private final long[] counts = new long[AuditCheck.values().length];
  private final long[] examples = new long[AuditCheck.values().length];

  private Audit(RunStatus run, int attemptsMax) {
    this.run = run;
    this.attemptsMax = attemptsMax;
  }

  /**
   * Audits a run.
   *
   * @param run
   *          its id, or the first characters of it; empty for the latest
   * @param attemptsMax
   *          how often a file may be tried: one more than there are retries
   * @throws MisuseException
   *           when no run or more than one has such an id
   */
  public static AuditReport of(Database database, Optional<String> run, int attemptsMax) {
    return database.transaction(connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute(PREPARE);
      }
      RunStatus status = run.isPresent()
          ? FleetStatus.run(connection, run.get())
          : FleetStatus.latest(connection).orElseThrow(() -> new MisuseException("there is no run yet"));
      return new Audit(status, attemptsMax).report(connection);
    });
  }

  private AuditReport report(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (run.filesPlanned() > MANY) {
        statement.execute(PREPARE_MANY);
      }
      try (ResultSet rows = statement.executeQuery(filled(FILES, Subject.FILE))) {
        while (rows.next()) {
          fates.merge(rows.getString(1), rows.getLong(3), Long::sum);
          String kind = rows.getString(2);
          if (kind != null) {
            deadByKind.put(kind, rows.getLong(3));
          }
          readChecks(rows, Subject.FILE, 4);
        }
      }
      try (ResultSet row = statement.executeQuery(filled(BATCHES, Subject.BATCH))) {
        row.next();
        readChecks(row, Subject.BATCH, 2);
      }
    }
    long planned = fates.values().stream().mapToLong(Long::longValue).sum();
    List<Wrong> wrong = wrong(connection);
    if (planned != run.filesPlanned()) {
      wrong.add(new Wrong("planned", "the run has planned the files that are in its batches",
          Math.abs(planned - run.filesPlanned()), "file", null,
          "rows were deleted by hand, or it is a fault of ours: report it"));
    }
    wrong.addAll(wrongSums(connection));
    return new AuditReport(run, planned, fate("done"), fate("dead"), deadByKind, fate("dropped"), fate("given back"),
        fate("changed"), fate("elsewhere"), fate("open"), fate("lost"), wrong, AuditCheck.values().length + 2);
  }

  private long fate(String name) { return fates.getOrDefault(name, 0L); }

  private List<Wrong> wrong(Connection connection) throws SQLException {
    List<Wrong> wrong = new ArrayList<>();
    for (AuditCheck check : AuditCheck.values()) {
      long count = counts[check.ordinal()];
      if (count == 0) continue;
      long example = examples[check.ordinal()];
      wrong.add(new Wrong(check.name().toLowerCase(Locale.ROOT), check.rule(), count,
          check.subject().name().toLowerCase(Locale.ROOT),
          check.subject() == Subject.FILE ? path(connection, example) : Long.toString(example), check.advice()));
    }
    return wrong;
  }

  private List<Wrong> wrongSums(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SUMS.replace("{run}", "'" + run.run() + "'::uuid"))) {
      row.next();
      if (row.getLong(1) == 0) return List.of();
      return List.of(new Wrong("sums",
          "the sums that `status` shows are those of the committed batches and the dead letters",
          row.getLong(1), "sum", row.getString(2),
          "rows were loaded or changed with triggers off, or it is a fault of ours: `select midifleet_recount()` as the"
              + " owner of the schema makes the sums anew"));
    }
  }

  private static @Nullable String path(Connection connection, long file) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PATH)) {
      statement.setLong(1, file);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** Each check is two columns: how many, and the first of them. */
  private void readChecks(ResultSet row, Subject subject, int first) throws SQLException {
    int column = first;
    for (AuditCheck check : AuditCheck.values()) {
      if (check.subject() != subject) continue;
      long count = row.getLong(column++);
      long example = row.getLong(column++);
      int i = check.ordinal();
      if (count > 0 && (counts[i] == 0 || example < examples[i])) {
        examples[i] = example;
      }
      counts[i] += count;
    }
  }

  /** Numbers and a UUID only, so that nothing needs to be quoted; the same value stands in many places. */
  private String filled(String sql, Subject subject) {
    String id = subject == Subject.FILE ? "id" : "b.id";
    String checks = Stream.of(AuditCheck.values()).filter(check -> check.subject() == subject)
        .map(check -> ", count(*) filter (where %1$s), min(%2$s) filter (where %1$s)".formatted(check.wrong(), id))
        .collect(Collectors.joining());
    return sql.replace("{checks}", checks).replace("{run}", "'" + run.run() + "'::uuid")
        .replace("{cancelled}", Boolean.toString(run.cancelledAt() != null))
        .replace("{attempts}", Integer.toString(attemptsMax));
  }
}
