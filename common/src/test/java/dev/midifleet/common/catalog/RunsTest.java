package dev.midifleet.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

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
  void open_files_are_those_of_batches_that_are_not_settled() {
    rows.batch(2);
    rows.batch(3);
    rows.change("update batches set committed_at = now() where id = 1");

    assertThat(Runs.openFiles(rows.database, 1)).isEqualTo(3);
    assertThat(Runs.openFiles(rows.database, 2)).isZero();
  }
}
