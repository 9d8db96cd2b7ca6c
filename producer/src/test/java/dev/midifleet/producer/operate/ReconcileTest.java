package dev.midifleet.producer.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.BatchLedger;
import dev.midifleet.producer.Rows;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReconcileTest {
  @Test
  void what_was_published_and_is_not_done_is_due_again_and_older_messages_are_void() {
    try (var rows = new Rows()) {
      rows.change("insert into library (name, location) values ('one', '/1')");
      rows.change("insert into runs (id, library_id, origin) values (gen_random_uuid(), 1, 'enqueue')");
      rows.change("""
          insert into batches (run_id, analyzer_version, file_ids, due_at)
          select id, 1, array[n], now() + make_interval(hours => n / 4) from runs, generate_series(1, 4) n""");
      var ledger = new BatchLedger(rows.database());
      var due = ledger.claimDue(10, OptionalInt.empty());
      assertThat(due).hasSize(3);
      ledger.published(due, List.of());
      rows.change("update batches set committed_at = now() where id = " + due.getFirst().id());
      assertThat(ledger.claimDue(10, OptionalInt.empty())).isEmpty();

      assertThat(ledger.reconcile(OptionalInt.empty())).isEqualTo(2);

      assertThat(ledger.claimDue(10, OptionalInt.empty())).hasSize(2)
          .allSatisfy(again -> assertThat(again.publication()).isEqualTo(2));
      assertThat(ledger.take(due.getLast().id(), 1, UUID.randomUUID(), 9, () -> false))
          .isInstanceOf(BatchLedger.Take.Settled.class);
    }
  }
}
