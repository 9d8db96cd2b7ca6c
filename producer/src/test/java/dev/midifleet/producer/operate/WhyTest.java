package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.common.catalog.PathKey;
import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.failure.MisuseException;
import dev.midifleet.producer.Rows;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhyTest {
  private static final String RUN = "aaaaaaaa-0000-0000-0000-000000000001";

  private final Rows rows = new Rows();

  @BeforeEach
  void two_libraries() {
    rows.change("truncate library, runs, files, batches, dead_files, facts, workers restart identity cascade");
    rows.change("insert into library (name, location) values ('main', '/srv/main'), ('pop', '/srv/pop')");
    rows.change("insert into runs (id, library_id, origin) values ('" + RUN + "', 1, 'enqueue')");
    file(1, "sub/a.mid");
    file(2, "sub/b.mid");
    file(1, "caf\\xe9.mid");
    file(1, "both.mid");
    file(2, "both.mid");
  }

  @AfterAll
  void close() { rows.close(); }

  @ParameterizedTest
  @ValueSource(
      strings = {"/srv/main/sub/a.mid", "/srv/main/x/../sub/a.mid", "sub/a.mid", "./sub/a.mid", "main:sub/a.mid"})
  void a_file_is_found_however_a_person_names_it(String typed) {
    assertThat(why(typed).path()).isEqualTo("sub/a.mid");
    assertThat(why(typed).library()).isEqualTo("main");
  }

  @Test
  void a_name_that_is_no_text_is_found_by_its_bytes_and_as_it_is_printed() {
    Path bytes = StoredPath.ofBytes("caf\u00e9.mid".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(Why.of(rows.database(), "caf?.mid", bytes, rows.settings()).path()).isEqualTo("caf\\xe9.mid");
    assertThat(why("caf\\xe9.mid").path()).isEqualTo("caf\\xe9.mid");
    assertThat(why("/srv/main/caf\\xe9.mid").path()).isEqualTo("caf\\xe9.mid");
    assertThat(why("main:caf\\xe9.mid").path()).isEqualTo("caf\\xe9.mid");
  }

  @Test
  void a_name_that_two_libraries_have_or_none_is_refused_with_what_would_do() {
    assertThatThrownBy(() -> why("both.mid")).isInstanceOf(MisuseException.class)
        .hasMessage("more than one library has it: name one of main:both.mid, pop:both.mid");
    assertThat(why("pop:both.mid").library()).isEqualTo("pop");
    assertThatThrownBy(() -> why("/elsewhere/sub/a.mid")).isInstanceOf(MisuseException.class)
        .hasMessageContaining("no library knows it (main at /srv/main, pop at /srv/pop)");
  }

  @Test
  void its_batches_come_in_their_order_with_their_workers_and_its_letter() {
    rows.change("""
        insert into workers (id, host, pid, version, analyzer_version, state, slots, threads)
        values ('cccccccc-0000-0000-0000-000000000003', 'host1', 42, '1', 1, 'running', 4, 2)""");
    batch("{1,2,3}", "committed_at = now(), outcome = 'done', taken = 1, publications = 1, files_retried = 1,"
        + " worker_id = 'cccccccc-0000-0000-0000-000000000003'");
    batch("{2,3}", "committed_at = now(), outcome = 'done'");
    batch("{1}", "committed_at = now(), outcome = 'done', attempt = 2, taken = 2, crashes = 1, files_dead = 1");
    rows.change("update files set status = 'dead', batch_id = 3 where id = 1");
    rows.change("insert into dead_files (file_id, run_id, kind, reason, byte_offset, attempts) values (1, '" + RUN
        + "', 'MALFORMED', 'no tracks', 14, 2)");
    rows.change("insert into failed_tries (file_id, batch_id, kind, reason, worker_id) values (1, 1, 'MISSING', 'gone',"
        + " 'cccccccc-0000-0000-0000-000000000003')");

    WhyReport report = why("main:sub/a.mid");

    assertThat(report.batches()).extracting(WhyReport.Step::batch).containsExactly(1L, 3L);
    assertThat(report.batches().getFirst()).satisfies(step -> {
      assertThat(step.host()).isEqualTo("host1");
      assertThat(step.pid()).isEqualTo(42);
      assertThat(step.isWorkerAlive()).isTrue();
      assertThat(step.isOwner()).isFalse();
    });
    assertThat(report.batches().getLast().isOwner()).isTrue();
    assertThat(report.failures()).singleElement().satisfies(failure -> {
      assertThat(List.of(failure.batch(), failure.kind(), failure.reason())).containsExactly(1L, "MISSING", "gone");
      assertThat(failure.host()).isEqualTo("host1");
    });
    assertThat(report.dead()).isNotNull();
    assertThat(report.dead().byteOffset()).isEqualTo(14);
    assertThat(report.next()).contains("midifleet dead retry");
    assertThat(StatusJson.of(report).keySet()).containsExactly("file", "library", "path", "status", "content_hash",
        "size_bytes", "modified_at", "analyzed_at", "batches", "failed_tries", "dead", "next");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      status = 'new', batch_id = null | due_at = now() | the next `midifleet enqueue`
      status = 'done' | committed_at = now() | nothing: it is done
      status = 'dropped', batch_id = null | committed_at = now() | has given it up
      status = 'queued' | due_at = now() | the relay of any worker or enqueue publishes it
      status = 'queued' | due_at = now(), attempt = 2 | but no worker is alive
      status = 'queued' | due_at = now() + interval '5 min', attempt = 2 | it waits for its time
      status = 'queued' | due_at = now(), attempt = 2, published_at = now() | its batch is in RabbitMQ
      status = 'queued' | taken = 1, published_at = now(), worker_id = 'cccccccc-0000-0000-0000-000000000003' \
      | 42 on host1 had its batch and is gone
      status = 'queued' | lane = 'suspect' | will try it alone
      status = 'queued' | lane = 'suspect', taken = 1, due_at = now() + interval '90 s' | is trying it alone now
      status = 'queued' | committed_at = now(), outcome = 'done' | nothing, and that is wrong
      """)
  void what_comes_next_is_said_in_a_sentence(String file, String batch, String next) {
    rows.change(
        """
            insert into workers (id, host, pid, version, analyzer_version, seen_at, state, slots, threads)
            values ('cccccccc-0000-0000-0000-000000000003', 'host1', 42, '1', 1, now() - interval '1 h', 'running', 4, 2)""");
    batch("{1}", batch);
    rows.change("update files set batch_id = 1 where id = 1");
    rows.change("update files set " + file + " where id = 1");

    assertThat(why("main:sub/a.mid").next()).contains(next);
  }

  @Test
  void its_batches_are_found_in_whatever_order_they_name_their_files() {
    batch("{9,1,5}", "committed_at = now(), outcome = 'split'");
    batch("{5,9}", "committed_at = now(), outcome = 'split'");
    batch("{1}", "committed_at = now(), outcome = 'split'");

    assertThat(why("main:sub/a.mid").batches()).extracting(WhyReport.Step::batch).containsExactly(1L, 3L);
  }

  @Test
  @Tag("long")
  void among_a_million_files_and_ten_thousand_batches_it_takes_a_moment() {
    ManyRows.millionFiles(rows, RUN);
    rows.change("insert into batches (run_id, analyzer_version, file_ids, committed_at, outcome)"
        + " select run_id, 1, file_ids, now(), 'done' from batches, generate_series(1, 4) where batches.id > 0");
    long begin = System.nanoTime();

    WhyReport report = why("main:sub/a.mid");

    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("why among %,d batches: %.2f s%n", rows.number("select count(*) from batches"), seconds);
    assertThat(report.batches()).hasSize(5);
    assertThat(seconds).isLessThan(10);
  }

  private WhyReport why(String typed) { return Why.of(rows.database(), typed, Path.of(typed), rows.settings()); }

  private void file(int library, String path) {
    rows.change(
        "insert into files (library_id, path, path_key, size_bytes, modified_at) values (%d, '%s', '%s', 1, now())"
            .formatted(library, path, PathKey.of(library, path)));
  }

  private void batch(String files, String state) {
    rows.change("insert into batches (run_id, analyzer_version, file_ids) values ('" + RUN + "', 1, '" + files + "')");
    rows.change("update batches set " + state + " where id = (select max(id) from batches)");
  }
}
