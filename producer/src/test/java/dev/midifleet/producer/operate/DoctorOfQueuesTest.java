package dev.midifleet.producer.operate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.Topology;
import dev.midifleet.producer.Rows;
import dev.midifleet.testkit.TestBroker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the doctor finds where a real broker and the rows have to agree. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorOfQueuesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Rows rows = new Rows();
  private final String vhost = TestBroker.shared().newVhostUri();
  private final Settings settings = rows.settings().with(Setting.AMQP_URI, vhost);

  @BeforeAll
  void queues() { Topology.of(settings).declare(settings); }

  @BeforeEach
  void a_run_with_a_settled_batch_and_a_worker() {
    rows.change("truncate library, runs, files, batches, workers restart identity cascade");
    rows.change("insert into library (name, location) values ('main', '/')");
    rows.change(
        "insert into runs (id, library_id, origin, started_at) values (gen_random_uuid(), 1, 'enqueue', now())");
    rows.change("insert into batches (run_id, analyzer_version, file_ids, due_at, publications, published_at,"
        + " committed_at, outcome) select id, 1, '{1}', now(), 1, now(), now(), 'done' from runs");
    rows.change("insert into workers (id, host, pid, version, analyzer_version, state, slots, threads)"
        + " values (gen_random_uuid(), 'host1', 42, 'v1', 2, 'running', 4, 2)");
  }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void batches_that_are_due_and_nobody_publishes_are_found() {
    assertThat(wrong(settings)).isEmpty();
    String waiting = "insert into batches (run_id, analyzer_version, file_ids, due_at)"
        + " select id, 1, '{1}', now() - interval '%s' from runs";
    rows.change(waiting.formatted("30 s"));
    assertThat(wrong(settings)).as("a relay may be about to").isEmpty();
    rows.change(waiting.formatted("2 min"));
    assertThat(wrong(settings)).singleElement().satisfies(finding -> {
      assertThat(finding.check()).isEqualTo("batches");
      assertThat(finding.text()).isEqualTo("1 are due for more than a minute and not published");
      assertThat(finding.advice()).contains("relays of workers");
    });
  }

  @Test
  void letters_that_stay_in_the_dead_queue_are_found() {
    var stuck = settings.with(Setting.QUEUE_PREFIX, "stuck");
    Topology.of(stuck).declare(stuck);
    for (int i = 0; i < 3; i++) {
      TestBroker.shared().publish(vhost, "stuck.dead", "given up".getBytes(UTF_8));
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(wrong(stuck)).singleElement().satisfies(finding -> {
      assertThat(finding.check()).isEqualTo("queues");
      assertThat(finding.text()).isEqualTo("stuck.dead holds 3 messages that the broker gave up");
      assertThat(finding.advice()).contains("start one", "`midifleet reconcile`");
    }));
  }

  @Test
  void queues_that_are_missing_or_have_other_arguments_are_found() {
    assertThat(wrong(settings.with(Setting.QUEUE_PREFIX, "absent"))).hasSize(2)
        .allSatisfy(finding -> assertThat(finding.advice()).contains("`midifleet init`"))
        .extracting(Finding::text).containsExactly("absent.work: it is not there", "absent.dead: it is not there");

    // A queue for work with the arguments of one for letters.
    new Topology("spare.work", "other.work").declare(settings);
    assertThat(wrong(settings.with(Setting.QUEUE_PREFIX, "other"))).first().satisfies(finding -> {
      assertThat(finding.check()).isEqualTo("queues");
      assertThat(finding.text()).startsWith("other.work: ").contains("PRECONDITION_FAILED", "inequivalent arg");
      assertThat(finding.advice()).startsWith("let the workers empty it, delete it");
    });
  }

  private List<Finding> wrong(Settings with) {
    return new Doctor(with, rows.database(), "v1", 2).examine(true).stream().filter(Finding::isWrong).toList();
  }
}
