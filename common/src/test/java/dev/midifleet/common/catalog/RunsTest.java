package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunsTest {
  private final TestRows rows = new TestRows();

  @BeforeEach
  void reset() { rows.reset(); }

  @AfterAll
  void close() { rows.close(); }

  @Test
  void a_run_is_complete_when_all_is_planned_and_no_batch_is_open() {
    rows.batch(2);
    assertThat(isComplete(rows.run)).isFalse();
    rows.database.transaction(connection -> {
      Runs.complete(connection, rows.run);
      return true;
    });
    assertThat(isComplete(rows.run)).isFalse();

    rows.change("update batches set committed_at = now()");

    assertThat(isComplete(rows.run)).isTrue();
    assertThat(isComplete(UUID.randomUUID())).isFalse();
  }

  @Test
  void a_run_with_settled_batches_is_not_complete_while_it_is_planned() {
    rows.batch(2);
    rows.change("update batches set committed_at = now()");

    assertThat(isComplete(rows.run)).isFalse();
  }

  @Test
  void open_files_are_those_of_batches_that_are_not_settled() {
    rows.batch(2);
    rows.batch(3);
    rows.change("update batches set committed_at = now() where id = 1");

    assertThat(Runs.openFiles(rows.database, 1)).isEqualTo(3);
    assertThat(Runs.openFiles(rows.database, 2)).isZero();
  }

  private boolean isComplete(UUID run) { return Runs.isComplete(rows.database, run); }
}
