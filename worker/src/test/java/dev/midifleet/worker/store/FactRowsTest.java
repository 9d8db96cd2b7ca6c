package dev.midifleet.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.catalog.Batch;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.Analysis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What COPY stores is what an INSERT of the driver's own arrays stores. */
class FactRowsTest {
  private final Planned planned = new Planned();
  private final FactsTable facts = new FactsTable(planned.database);

  @AfterEach
  void close() { planned.close(); }

  @Test
  void a_row_is_the_same_by_copy_and_by_upsert() {
    List<Analysis> rows = rows();
    planned.database.transaction(connection -> {
      facts.upsert(connection, rows, false);
      return 0;
    });
    List<String> upserted = stored();
    planned.execute("truncate facts");
    planned.database.transaction(connection -> {
      facts.write(connection, rows, false);
      return 0;
    });
    assertThat(stored()).isEqualTo(upserted).hasSize(rows.size());
    for (String column : List.of("lyrics", "track_names", "tempo_changes", "chord_progression", "controller_data",
        "structure_data", "minhash")) {
      assertThat(planned.number("select count(" + column + ") from facts")).as(column).isPositive();
    }
  }

  /** A writer is used again: nothing of a longer batch may be left in it. */
  @Test
  void a_shorter_batch_after_a_longer_one() {
    Batch longer = planned.batch(12, 1);
    var store = new ResultStore(planned.database, planned.settings, UUID.randomUUID());
    store.store(longer, Planned.done(longer, 50), 1, () -> true);
    Batch shorter = planned.batch(1, 1);
    store.store(shorter, Planned.done(shorter, 90), 1, () -> true);
    assertThat(planned.number("select count(*) from facts")).isEqualTo(13);
  }

  /** Something for every type of column. */
  private static byte[] song() {
    return SmfBuilder.smf().format(1).division(480)
        .track(track -> track.name("Übung \"1\"\n日本").tempo(0, 120).tempo(1920, 90).timeSignature(0, 4, 4)
            .timeSignature(3840, 3, 4).keySignature(0, 0, false).keySignature(3840, 2, false))
        .track(track -> {
          track.name("piano").program(0, 1, 0).control(0, 7, 100, 0).control(0, 64, 127, 10);
          for (int bar = 0; bar < 24; bar++) {
            int root = 60 + List.of(0, 9, 5, 7).get(bar % 4);
            for (int third = 0; third < 3; third++) {
              track.note(0, root + List.of(0, 4, 7).get(third), 80 + bar, bar * 1920L, 1900);
            }
            for (int beat = 0; beat < 8; beat++) {
              track.note(0, 72 + (beat * bar * 5 + beat) % 24, 90, bar * 1920L + beat * 240L, 200);
              track.text(bar * 1920L + beat * 240L, 5, "la");
            }
          }
        }).bytes();
  }

  private List<String> stored() { return planned.lines("select f::text from facts f order by content_hash"); }

  private static List<Analysis> rows() {
    List<byte[]> files = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      files.add(SmfBuilder.scale(50 + i));
    }
    files.add(SmfBuilder.smf().division(480).track(track -> track.name("nothing")).bytes());
    files.add(song());
    return files.stream().map(Planned::analyze)
        .sorted(Comparator.comparing(analysis -> Objects.requireNonNull(analysis.contentHash()))).toList();
  }
}
