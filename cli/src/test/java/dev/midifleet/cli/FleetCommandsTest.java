package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code init}, {@code enqueue}, {@code status} and {@code dead} as processes, against real services. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetCommandsTest {
  private static final String NOWHERE = "amqp://127.0.0.1:1/";

  private final CommandServices services = new CommandServices();
  private final Map<String, String> environment = services.environment();
  @TempDir
  private Path folder;

  @BeforeAll
  void init_makes_tables_and_queues_and_again_changes_nothing() throws Exception {
    var early = midifleet("enqueue", ".");
    assertThat(early.code()).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(early.err()).contains("run `midifleet init` first");

    var first = midifleet("init");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("the schema is at version ", "midifleet.work").doesNotContain("already");
    assertThat(midifleet("init", "--grant-to", "pg_monitor").out()).contains("already", "the role pg_monitor may");
    var nobody = midifleet("init", "--grant-to", "no \"body\"");
    assertThat(nobody.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(nobody.err()).contains("there is no role no \"body\"");
  }

  @BeforeEach
  void no_rows() { change("truncate library, runs, files, batches, dead_files restart identity cascade"); }

  @AfterAll
  void close() { services.close(); }

  @Test
  void a_folder_is_enqueued_published_and_shown() throws Exception {
    write("a.mid", "b.mid", "c.txt");

    var enqueued = midifleet("enqueue", folder.toString(), "--library", "main");
    assertThat(enqueued.code()).as(enqueued.err()).isZero();
    assertThat(enqueued.out()).contains("library main: 2 files: 2 new, 0 changed, 0 unchanged",
        "planned 2 files in 1 batch, 2 bytes", "midifleet status ");

    JsonNode status = json(midifleet("status", "--json"));
    JsonNode run = status.get("runs").get(0);
    assertThat(run.get("state").asText()).isEqualTo("running");
    assertThat(run.get("library").asText()).isEqualTo("main");
    assertThat(run.get("files_queued").asInt()).isEqualTo(2);
    assertThat(run.get("batches_published").asInt()).isEqualTo(1);
    assertThat(status.get("queue").get("ready").asInt()).isPositive();

    String text = midifleet("status", run.get("run").asText().substring(0, 8)).out();
    assertThat(text).contains(": running, library main, enqueued ", "0 of 2 files settled (0 %)", "midifleet.work: ",
        "workers  0 alive", "dead     none");
    assertThat(midifleet("status", "ffff-none").err()).contains("there is no run ffff-none");

    JsonNode again = json(midifleet("enqueue", folder.toString(), "--json"));
    assertThat(again.get("files_unchanged").asInt()).isEqualTo(2);
    assertThat(again.get("files_planned").asInt()).isZero();
    assertThat(again.get("complete").asBoolean()).isTrue();
  }

  @Test
  void a_cancelled_run_gives_its_files_back_to_the_next() throws Exception {
    write("a.mid", "b.mid");
    String run = json(midifleet("enqueue", folder.toString(), "--json")).get("run").asText();

    var cancelled = midifleet("cancel", run.substring(0, 8));
    assertThat(cancelled.out()).as(cancelled.err()).contains("run " + run + " is cancelled: 2 files given back");
    JsonNode status = json(midifleet("status", run, "--json"));
    assertThat(status.get("runs").get(0).get("state").asText()).isEqualTo("cancelled");
    assertThat(json(midifleet("enqueue", folder.toString(), "--json")).get("files_planned").asInt()).isEqualTo(2);
    assertThat(midifleet("cancel", run).out()).contains("had been cancelled: 0 files");
    assertThat(midifleet("cancel", "ffff-none").err()).contains("there is no run ffff-none");
  }

  @Test
  void reconcile_makes_due_again_what_was_published() throws Exception {
    write("a.mid");
    midifleet("enqueue", folder.toString());
    assertThat(midifleet("reconcile").out()).contains("1 batch due again");
    assertThat(json(midifleet("reconcile", "--json")).get("batches").asInt()).isZero();
  }

  @Test
  void wait_ends_when_the_workers_are_through() throws Exception {
    write("a.mid", "b.mid");
    var waiting = MidifleetProcess.start(environment, "enqueue", folder.toString(), "--wait", "--json");
    await().atMost(Duration.ofSeconds(60)).until(() -> change("""
        update batches set committed_at = now(), outcome = 'done', files_done = 1, files_dead = 1
        where published_at is not null and committed_at is null""") == 1);

    JsonNode result = json(waiting.await());
    assertThat(result.get("complete").asBoolean()).isTrue();
    assertThat(result.get("files_done").asInt()).isEqualTo(1);
    assertThat(result.get("files_dead").asInt()).isEqualTo(1);
  }

  @Test
  void wait_says_what_it_waits_for_and_that_the_run_was_cancelled() throws Exception {
    write("a.mid", "b.mid");
    var waiting = MidifleetProcess.start(environment, "enqueue", folder.toString(), "--wait");
    await().atMost(Duration.ofSeconds(60)).until(() -> change("""
        update batches set published_at = null, publications = 0, attempt = 2, due_at = '2100-01-02 03:04:05+00'
        where published_at is not null""") == 1);
    change(
        "insert into failed_tries (file_id, batch_id, kind, reason) select id, batch_id, 'MISSING', 'gone' from files");
    await().atMost(Duration.ofSeconds(60)).until(() -> waiting.errSoFar().contains("will be tried again"));
    assertThat(waiting.errSoFar()).contains(
        "2 files could not be read and will be tried again (MISSING 2), the next at 2100-01-02T03:04:05Z");
    String run = json(midifleet("status", "--json")).get("runs").get(0).get("run").asText();
    midifleet("cancel", run);

    var ended = waiting.await();
    assertThat(ended.code()).isEqualTo(ExitCode.INCOMPLETE.code());
    assertThat(ended.out()).contains("cancelled, and what was not settled is given back: 0 of 2 files");
  }

  @Test
  void a_signal_while_waiting_only_ends_the_waiting() throws Exception {
    write("a.mid");
    var waiting = MidifleetProcess.start(environment, "enqueue", folder.toString(), "--wait");
    await().atMost(Duration.ofSeconds(60)).until(() -> waiting.outSoFar().contains("midifleet status"));
    Thread.sleep(Duration.ofSeconds(1));
    waiting.stop();

    var ended = waiting.await();
    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.err()).contains("stopped waiting: the workers go on");
    assertThat(change("update batches set taken = 0 where committed_at is null and published_at is not null")).isOne();
  }

  @Test
  void dead_letters_are_listed_tried_again_and_dropped() throws Exception {
    write("sub/a.mid", "sub/b.mid", "c\\d\n.mid");
    midifleet("enqueue", folder.toString(), "--library", "main");
    change("update batches set committed_at = now(), outcome = 'done', files_dead = 3");
    change("update files set status = 'dead'");
    change("""
        insert into dead_files (file_id, run_id, kind, reason, byte_offset, attempts)
        select f.id, r.id, case when f.path like 'sub%' then 'MISSING' else 'MALFORMED' end, 'not there',
          case when f.path like 'sub%' then null else 14 end, 1 from files f, runs r""");

    var list = midifleet("dead", "list");
    assertThat(list.out()).contains("MISSING  main:sub/a.mid  not there\n",
        "MALFORMED  main:c\\\\d?.mid  byte 14: not there\n");
    JsonNode one = json(midifleet("dead", "list", "--path", "c*", "--json"));
    assertThat(one.get("path").asText()).isEqualTo("c\\\\d\n.mid");
    assertThat(one.get("byte_offset").asInt()).isEqualTo(14);
    assertThat(midifleet("dead", "list", "--older-than", "1h").out()).isEqualTo("no dead letters\n");

    assertThat(midifleet("dead", "retry", "--kind", "missing", "--dry-run").out())
        .isEqualTo("would be planned again: 2 dead letters: MISSING 2\n");
    assertThat(midifleet("dead", "retry", "--kind", "missing", "--sample", "1", "--dry-run").out())
        .isEqualTo("would be planned again: 1 dead letter: MISSING 1\n");
    assertThat(midifleet("dead", "retry", "--rate", "fast").err())
        .contains("--rate is fast: files a second are wanted");
    JsonNode retried = json(midifleet("dead", "retry", "--kind", "MISSING", "--rate", "1/s", "--json"));
    assertThat(retried.get("files").asInt()).isEqualTo(2);
    assertThat(retried.get("runs")).hasSize(1);
    assertThat(change("update batches b set taken = 0 where committed_at is null and exists (select from batches a"
        + " where a.committed_at is null and a.due_at = b.due_at - interval '1 s')")).as("due a second later").isOne();
    assertThat(midifleet("dead", "list").out().lines()).hasSize(1);

    var unfiltered = midifleet("dead", "drop");
    assertThat(unfiltered.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(unfiltered.err()).contains("--all, to give up all of them");
    assertThat(midifleet("dead", "drop", "--all", "--dry-run").out())
        .isEqualTo("would be dropped: 1 dead letter: MALFORMED 1\n");
    assertThat(midifleet("dead", "drop", "--all").out()).isEqualTo("dropped: 1 dead letter: MALFORMED 1\n");
    assertThat(midifleet("dead", "list").out()).isEqualTo("no dead letters\n");
    assertThat(midifleet("dead", "list", "--path", "[z-a]").err()).contains("a range runs backwards");
    assertThat(midifleet("dead", "list", "--limit", "0").err())
        .endsWith("midifleet: --limit is 0: it must be 1 or more\n");
    assertThat(midifleet("dead", "list", "--kind", "ODD").code()).isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void without_rabbitmq_nothing_is_planned_and_status_still_answers() throws Exception {
    write("a.mid");

    // Each waits for seconds: together.
    var enqueuing = MidifleetProcess.start(environment, "enqueue", folder.toString(), "--amqp-uri", NOWHERE);
    var asking = MidifleetProcess.start(environment, "status", "--amqp-uri", NOWHERE);
    var askingForJson = MidifleetProcess.start(environment, "status", "--json", "--amqp-uri", NOWHERE);

    var enqueued = enqueuing.await();
    assertThat(enqueued.code()).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(enqueued.err()).contains("RabbitMQ at 127.0.0.1:1", "MIDIFLEET_AMQP_URI");

    var status = asking.await();
    assertThat(status.code()).isZero();
    assertThat(status.out()).contains("no run yet", "queue    not reachable (RabbitMQ at 127.0.0.1:1");
    assertThat(json(askingForJson.await()).get("queue").isNull()).isTrue();
  }

  @Test
  void what_is_wrong_with_a_command_or_the_database_is_one_line() throws Exception {
    assertThat(midifleet("status", "--amqp-uri", "amqp://guest:secret@127.0.0.1/").err())
        .contains("--amqp-uri holds a password").doesNotContain("secret");
    var absent = midifleet("enqueue", folder.resolve("absent").toString(), "--database-url",
        "jdbc:postgresql://127.0.0.1:1/x");
    assertThat(absent.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(absent.err()).contains("is not a folder");
    assertThat(midifleet("enqueue", folder.toString(), "--database-url", "mysql:x").err())
        .contains("--database-url must begin with jdbc:postgresql:");
    List<MidifleetProcess> waiting = new ArrayList<>();
    for (String[] command : new String[][]{{"enqueue", folder.toString()}, {"dead", "list"}, {"duplicates"},
        {"status"}}) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--database-url", "jdbc:postgresql://127.0.0.1:1/x"));
      waiting.add(MidifleetProcess.start(environment, arguments.toArray(String[]::new)));
    }
    List<MidifleetProcess.Ended> ended = new ArrayList<>();
    for (MidifleetProcess each : waiting) {
      ended.add(each.await());
      assertThat(ended.getLast().err().lines().filter(line -> !line.startsWith("WARNING: Using incubator")))
          .hasSize(1);
    }
    var nowhere = ended.getLast();
    assertThat(nowhere.code()).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(nowhere.err()).contains(
        "midifleet: PostgreSQL at jdbc:postgresql://127.0.0.1:1/x cannot be reached (Connection to 127.0.0.1:1 refused");
    assertThat(midifleet("status", "--data", folder.resolve("absent").toString()).code())
        .isEqualTo(ExitCode.USAGE.code());
    for (String command : List.of("enqueue", "run", "analyze")) {
      var empty = midifleet(command, "");
      assertThat(empty.code()).as(command).isEqualTo(ExitCode.USAGE.code());
      assertThat(empty.err()).contains("it is empty; name it, . for the current folder");
    }
  }

  @Test
  void a_folder_without_a_database_is_refused_and_stays_as_it_is() throws Exception {
    Files.createDirectory(folder.resolve("postgres"));
    for (String[] command : new String[][]{{"status"}, {"dead", "list"}}) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--data", folder.toString()));
      var refused = midifleet(arguments.toArray(String[]::new));
      assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
      assertThat(refused.err()).contains(folder + " holds no database");
    }
    assertThat(folder.resolve("midifleet.lock")).doesNotExist();
    assertThat(folder.resolve("postgres")).isEmptyDirectory();
  }

  @Test
  void status_that_watches_a_run_ends_with_it() throws Exception {
    write("a.mid");
    String run = json(midifleet("enqueue", folder.toString(), "--json")).get("run").asText();
    var watching = MidifleetProcess.start(environment, "status", run, "--watch", "--json");
    await().atMost(Duration.ofSeconds(60)).until(() -> watching.outSoFar().lines().count() >= 2);
    change("update batches set committed_at = now(), outcome = 'done', files_done = 1");

    var ended = watching.await();

    assertThat(ended.code()).isZero();
    List<String> states = new ArrayList<>();
    for (String line : ended.out().lines().toList()) {
      states.add(new ObjectMapper().readTree(line).get("runs").get(0).get("state").asText());
    }
    assertThat(states).startsWith("running", "running").endsWith("complete").containsOnlyOnce("complete");
  }

  private MidifleetProcess.Ended midifleet(String... arguments) throws IOException, InterruptedException {
    return services.midifleet(arguments);
  }

  private static JsonNode json(MidifleetProcess.Ended ended) throws IOException {
    assertThat(ended.code()).as(ended.err()).isZero();
    return new ObjectMapper().readTree(ended.out());
  }

  private int change(String sql) { return services.change(sql); }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, "x".getBytes(StandardCharsets.UTF_8));
    }
  }
}
