package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.producer.Rows;
import dev.midifleet.producer.plan.BatchPlanner;
import dev.midifleet.producer.plan.Planned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadFilesTest {
  private static final double SECONDS_MAX = 60;
  private static final DeadFilter MISSING = new DeadFilter(Optional.of(FailureKind.MISSING), Optional.empty(),
      Optional.empty());

  private final Rows rows = new Rows();
  private final DeadFiles dead = new DeadFiles(rows.database());

  @BeforeEach
  void three_libraries_with_dead_letters() {
    rows.change("truncate library, runs, files, batches, dead_files restart identity cascade");
    rows.change("insert into library (name, location) values ('one', '/1'), ('two', '/2'), ('none', '/3')");
    rows.change("insert into runs (id, library_id, origin) select gen_random_uuid(), id, 'enqueue' from library");
    file(1, "a.mid", "done", null, 0);
    file(1, "sub/b.mid", "dead", "MISSING", 10);
    file(1, "sub/c.mid", "dead", "MALFORMED", 1);
    file(1, "d\\xff.mid", "dead", "MALFORMED", 100);
    file(2, "e.mid", "dead", "MISSING", 1);
    file(2, "queued.mid", "queued", "MISSING", 1);
    file(2, "changed.mid", "new", "MISSING", 1);
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void list_shows_what_is_dead_and_not_what_is_being_tried_again() {
    assertThat(paths(DeadFilter.ALL, Long.MAX_VALUE)).containsExactly("sub/b.mid", "sub/c.mid", "d\\xff.mid", "e.mid");
  }

  @Test
  void filters_narrow_and_join() {
    assertThat(paths(MISSING, 10)).containsExactly("sub/b.mid", "e.mid");
    assertThat(paths(path("sub/*"), 10)).containsExactly("sub/b.mid", "sub/c.mid");
    assertThat(paths(path("d\\xff.mid"), 10)).containsExactly("d\\xff.mid");
    assertThat(paths(olderThan(5), 10)).containsExactly("sub/b.mid", "d\\xff.mid");
    assertThat(paths(new DeadFilter(Optional.of(FailureKind.MALFORMED), Optional.of("d*"),
        Optional.of(Duration.ofHours(5))), 10)).containsExactly("d\\xff.mid");
    assertThat(paths(DeadFilter.ALL, 2)).containsExactly("sub/b.mid", "sub/c.mid");
    assertThat(paths(DeadFilter.ALL, 0)).isEmpty();
  }

  @Test
  void a_dead_letter_says_all_about_itself() {
    List<DeadFile> found = new ArrayList<>();
    dead.list(path("sub/b.mid"), 1, found::add);

    assertThat(found).singleElement().satisfies(file -> {
      assertThat(file.library()).isEqualTo("one");
      assertThat(file.kind()).isEqualTo("MISSING");
      assertThat(file.reason()).isEqualTo("because of sub/b.mid");
      assertThat(file.byteOffset()).isNull();
      assertThat(file.attempts()).isEqualTo(4);
      assertThat(file.lastFailedAt()).isAfter(file.firstFailedAt());
    });
    assertThat(StatusJson.of(found.getFirst())).containsOnlyKeys("file", "library", "path", "kind", "reason",
        "byte_offset", "attempts", "run", "worker", "first_failed_at", "last_failed_at");
  }

  @Test
  void more_than_a_page_is_listed_whole() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, 'many' || n, gen_random_uuid(), 1, now(), 'dead' from generate_series(1, 2500) n""");
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select f.id, r.id, 'EMPTY', 'x', 1 from files f, runs r where f.path like 'many%' and r.library_id = 1""");

    assertThat(paths(path("many*"), Long.MAX_VALUE)).hasSize(2500).doesNotHaveDuplicates();
    assertThat(paths(path("many*"), 1500)).hasSize(1500);
  }

  @Test
  void few_of_many_and_many_of_many_are_listed_alike_by_time_and_by_path() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, case when n % 1000 = 0 then 'few/' else 'many/' end || n, gen_random_uuid(), 1, now(),
          case when n % 2 = 0 then 'dead' else 'queued' end::file_status from generate_series(1, 3000) n""");
    rows.change(
        """
            insert into dead_files (file_id, run_id, kind, reason, attempts, last_failed_at)
            select f.id, r.id, 'EMPTY', 'x', 1, now() - case when f.path like 'few%' then interval '9 days' else '3 days' end
            from files f, runs r where f.path ~ '^(few|many)/' and r.library_id = 1""");
    assertThat(paths(path("few/*"), 10)).containsExactly("few/1000", "few/2000", "few/3000");
    assertThat(paths(path("few/*"), 2)).containsExactly("few/1000", "few/2000");
    assertThat(paths(olderThan(8 * 24), 10)).containsExactly("few/1000", "few/2000", "few/3000");
    assertThat(paths(path("many/*"), 2)).containsExactly("many/2", "many/4");
    assertThat(paths(path("many/**"), Long.MAX_VALUE)).hasSize(1_497).doesNotHaveDuplicates();
    assertThat(paths(olderThan(2 * 24), Long.MAX_VALUE)).as("d\\xff.mid too").hasSize(1_501);
    assertThat(paths(path("2998"), 10)).containsExactly("many/2998");
    assertThat(paths(path("nowhere/*"), 10)).isEmpty();
    assertThat(paths(olderThan(365 * 24), 10)).isEmpty();
    assertThat(dead.drop(path("few/*"), _ -> {}).files()).isEqualTo(3);
  }

  @Test
  void retry_plans_a_run_for_each_library_and_keeps_the_letters_until_they_succeed() {
    DeadFiles.Affected affected = dead.retry(DeadFilter.ALL, RetryPace.atOnce(), rows.settings(), 1, done -> {});

    assertThat(affected.files()).isEqualTo(4);
    assertThat(affected.byKind()).isEqualTo(Map.of("MALFORMED", 2L, "MISSING", 2L));
    assertThat(affected.runs()).hasSize(2);
    assertThat(affected.batches()).isEqualTo(2);
    assertThat(rows.texts("select l.name || ' ' || file_count || ' ' || byte_count || ' ' || (planned_at is not null) "
        + "from runs r join library l on l.id = r.library_id where origin = 'retry' order by 1"))
        .containsExactly("one 3 30 true", "two 1 10 true");
    assertThat(rows.texts("""
        select f.path from files f join batches b on b.id = f.batch_id and f.id = any(b.file_ids)
        where f.status = 'queued' and b.attempt = 1 and b.due_at <= now() order by f.id"""))
        .containsExactly("sub/b.mid", "sub/c.mid", "d\\xff.mid", "e.mid");
    assertThat(rows.number("select count(*) from dead_files")).isEqualTo(6);
    assertThat(paths(DeadFilter.ALL, 10)).isEmpty();
    assertThat(dead.retry(DeadFilter.ALL, RetryPace.atOnce(), rows.settings(), 1, done -> {}).files()).isZero();
    assertThat(rows.number("select count(*) from runs where origin = 'retry'")).isEqualTo(2);
  }

  @Test
  void retry_of_some_leaves_the_others() {
    assertThat(dead.retry(MISSING, RetryPace.atOnce(), rows.settings(), 1, done -> {}).byKind())
        .isEqualTo(Map.of("MISSING", 2L));
    assertThat(paths(DeadFilter.ALL, 10)).containsExactly("sub/c.mid", "d\\xff.mid");
  }

  @Test
  void two_retries_at_once_plan_each_file_once() throws Exception {
    var barrier = new CyclicBarrier(3);
    long files = 0;
    try (var threads = Executors.newFixedThreadPool(3)) {
      Callable<DeadFiles.Affected> one = () -> {
        barrier.await();
        return dead.retry(DeadFilter.ALL, RetryPace.atOnce(), rows.settings(), 1, done -> {});
      };
      for (var future : threads.invokeAll(List.of(one, one, one))) {
        files += future.get().files();
      }
    }
    assertThat(files).isEqualTo(4);
    assertThat(rows.number("select sum(file_count) from batches")).isEqualTo(4);
  }

  @Test
  void drop_takes_the_letters_away_and_marks_the_files() {
    assertThat(dead.drop(path("sub/*"), done -> {}).files()).isEqualTo(2);

    assertThat(rows.texts("select path from files where status = 'dropped' order by id")).containsExactly("sub/b.mid",
        "sub/c.mid");
    assertThat(rows.number("select count(*) from dead_files")).isEqualTo(4);
    assertThat(paths(DeadFilter.ALL, 10)).containsExactly("d\\xff.mid", "e.mid");
  }

  @Test
  void a_sample_is_as_many_as_asked_for_of_what_the_filter_meets_and_not_always_the_same() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, 'many' || n, gen_random_uuid(), 1, now(), 'dead' from generate_series(1, 1500) n""");
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select f.id, r.id, 'EMPTY', 'x', 1 from files f, runs r where f.path like 'many%' and r.library_id = 1""");
    DeadFilter ten = path("many*").sampled(10);

    List<String> sample = paths(ten, Long.MAX_VALUE);
    assertThat(sample).hasSize(10).doesNotHaveDuplicates().allMatch(path -> path.startsWith("many"));
    assertThat(paths(ten, Long.MAX_VALUE)).isNotEqualTo(sample);
    assertThat(dead.count(ten).files()).isEqualTo(10);
    assertThat(dead.drop(path("many*").sampled(1_200), done -> {}).files()).isEqualTo(1_200);
    assertThat(dead.retry(ten, RetryPace.atOnce(), rows.settings(), 1, done -> {}).files()).isEqualTo(10);
    assertThat(dead.count(path("many*")).files()).isEqualTo(290);
    assertThat(rows.number("select count(*) from files where status = 'dropped'")).isEqualTo(1_200);
  }

  @Test
  void at_a_pace_no_more_files_become_due_in_any_second() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, 'many' || n, gen_random_uuid(), 1, now(), 'dead' from generate_series(1, 1000) n""");
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select f.id, r.id, 'EMPTY', 'x', 1 from files f, runs r where f.path like 'many%' and r.library_id = 1""");

    dead.retry(path("many*"), RetryPace.of(70), rows.settings(), 1, done -> {});

    assertThat(rows.number("select max(files) from (select sum(file_count) as files from batches group by due_at) s"))
        .isBetween(35L, 70L);
    assertThat(rows.number("select count(distinct due_at) from batches")).isGreaterThanOrEqualTo(15);
    assertThat(rows.number("""
        select count(*) from (select due_at - lag(due_at) over (order by due_at) as gap
          from (select distinct due_at from batches) d) g where gap < interval '1 s'""")).isZero();
    assertThat(rows.number("select extract(epoch from max(due_at) - now())::bigint from batches")).isBetween(12L, 30L);
    assertThat(rows.number("select sum(file_count) from batches")).isEqualTo(1_000);
  }

  @Test
  @Tag("long")
  void hundreds_of_thousands_are_listed_planned_and_dropped_in_seconds() {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        select 1, 'f/' || n % 500 || '/' || n || '.mid', gen_random_uuid(), n % 9999, now(), 'dead'
        from generate_series(1, 300000) n""");
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select f.id, r.id, case when f.id % 3 = 0 then 'MISSING' else 'EMPTY' end, 'a reason of a usual length', 1
        from files f, runs r where f.path like 'f/%' and r.library_id = 1""");
    rows.change("analyze");

    time("list 300,000", () -> paths(path("f/**"), Long.MAX_VALUE).size(), 300_000);
    time("list a sample of 100", () -> paths(path("f/**").sampled(100), 100).size(), 100);
    time("count", () -> dead.count(path("f/**")).files(), 300_000);
    List<Long> told = new ArrayList<>();
    time("retry 100,000", () -> dead.retry(new DeadFilter(Optional.of(FailureKind.MISSING), Optional.of("f/**"),
        Optional.empty()), RetryPace.of(1_000), rows.settings(), 1, told::add).files(), 100_000);
    assertThat(told).containsExactly(50_000L, 100_000L);
    assertThat(rows.number("select count(*) from runs where origin = 'retry'")).isEqualTo(1);
    time("drop 200,000", () -> dead.drop(path("f/**"), done -> {}).files(), 200_000);
  }

  private static void time(String what, LongSupplier work, long expected) {
    long begin = System.nanoTime();
    assertThat(work.getAsLong()).as(what).isEqualTo(expected);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("%s: %.1f s%n", what, seconds);
    assertThat(seconds).as("seconds to " + what).isLessThan(SECONDS_MAX);
  }

  @Test
  void count_changes_nothing() {
    assertThat(dead.count(DeadFilter.ALL).byKind()).isEqualTo(Map.of("MALFORMED", 2L, "MISSING", 2L));
    assertThat(dead.count(path("nothing")).files()).isZero();
    assertThat(paths(DeadFilter.ALL, 10)).hasSize(4);
  }

  @Test
  void enqueue_all_takes_dead_files_and_their_letters_stay() {
    var run = rows.texts("select id from runs where library_id = 1").getFirst();
    var library = new Library(1, "one", "/1");
    Planned planned = new BatchPlanner(rows.database(), rows.settings(), 1, () -> false)
        .plan(UUID.fromString(run), library, "", BatchPlanner.Scope.ALL, step -> {});

    assertThat(planned.files()).isEqualTo(4);
    assertThat(rows.number("select count(*) from dead_files")).isEqualTo(6);
    assertThat(paths(DeadFilter.ALL, 10)).containsExactly("e.mid");
  }

  private void file(int library, String path, String status, @Nullable String kind, int hoursAgo) {
    rows.change("""
        insert into files (library_id, path, path_key, size_bytes, modified_at, status)
        values (%d, '%s', gen_random_uuid(), 10, now(), '%s')""".formatted(library, path, status));
    if (kind == null) return;
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts, first_failed_at, last_failed_at)
        select f.id, r.id, '%s', 'because of ' || f.path, 4, now() - interval '1 year', now() - interval '%d h'
        from files f join runs r on r.library_id = f.library_id where f.path = '%s'""".formatted(kind, hoursAgo, path));
  }

  private List<String> paths(DeadFilter filter, long limit) {
    List<String> paths = new ArrayList<>();
    assertThat(dead.list(filter, limit, file -> paths.add(file.path()))).isEqualTo(paths.size());
    return paths;
  }

  private static DeadFilter path(String glob) {
    return new DeadFilter(Optional.empty(), Optional.of(glob), Optional.empty());
  }

  private static DeadFilter olderThan(int hours) {
    return new DeadFilter(Optional.empty(), Optional.empty(), Optional.of(Duration.ofHours(hours)));
  }
}
