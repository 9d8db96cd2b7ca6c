package dev.midifleet.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import dev.midifleet.worker.analyze.FactType;
import java.util.List;
import org.junit.jupiter.api.Test;

class FactsSchemaTest {

  @Test
  void the_table_has_the_columns_of_the_code() {
    try (var planned = new Planned()) {
      List<String> table = planned.lines("""
          select column_name || ' ' || data_type from information_schema.columns
          where table_name = 'facts' order by ordinal_position""");
      assertThat(table)
          .containsExactlyInAnyOrderElementsOf(
              FactColumns.all().stream().map(column -> column.name() + " " + column.sqlType()).toList());
    }
  }

  @Test
  void the_view_shows_every_column_and_knows_every_word() {
    try (var planned = new Planned()) {
      List<String> view = planned.lines("""
          select column_name::text from information_schema.columns where table_name = 'musical_metadata'
          order by ordinal_position""");
      assertThat(view).containsSubsequence(FactColumns.all().stream().map(FactColumn::name).toList());
      String definition = planned.text("select pg_get_viewdef('musical_metadata')");
      for (FactColumn column : FactColumns.all()) {
        if (column.type() == FactType.WORD) {
          String words = String.join(", ", column.words().stream().map(word -> "'" + word + "'::text").toList());
          assertThat(definition).contains("(ARRAY[" + words + "])[(x." + column.name() + " + 1)] AS " + column.name());
        }
      }
    }
  }

  /** The greatest target decides how many rows a sample has: one column that was forgotten makes it ten times as large. */
  @Test
  void statistics_of_no_column_need_a_large_sample() {
    try (var planned = new Planned()) {
      List<String> wanting = planned.lines(
          """
              select attname::text from pg_attribute
              where attrelid = 'facts'::regclass and attnum > 0 and not attisdropped and coalesce(attstattarget, 100) > 10""");
      assertThat(wanting).isEmpty();
    }
  }
}
