package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.common.config.AnalyzerVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit}, {@code why}, {@code doctor} and the roles, as processes against real services. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorCommandsTest {
  @TempDir
  private static Path folder;

  private final CommandServices services = new CommandServices();
  private final Map<String, String> environment = services.environment();

  @BeforeAll
  void three_files_are_enqueued() throws Exception {
    for (String name : List.of("a.mid", "b.mid", "c.mid")) {
      Files.writeString(folder.resolve(name), name);
    }
    change("create role midifleet_worker_test login password 'secret-of-worker'");
    change("create role midifleet_reader_test login password 'secret-of-reader'");
    var init = midifleet("init", "--worker-role", "midifleet_worker_test", "--reader-role", "midifleet_reader_test");
    assertThat(init.code()).as(init.err()).isZero();
    assertThat(init.out()).contains("the role midifleet_reader_test may read all rows");
    assertThat(midifleet("enqueue", folder.toString(), "--library", "main").code()).isZero();
  }

  @AfterAll
  void close() {
    change("drop owned by midifleet_worker_test, midifleet_reader_test");
    change("drop role midifleet_worker_test, midifleet_reader_test");
    services.close();
  }

  @Test
  void a_run_is_audited_a_file_explained_and_the_fleet_examined() throws Exception {
    var early = midifleet("audit");
    assertThat(early.code()).as(early.err()).isEqualTo(ExitCode.INCOMPLETE.code());
    assertThat(early.out()).contains("3 in open batches", "not over yet");
    var why = midifleet("why", folder.resolve("a.mid").toString());
    assertThat(why.out()).as(why.err()).contains("file     main:a.mid", "status   queued", "but no worker is alive");
    assertThat(midifleet("why", "absent.mid").err()).contains("absent.mid: no library knows it (main at ");

    assertThat(wrong(midifleet("doctor", "--json"))).as("nobody works").containsExactly("workers");
    change("insert into workers (id, host, pid, version, analyzer_version, seen_at, state, slots, threads)"
        + " values (gen_random_uuid(), 'host1', 42, '" + Main.version() + "', " + AnalyzerVersion.CURRENT
        + ", now() + interval '1 h', 'running', 4, 2)");
    var healthy = midifleet("doctor");
    assertThat(healthy.code()).as(healthy.out()).isZero();
    assertThat(healthy.out()).contains("3 of 3 known files are there", "midifleet.work: 1 messages ready",
        "nothing is wrong").doesNotContain(environment.get("MIDIFLEET_DATABASE_PASSWORD"));

    change("insert into batches (run_id, analyzer_version, file_ids, publications, published_at)"
        + " select id, 1, '{1}', 1, now() from runs, generate_series(1, 3)");
    var lost = midifleet("doctor", "--json");
    assertThat(lost.code()).isEqualTo(ExitCode.INCOMPLETE.code());
    assertThat(wrong(lost)).containsExactly("batches");
    assertThat(lost.out()).contains("the broker lost them: `midifleet reconcile`");
    change("delete from batches where id > 1");
    var away = midifleet("doctor", "--json", "--database-url", "jdbc:postgresql://127.0.0.1:1/x");
    assertThat(wrong(away)).containsExactly("database");
    assertThat(away.out()).contains("midifleet.work: 1 messages ready");
    assertThat(wrong(midifleet("doctor", "--json", "--amqp-uri", "amqp://127.0.0.1:1/"))).containsExactly("broker");

    change("update batches set committed_at = now(), outcome = 'done', files_dead = 3");
    change("update files set status = 'dead'");
    change("insert into dead_files (file_id, run_id, kind, reason, attempts)"
        + " select f.id, r.id, 'NOT_MIDI', 'no MThd', 1 from files f, runs r");
    var balanced = midifleet("audit", "--json");
    assertThat(balanced.code()).as(balanced.out()).isZero();
    assertThat(json(balanced).get("dead").asInt()).isEqualTo(3);
    change("delete from dead_files where file_id = 1");
    var unbalanced = midifleet("audit");
    assertThat(unbalanced.code()).isEqualTo(ExitCode.INCOMPLETE.code());
    assertThat(unbalanced.out()).contains("wrong    1 file against the rule: a file that is dead has its dead letter",
        "the first: main:a.mid", "not balanced: 1 of ");

    readers_may_look_and_not_touch();
  }

  private void readers_may_look_and_not_touch() throws Exception {
    Map<String, String> reader = new HashMap<>(environment);
    reader.put("MIDIFLEET_DATABASE_USER", "midifleet_reader_test");
    reader.put("MIDIFLEET_DATABASE_PASSWORD", "secret-of-reader");
    for (String command : List.of("status", "dead list", "duplicates", "why a.mid", "doctor")) {
      var ended = MidifleetProcess.run(reader, command.split(" "));
      assertThat(ended.code()).as(command + ": " + ended.out() + ended.err()).isZero();
    }
    assertThat(MidifleetProcess.run(reader, "doctor").out())
        .contains("may read all rows; for a worker it has too few rights");
    assertThat(MidifleetProcess.run(reader, "audit").out()).contains("not balanced");
    for (String command : List.of("dead retry", "dead drop --all", "reconcile", "enqueue " + folder)) {
      var refused = MidifleetProcess.run(reader, command.split(" "));
      assertThat(refused.code()).as(command).isEqualTo(ExitCode.UNAVAILABLE.code());
      assertThat(refused.err()).as(command).contains("does not let the role midifleet_reader_test do this")
          .doesNotContain("\tat ");
    }
    var idle = MidifleetProcess.run(reader, "worker");
    assertThat(idle.code()).as(idle.err()).isEqualTo(ExitCode.UNAVAILABLE.code());
    assertThat(idle.err()).contains("midifleet init --worker-role midifleet_reader_test");
    Map<String, String> worker = new HashMap<>(reader);
    worker.put("MIDIFLEET_DATABASE_USER", "midifleet_worker_test");
    worker.put("MIDIFLEET_DATABASE_PASSWORD", "secret-of-worker");
    assertThat(MidifleetProcess.run(worker, "dead", "retry").code()).isZero();
    assertThat(MidifleetProcess.run(worker, "enqueue", folder.toString(), "--all").code()).isZero();
    assertThat(MidifleetProcess.run(worker, "doctor").out()).contains("may do what workers and enqueue do");
    worker_works_with_its_role(worker);
  }

  private void worker_works_with_its_role(Map<String, String> worker) throws Exception {
    change("update files set status = 'new', batch_id = null");
    assertThat(MidifleetProcess.run(worker, "enqueue", folder.toString()).code()).isZero();
    var process = MidifleetProcess.start(worker, "worker");
    var settled = MidifleetProcess.run(worker, "enqueue", folder.toString(), "--all", "--wait");
    process.stop();
    var ended = process.await();
    assertThat(settled.code()).as(settled.err() + ended.err()).isZero();
    assertThat(ended.err()).doesNotContain("permission denied", "secret-of-worker");
  }

  @Test
  void help_of_the_new_commands_says_how_they_end() {
    for (String command : List.of("audit", "doctor")) {
      var out = new StringWriter();
      Main.commandLine().setOut(new PrintWriter(out, true)).execute(command, "--help");
      assertThat(out.toString()).contains("Ends with 0 when");
    }
  }

  private static List<String> wrong(MidifleetProcess.Ended ended) throws IOException {
    List<String> wrong = new ArrayList<>();
    new ObjectMapper().readTree(ended.out()).get("findings").forEach(one -> {
      if (one.get("wrong").asBoolean()) {
        wrong.add(one.get("check").asText());
      }
    });
    return wrong;
  }

  private static JsonNode json(MidifleetProcess.Ended ended) throws IOException {
    return new ObjectMapper().readTree(ended.out());
  }

  private MidifleetProcess.Ended midifleet(String... arguments) throws IOException, InterruptedException {
    return services.midifleet(arguments);
  }

  private int change(String sql) { return services.change(sql); }
}
