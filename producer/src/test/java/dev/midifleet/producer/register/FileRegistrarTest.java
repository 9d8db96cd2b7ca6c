package dev.midifleet.producer.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.Library;
import dev.midifleet.common.catalog.LibraryLock;
import dev.midifleet.common.catalog.PathKey;
import dev.midifleet.common.catalog.Runs;
import dev.midifleet.producer.Rows;
import dev.midifleet.producer.plan.BatchPlanner;
import dev.midifleet.producer.plan.Planned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileRegistrarTest {
  private static final long MICROS_MIN = -62_135_596_800_000_000L;
  private static final long MICROS_MAX = 253_402_300_799_999_999L;

  private final Rows rows = new Rows();
  private final Library library = new Library(1, "main", "/x");

  @BeforeEach
  void one_library() {
    rows.change("truncate library, runs, files, batches, dead_files restart identity cascade");
    rows.change("insert into library (name, location) values ('main', '/x')");
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void sizes_and_times_at_their_ends_come_back_as_they_were() {
    FileRegistrar registrar = registrar();
    registrar.add("a", 0, MICROS_MIN, 0, false);
    registrar.add("b", Long.MAX_VALUE, MICROS_MAX, 0, false);
    registrar.add("c", 1, 0, 0, false);
    registrar.add("d", 1, -1, 0, false);
    registrar.flush();

    assertThat(rows.texts("""
        select path || ' ' || size_bytes || ' ' || to_char(modified_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
        from files order by path""")).containsExactly("a 0 0001-01-01 00:00:00.000000",
        "b 9223372036854775807 9999-12-31 23:59:59.999999", "c 1 1970-01-01 00:00:00.000000",
        "d 1 1969-12-31 23:59:59.999999");
  }

  @Test
  void the_key_is_that_of_library_and_path() {
    FileRegistrar registrar = registrar();
    registrar.add("é\\xff", 1, 0, 0, false);
    registrar.flush();

    assertThat(rows.texts("select path_key from files")).containsExactly(PathKey.of(1, "é\\xff").toString());
  }

  @Test
  void a_path_beyond_what_an_index_can_hold_is_registered() {
    String path = "long/".repeat(800) + "a.mid";
    FileRegistrar registrar = registrar();
    registrar.add(path, 1, 0, 0, false);
    registrar.flush();

    assertThat(rows.texts("select path from files")).containsExactly(path);
  }

  @Test
  void a_file_that_is_given_twice_is_registered_once() {
    FileRegistrar registrar = registrar();
    registrar.add("a", 1, 0, 0, false);
    registrar.add("a", 1, 0, 0, false);
    registrar.flush();
    registrar.add("a", 1, 0, 0, false);
    registrar.flush();

    assertThat(registrar.registered()).isEqualTo(new Registered(1, 0, 2, 0, 0, 0));
  }

  @Test
  void new_changed_and_unchanged_files_of_one_chunk_are_told_apart() {
    FileRegistrar first = registrar();
    first.add("same", 1, 0, 0, false);
    first.add("size", 1, 0, 0, false);
    first.add("time", 1, 0, 0, false);
    first.add("waits", 1, 0, 0, false);
    first.flush();
    first.add("dead", 1, 0, 0, false);
    first.add("dropped", 1, 0, 0, false);
    first.flush();
    rows.change("update files set status = 'done' where path <> 'waits'");
    rows.change("update files set status = path::file_status where path in ('dead', 'dropped')");

    FileRegistrar second = registrar();
    second.add("new", 1, 0, 0, false);
    second.add("same", 1, 0, 0, false);
    second.add("waits", 1, 0, 0, false);
    second.add("size", 2, 0, 0, false);
    second.add("time", 1, 1, 0, false);
    second.add("dead", 1, 0, 0, false);
    second.add("dropped", 1, 0, 0, false);
    second.flush();
    second.flush();

    assertThat(second.registered()).isEqualTo(new Registered(1, 2, 4, 3, 1, 1));
  }

  @Test
  void what_was_wrong_with_a_file_is_forgotten_when_it_changes() {
    FileRegistrar first = registrar();
    first.add("changes.mid", 1, 1, 0, false);
    first.add("stays.mid", 1, 1, 0, false);
    first.flush();
    var run = UUID.randomUUID();
    rows.change("insert into runs (id, library_id, origin) values ('%s', 1, 'enqueue')".formatted(run));
    rows.change("update files set status = 'dead'");
    rows.change("""
        insert into dead_files (file_id, run_id, kind, reason, attempts)
        select id, '%s', 'NOT_MIDI', 'text', 1 from files""".formatted(run));

    FileRegistrar second = registrar();
    second.add("changes.mid", 2, 1, 0, false);
    second.add("stays.mid", 1, 1, 0, false);
    second.flush();

    assertThat(rows.texts("select f.path from dead_files d join files f on f.id = d.file_id"))
        .containsExactly("stays.mid");
    assertThat(rows.texts("select path || ' ' || status from files order by path"))
        .containsExactly("changes.mid new", "stays.mid dead");
  }

  @Test
  void a_file_that_could_not_be_looked_at_is_added_if_it_is_new_and_changes_no_row() {
    FileRegistrar first = registrar();
    first.add("done", 5, 7, 10, false);
    first.add("empty", 0, 7, 20, false);
    first.flush();
    rows.change("update files set status = 'done', content_hash = '0123abcd-0000-0000-0000-000000000001'");

    FileRegistrar second = registrar();
    second.add("done", 0, 0, 0, false);
    second.add("empty", 0, 0, 0, false);
    second.add("new", 0, 0, 0, false);
    second.flush();

    assertThat(second.registered()).isEqualTo(new Registered(1, 0, 2, 2, 0, 0));
    assertThat(rows.texts("""
        select path || ' ' || status || ' ' || size_bytes || ' ' || extract(microsecond from modified_at) || ' '
          || (content_hash is not null) from files order by path""")).containsExactly("done done 5 7 true",
        "empty done 0 7 true", "new new 0 0 false");

    FileRegistrar third = registrar();
    third.add("done", 0, 0, 10, false);
    third.add("new", 3, 1, 30, false);
    third.flush();

    assertThat(third.registered()).as("seen: really empty now, and there now").isEqualTo(
        new Registered(0, 2, 0, 0, 0, 0));
  }

  @Test
  void the_inode_of_a_file_is_kept_and_follows_where_its_content_stays() {
    FileRegistrar first = registrar();
    first.add("moved", 1, 0, 10, false);
    first.add("unseen", 1, 0, 20, false);
    first.add("waits", 1, 0, 30, false);
    first.add("becomes a link", 1, 0, 40, false);
    first.flush();
    rows.change("update files set status = 'queued' where path = 'waits'");
    rows.change("update files set status = 'done' where path = 'moved'");

    FileRegistrar second = registrar();
    second.add("moved", 1, 0, -11, false);
    second.add("unseen", 1, 0, 0, false);
    second.add("waits", 1, 0, 31, false);
    second.add("becomes a link", 2, 0, 41, true);
    second.flush();

    assertThat(second.registered()).isEqualTo(new Registered(0, 1, 3, 1, 0, 0));
    assertThat(
        rows.texts("select path || ' ' || status || ' ' || inode_key || ' ' || is_link from files order by path"))
        .containsExactly("becomes a link new 41 true", "moved done -11 false", "unseen new 20 false",
            "waits queued 30 false");
    FileRegistrar unseen = registrar();
    unseen.add("new", 1, 0, 0, false);
    unseen.flush();
    assertThat(rows.number("select count(*) from files where path = 'new' and inode_key is null")).isEqualTo(1);
  }

  @Test
  @Timeout(120)
  void a_chunk_is_filled_while_one_waits_for_the_library_and_never_a_third() throws Exception {
    try (FileRegistrar registrar = registrar(); var filler = Executors.newSingleThreadExecutor()) {
      Future<?> last = rows.database().transaction(connection -> {
        LibraryLock.acquire(connection, library.id());
        for (int i = 0; i < 99_999; i++) {
          registrar.add(i + ".mid", 1, i, 0, false);
        }
        Future<?> waits = filler.submit(() -> registrar.add("99999.mid", 1, 0, 0, false));
        assertThatThrownBy(() -> waits.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        return waits;
      });
      last.get();
      registrar.flush();

      assertThat(registrar.registered()).isEqualTo(new Registered(100_000, 0, 0, 0, 0, 0));
    }
    assertThat(rows.number("select count(*) from files")).isEqualTo(100_000);
  }

  @Test
  void a_file_twice_in_a_chunk_of_new_files_costs_none_of_them() {
    FileRegistrar registrar = registrar();
    for (String name : List.of("a", "b", "a", "c")) {
      registrar.add(name, 1, 0, 0, false);
    }
    registrar.flush();

    assertThat(registrar.registered()).isEqualTo(new Registered(3, 0, 1, 0, 0, 0));
    assertThat(rows.texts("select path from files order by path")).containsExactly("a", "b", "c");
  }

  @Test
  void a_refused_chunk_leaves_the_chunks_before_it_and_the_next_scan_does_the_rest() {
    rows.change("alter table files add constraint no_size_7 check (size_bytes <> 7)");
    FileRegistrar registrar = registrar();
    try {
      assertThatThrownBy(() -> addNumbered(registrar, 50_010, 7)).isInstanceOf(DatabaseException.class)
          .hasMessageContaining("no_size_7");
    } finally {
      rows.change("alter table files drop constraint no_size_7");
    }
    assertThat(rows.number("select count(*) from files")).isEqualTo(50_000);
    assertThat(registrar.registered()).isEqualTo(new Registered(50_000, 0, 0, 0, 0, 0));

    FileRegistrar again = registrar();
    addNumbered(again, 50_010, 7);

    assertThat(again.registered()).isEqualTo(new Registered(10, 0, 50_000, 0, 0, 0));
  }

  @Test
  void a_large_collection_is_registered_and_planned_a_page_at_a_time_in_the_order_of_the_scan() {
    Instant start = Instant.now();
    FileRegistrar registrar = registrar();
    addNumbered(registrar, 100_000, 20_000);
    Duration registering = Duration.between(start, Instant.now());
    UUID run = rows.database().transaction(
        connection -> Runs.start(connection, library, "", Runs.Origin.ENQUEUE, false));
    List<Planned> steps = new ArrayList<>();

    start = Instant.now();
    Planned planned = new BatchPlanner(rows.database(), rows.settings(), 1, () -> false).plan(run, library, "",
        BatchPlanner.Scope.NEW, steps::add);
    System.out.println("100,000 files: registered in " + registering + ", planned in "
        + Duration.between(start, Instant.now()));

    assertThat(planned.files()).isEqualTo(100_000);
    assertThat(steps).hasSize(4).last().isEqualTo(planned);
    assertThat(rows.number("select count(*) from files where status = 'queued' and batch_id is not null"))
        .isEqualTo(100_000);
    assertThat(rows.number("select max(file_count) - min(file_count) from batches")).isLessThanOrEqualTo(1);
    assertThat(rows.number("select count(*) from batches where file_ids[file_count] - file_ids[1] <> file_count - 1"))
        .isZero();
  }

  private static void addNumbered(FileRegistrar registrar, int count, long size) {
    for (int i = 0; i < count; i++) {
      registrar.add("folder " + i / 100 + "/" + i + ".mid", i < 50_000 ? 1 : size, i, 0, false);
    }
    registrar.flush();
  }

  private FileRegistrar registrar() { return new FileRegistrar(rows.database(), library, () -> false); }
}
