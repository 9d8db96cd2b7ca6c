package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.DatabaseException;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Settings;
import dev.midifleet.producer.Rows;
import dev.midifleet.producer.plan.Planned;
import dev.midifleet.producer.register.Registered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnqueueTest {
  private static final Enqueue.Options NEW = new Enqueue.Options(Optional.empty(), false, false);
  private static final Enqueue.Options ALL = new Enqueue.Options(Optional.empty(), true, false);

  private static final String HASH = "0123abcd-0000-0000-0000-000000000001";

  private final Rows rows = new Rows();
  @TempDir
  private Path folder;

  @BeforeEach
  void no_rows() { rows.change("truncate library, runs, files, batches, dead_files restart identity cascade"); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_new_folder_becomes_a_library_with_its_files_and_batches() throws IOException {
    write("a.mid", "1");
    write("sub/b.MID", "22");
    write("sub/c.txt", "not taken");

    Enqueue.Result result = enqueue(folder, NEW);

    assertThat(result.registered()).isEqualTo(new Registered(2, 0, 0, 0, 0, 0));
    assertThat(result.planned()).isEqualTo(new Planned(2, 1, 3));
    assertThat(result.isStopped()).isFalse();
    assertThat(rows.texts("select location from library")).containsExactly(folder.toString());
    assertThat(rows.texts("select path || ' ' || size_bytes || ' ' || status from files order by path"))
        .containsExactly("a.mid 1 queued", "sub/b.MID 2 queued");
    assertThat(rows.texts("""
        select files_found || ' ' || files_unchanged || ' ' || file_count || ' ' || byte_count || ' '
          || (planned_at is not null) || ' ' || analyze_known from runs""")).containsExactly("2 0 2 3 true false");
    assertThat(rows.texts("select array_to_string(file_ids, ',') from batches"))
        .isEqualTo(rows.texts("select string_agg(id::text, ',' order by id) from files where batch_id is not null"));
  }

  @Test
  void an_unchanged_folder_is_planned_only_once() throws IOException {
    write("a.mid", "1");
    write("b.mid", "2");
    enqueue(folder, NEW);

    Enqueue.Result again = enqueue(folder, NEW);

    assertThat(again.registered()).isEqualTo(new Registered(0, 0, 2, 0, 0, 0));
    assertThat(again.planned()).isEqualTo(new Planned(0, 0, 0));
    assertThat(rows.number("select count(*) from batches")).isEqualTo(1);
    assertThat(rows.number("select count(*) from runs where planned_at is not null")).isEqualTo(2);
  }

  @Test
  void an_enqueue_that_finds_nothing_new_writes_no_row_but_its_run_and_locks_none() throws IOException {
    for (int i = 0; i < 40; i++) {
      write(i % 3 + "/" + i + ".mid", "1");
    }
    enqueue(folder, NEW);
    rows.change("insert into dead_files (file_id, run_id, kind, reason, attempts)"
        + " select 7, id, 'NOT_MIDI', 'text', 1 from runs");
    List<String> before = versions();
    enqueue(folder, NEW);
    assertThat(versions()).hasSizeGreaterThan(41).isEqualTo(before);
  }

  /** What every write and every lock of a row changes. */
  private List<String> versions() { return rows.texts("""
      select 'file ' || xmin || ' ' || xmax || ' ' || ctid from files
      union all select 'batch ' || xmin || ' ' || xmax || ' ' || ctid from batches
      union all select 'dead ' || xmin || ' ' || xmax || ' ' || ctid from dead_files order by 1"""); }

  @Test
  void a_changed_file_is_planned_again_and_its_old_batch_no_longer_owns_it() throws IOException {
    Path changed = write("a.mid", "1");
    Path touched = write("b.mid", "2");
    write("c.mid", "3");
    enqueue(folder, NEW);
    Files.writeString(changed, "longer");
    Files.setLastModifiedTime(touched, FileTime.from(Instant.parse("2001-02-03T04:05:06.000001Z")));

    Enqueue.Result again = enqueue(folder, NEW);

    assertThat(again.registered()).isEqualTo(new Registered(0, 2, 1, 0, 0, 0));
    assertThat(again.planned().files()).isEqualTo(2);
    assertThat(rows.texts("select path || ' ' || batch_id from files order by path")).containsExactly("a.mid 2",
        "b.mid 2", "c.mid 1");
    assertThat(rows.texts("select modified_at at time zone 'UTC' from files where path = 'b.mid'"))
        .containsExactly("2001-02-03 04:05:06.000001");
  }

  @Test
  void a_known_file_that_cannot_be_looked_at_keeps_its_row() throws IOException {
    Path file = write("a.mid", "1");
    enqueue(folder, NEW);
    rows.change("update files set status = 'done', content_hash = '" + HASH + "'");
    Files.delete(file);
    Files.createSymbolicLink(file, file.getFileName());

    Enqueue.Result again = enqueue(folder, NEW);

    assertThat(again.registered()).isEqualTo(new Registered(0, 0, 1, 1, 0, 0));
    assertThat(again.planned().files()).isZero();
    assertThat(rows.texts("select status || ' ' || size_bytes || ' ' || content_hash from files"))
        .containsExactly("done 1 " + HASH);
  }

  @Test
  void a_change_takes_the_file_from_its_batch_in_the_statement_that_notes_it() throws IOException {
    Path file = write("a.mid", "1");
    enqueue(folder, NEW);
    Files.writeString(file, "longer");

    enqueue(folder, NEW, new Enqueue.Listener() {
      @Override
      public void registered(Registered registered) {
        assertThat(rows.texts("select status || ' ' || (batch_id is null) from files")).containsExactly("new true");
      }
    });
  }

  @Test
  void all_plans_what_is_done_or_dead_but_neither_dropped_nor_queued_files() throws IOException {
    for (String name : List.of("new", "queued", "done", "dead", "dropped")) {
      write(name + ".mid", name);
    }
    enqueue(folder, NEW);
    rows.change("update files set status = replace(path, '.mid', '')::file_status");

    Enqueue.Result result = enqueue(folder, ALL);

    assertThat(result.planned().files()).isEqualTo(3);
    assertThat(rows.texts("select path from files where batch_id = 2 order by path")).containsExactly("dead.mid",
        "done.mid", "new.mid");
    assertThat(rows.texts("select analyze_known from runs order by started_at")).containsExactly("f", "t");
  }

  @Test
  void a_dropped_file_comes_back_when_it_changes() throws IOException {
    Path file = write("a.mid", "1");
    enqueue(folder, NEW);
    rows.change("update files set status = 'dropped'");
    assertThat(enqueue(folder, ALL).planned().files()).isZero();

    Files.writeString(file, "longer");

    assertThat(enqueue(folder, NEW).planned().files()).isEqualTo(1);
  }

  @Test
  void a_folder_below_a_library_is_part_of_it_and_only_its_files_are_planned() throws IOException {
    write("sub/a.mid", "1");
    write("sub_/b.mid", "2");
    enqueue(folder, NEW);
    write("sub/c.mid", "3");
    write("sub_/d.mid", "4");
    rows.change("update files set status = 'new', batch_id = null");

    Enqueue.Result result = enqueue(folder.resolve("sub"), NEW);

    assertThat(result.place().folder()).isEqualTo("sub");
    assertThat(result.registered()).isEqualTo(new Registered(1, 0, 1, 0, 0, 0));
    assertThat(rows.texts("select path from files where status = 'queued' order by path")).containsExactly("sub/a.mid",
        "sub/c.mid");
    assertThat(rows.number("select count(*) from library")).isEqualTo(1);
  }

  @Test
  void names_that_are_special_to_sql_like_and_copy_come_back_as_they_were() throws IOException {
    List<String> names = List.of("100%.mid", "a_b.mid", "back\\slash.mid", "new\nline.mid", "quo'te\".mid", "tab\t.mid",
        "\\N.mid", "\\.mid", "é😀.mid");
    for (String name : names) {
      write("50%_\\/" + name, "1");
    }
    Path invalid = StoredPath.ofBytes("50%_\\/\u00ff\u00e9.mid".getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(folder.resolve(invalid), "1");
    Files.createDirectory(folder.resolve("50xx\\"));
    write("50xx\\/no.mid", "1");

    Enqueue.Result result = enqueue(folder.resolve("50%_\\"), new Enqueue.Options(Optional.of("odd"), false, false));
    Enqueue.Result again = enqueue(folder.resolve("50%_\\"), NEW);

    assertThat(result.planned().files()).isEqualTo(names.size() + 1);
    assertThat(again.registered()).isEqualTo(new Registered(0, 0, names.size() + 1, 0, 0, 0));
    assertThat(rows.texts("select path from files").stream().map(StoredPath::toPath).toList())
        .allMatch(path -> Files.exists(folder.resolve("50%_\\").resolve(path))).hasSize(names.size() + 1);
    assertThat(rows.texts("select path from files")).contains("\\xff\\xe9.mid", "back\\\\slash.mid");
  }

  @Test
  void two_enqueues_at_once_plan_each_file_once() throws Exception {
    for (int i = 0; i < 400; i++) {
      write("d" + i % 20 + "/" + i + ".mid", "x".repeat(i));
    }
    var barrier = new CyclicBarrier(4);
    List<Enqueue.Result> results = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<Enqueue.Result> one = () -> {
        barrier.await();
        return enqueue(folder, NEW);
      };
      for (var future : threads.invokeAll(List.of(one, one, one, one))) {
        results.add(future.get());
      }
    }

    assertThat(results.stream().mapToLong(result -> result.registered().added()).sum()).isEqualTo(400);
    assertThat(results.stream().mapToLong(result -> result.planned().files()).sum()).isEqualTo(400);
    assertThat(rows.number("select count(distinct id) from (select unnest(file_ids) as id from batches) b"))
        .isEqualTo(400);
    assertThat(rows.number("select sum(cardinality(file_ids)) from batches")).isEqualTo(400);
    assertThat(rows.number("""
        select count(*) from files f join batches b on b.id = f.batch_id and f.id = any(b.file_ids)""")).isEqualTo(400);
    assertThat(rows.number("select count(*) from library")).isEqualTo(1);
  }

  @Test
  void many_files_give_batches_that_are_even_and_bounded() throws IOException {
    for (int i = 0; i < 1_200; i++) {
      write("d" + i % 7 + "/" + i + ".mid", "x".repeat(i % 100));
    }

    Enqueue.Result result = enqueue(folder, NEW);

    assertThat(result.planned().batches()).isEqualTo(rows.number("select count(*) from batches")).isEqualTo(16);
    assertThat(rows.number("select min(cardinality(file_ids)) from batches")).isGreaterThan(65);
    assertThat(rows.number("select max(cardinality(file_ids)) from batches")).isLessThan(85);
    assertThat(rows.number("""
        select count(*) from batches b where byte_count <> (
          select sum(size_bytes) from files where batch_id = b.id)""")).isZero();
  }

  @Test
  void what_was_registered_and_not_planned_is_planned_by_the_next_run() throws IOException {
    write("a.mid", "1");

    Enqueue.Result stopped = enqueue(folder, NEW, new Enqueue.Listener() {
      private boolean isRegistered;

      @Override
      public void registered(Registered registered) { isRegistered = true; }

      @Override
      public boolean isStopped() { return isRegistered; }
    });
    Enqueue.Result again = enqueue(folder, NEW);

    assertThat(stopped.isStopped()).isTrue();
    assertThat(stopped.planned().files()).isZero();
    assertThat(again.registered()).isEqualTo(new Registered(0, 0, 1, 0, 0, 0));
    assertThat(again.planned().files()).isEqualTo(1);
    assertThat(rows.texts("select planned_at is null from runs order by started_at")).containsExactly("t", "f");
  }

  @Test
  void a_library_is_found_where_this_host_mounts_it() throws IOException {
    write("sub/a.mid", "1");
    enqueue(folder, new Enqueue.Options(Optional.of("music"), false, false));
    rows.change("update library set location = '/elsewhere/music'");
    Settings mounted = Settings.of(Map.of("MIDIFLEET_LIBRARY_MUSIC", folder.toString()));

    Enqueue.Result result = new Enqueue(rows.database(), mounted, 1).enqueue(folder.resolve("sub"), NEW,
        new Enqueue.Listener() {});

    assertThat(result.place().library().location()).isEqualTo("/elsewhere/music");
    assertThat(result.registered()).isEqualTo(new Registered(0, 0, 1, 0, 0, 0));
  }

  @Test
  void a_folder_outside_of_the_named_library_is_refused() throws IOException {
    write("one/a.mid", "1");
    write("two/a.mid", "1");
    enqueue(folder.resolve("one"), new Enqueue.Options(Optional.of("music"), false, false));

    assertThatThrownBy(
        () -> enqueue(folder.resolve("two"), new Enqueue.Options(Optional.of("music"), false, false)))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("library \"music\" is at " + folder.resolve("one")
            + ", and " + folder.resolve("two") + " is not below it; enqueue a folder below it, or choose another"
            + " --library name");
  }

  @Test
  void the_library_with_the_longest_location_wins_and_equal_names_are_told_apart() throws IOException {
    write("one/midi/a.mid", "1");
    write("two/midi/b.mid", "1");
    assertThat(enqueue(folder.resolve("one/midi"), NEW).place().library().name()).isEqualTo("midi");
    assertThat(enqueue(folder.resolve("two/midi"), NEW).place().library().name()).isEqualTo("midi-2");
    assertThat(enqueue(folder, NEW).place().library().location()).isEqualTo(folder.toString());
    assertThat(enqueue(folder.resolve("two/midi"), NEW).place().library().name()).isEqualTo("midi-2");
  }

  @Test
  void files_in_the_place_of_another_library_are_left_to_it() throws IOException {
    write("pop/a.mid", "1");
    write("pop/deep/b.mid", "1");
    write("pop/deep/rare/c.mid", "1");
    write("popular/d.mid", "1");
    enqueue(folder.resolve("pop/deep/rare"), NEW);
    enqueue(folder.resolve("pop"), NEW);
    write("pop/deep/new.mid", "1");

    Enqueue.Result result = enqueue(folder, NEW);

    assertThat(result.leftToOthers()).isEqualTo(Map.of("pop", 3L, "rare", 1L));
    assertThat(result.registered()).isEqualTo(new Registered(1, 0, 0, 0, 0, 0));
    assertThat(rows.texts("select l.name || ' ' || f.path from files f join library l on l.id = library_id order by 1"))
        .containsExactly(folder.getFileName().toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "") + " popular/d.mid", "pop a.mid", "pop deep/b.mid", "rare c.mid");
    assertThat(enqueue(folder.resolve("pop/deep"), NEW).leftToOthers()).isEqualTo(Map.of("rare", 1L));
    assertThat(enqueue(folder.resolve("popular"), NEW).leftToOthers()).isEmpty();
  }

  @Test
  void a_changed_file_has_no_facts_until_it_is_analysed_again() throws IOException {
    Path file = write("a.mid", "1");
    enqueue(folder, NEW);
    rows.change("insert into facts (content_hash, analyzer_version) values ('" + HASH + "', 1)");
    rows.change("update files set status = 'done', content_hash = '" + HASH + "', analyzed_at = now()");
    assertThat(rows.texts("select content_hash from musical_metadata")).containsExactly(HASH);
    Files.writeString(file, "garbage");

    enqueue(folder, NEW);
    rows.change("update files set status = 'dead'");

    assertThat(rows.texts("select coalesce(content_hash::text, 'none') from musical_metadata")).containsExactly("none");
    assertThat(rows.number("select count(*) from files where analyzed_at is not null")).isZero();
  }

  @Test
  void what_is_no_folder_is_refused_before_any_row_is_written() throws IOException {
    Path file = write("a.mid", "1");

    assertThatThrownBy(() -> enqueue(file, NEW)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> enqueue(folder.resolve("absent"), NEW)).isInstanceOf(NotDirectoryException.class);
    assertThat(rows.number("select count(*) from runs")).isZero();
  }

  @Test
  void a_refusal_of_the_database_ends_the_run_and_the_next_one_does_the_work() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("z" + i + ".mid", "1");
    }
    rows.change("alter table files add constraint no_z5 check (path <> 'z5.mid')");
    try {
      assertThatThrownBy(() -> enqueue(folder, NEW)).isInstanceOf(DatabaseException.class)
          .hasMessageContaining("no_z5");
    } finally {
      rows.change("alter table files drop constraint no_z5");
    }
    assertThat(rows.number("select count(*) from files")).isZero();
    assertThat(enqueue(folder, NEW).planned().files()).isEqualTo(10);
  }

  private Enqueue.Result enqueue(Path directory, Enqueue.Options options) throws IOException {
    return enqueue(directory, options, new Enqueue.Listener() {});
  }

  private Enqueue.Result enqueue(Path directory, Enqueue.Options options, Enqueue.Listener listener)
      throws IOException {
    return new Enqueue(rows.database(), rows.settings(), 1).enqueue(directory, options, listener);
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
