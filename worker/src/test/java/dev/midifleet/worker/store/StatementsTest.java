package dev.midifleet.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Setting;
import dev.midifleet.testkit.PostgresAnswers;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.Analysis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch costs a fixed number of statements and round trips, whatever the number of its files. */
class StatementsTest {
  private static final int FEW = 2;
  private static final int MANY = 120;
  private static final int TURNS = 4;

  private final Planned planned = new Planned();
  private final PostgresAnswers answers = PostgresAnswers.of(planned.settings.text(Setting.DATABASE_URL));
  /** A pool of one: what a second connection says when it is made is not the batch's. */
  private final Database database = Database.open(planned.settings.with(Setting.DATABASE_URL,
      answers.through(planned.settings.text(Setting.DATABASE_URL))).with(Setting.DATABASE_CONNECTIONS, "1"), "test");
  private final UUID worker = UUID.randomUUID();
  private final BatchLedger ledger = new BatchLedger(database);
  private final FactsTable facts = new FactsTable(database);
  private final ResultStore store = new ResultStore(database, planned.settings, worker);
  private final Random dice = new Random(1);

  private record Asked(long statements, long roundTrips) {}

  @AfterEach
  void close() {
    database.close();
    answers.close();
    planned.close();
  }

  @Test
  void a_batch_of_new_contents_is_14_statements_in_12_round_trips() {
    run(planned.batch(FEW, 1), contents(FEW));
    Asked few = least(() -> run(planned.batch(FEW, 1), contents(FEW)));
    Asked many = least(() -> run(planned.batch(MANY, 1), contents(MANY)));
    assertThat(few).isEqualTo(new Asked(14, 12));
    assertThat(many).isEqualTo(few);
    int stored = FEW + TURNS * (FEW + MANY);
    assertThat(planned.number("select count(*) from facts")).isEqualTo(stored);
    assertThat(planned.number("select count(*) from files where status = 'done'")).isEqualTo(stored);
  }

  @Test
  void a_batch_of_copies_is_12_statements_in_9_round_trips() {
    List<Analysis> known = contents(MANY);
    run(planned.batch(MANY, 1), known);
    Asked few = least(() -> run(planned.batch(FEW, 1), known.subList(0, FEW)));
    Asked many = least(() -> run(planned.batch(MANY, 1), known));
    assertThat(few).isEqualTo(new Asked(12, 9));
    assertThat(many).isEqualTo(few);
    assertThat(planned.number("select count(*) from facts")).isEqualTo(MANY);
  }

  @Test
  void contents_that_were_stored_since_the_look_up_cost_one_statement_more() {
    List<Analysis> contents = contents(MANY);
    run(planned.batch(FEW, 1), contents.subList(0, FEW));
    Batch batch = planned.batch(MANY, 1);
    Asked before = asked();
    store.store(batch, result(batch, contents, Set.of()), AnalyzerVersion.CURRENT, () -> true);
    assertThat(since(before)).isEqualTo(new Asked(8, 8));
    assertThat(planned.number("select count(*) from facts")).isEqualTo(MANY);
  }

  /** The pool, too, has a question now and then, whether a connection lives. */
  private static Asked least(Supplier<Asked> batch) {
    Asked least = batch.get();
    for (int turn = 1; turn < TURNS; turn++) {
      Asked again = batch.get();
      least = again.roundTrips() < least.roundTrips() ? again : least;
    }
    return least;
  }

  /** What the worker asks of the database for a batch. */
  private Asked run(Batch batch, List<Analysis> contents) {
    Asked before = asked();
    assertThat(ledger.take(batch.id(), 0, worker, AnalyzerVersion.CURRENT, () -> true))
        .isInstanceOf(BatchLedger.Take.Taken.class);
    List<UUID> hashes = contents.stream().map(StatementsTest::hash).toList();
    Set<UUID> known = facts.known(hashes, AnalyzerVersion.CURRENT, () -> true);
    Stored stored = store.store(batch, result(batch, contents, known), AnalyzerVersion.CURRENT, () -> true);
    assertThat(stored.done()).isEqualTo(contents.size());
    return since(before);
  }

  private static BatchResult result(Batch batch, List<Analysis> contents, Set<UUID> known) {
    List<BatchResult.Done> done = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      UUID hash = hash(contents.get(i));
      done.add(new BatchResult.Done(batch.files().get(i), hash, known.contains(hash)));
    }
    return new BatchResult(done, List.of(), contents.stream().filter(one -> !known.contains(hash(one))).toList());
  }

  private List<Analysis> contents(int count) {
    List<Analysis> contents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Analysis analysis = Planned.analyze(SmfBuilder.scale(60));
      analysis.setContentHash(new UUID(dice.nextLong(), dice.nextLong()));
      contents.add(analysis);
    }
    contents.sort(Comparator.comparing(StatementsTest::hash));
    return contents;
  }

  private static UUID hash(Analysis analysis) { return Objects.requireNonNull(analysis.contentHash()); }

  private Asked asked() { return new Asked(answers.statements(), answers.roundTrips()); }

  private Asked since(Asked before) {
    return new Asked(answers.statements() - before.statements, answers.roundTrips() - before.roundTrips);
  }
}
