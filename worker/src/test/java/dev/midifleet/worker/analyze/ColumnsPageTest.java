package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code and the page; {@code FactsSchemaTest} compares the code and the tables. */
class ColumnsPageTest {

  @Test
  void the_page_is_what_the_code_says() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "columns.md")))
        .as("docs/columns.md is stale: make it again with `./midifleet columns > docs/columns.md`")
        .isEqualTo(ColumnsPage.markdown());
  }

  @Test
  void every_column_has_a_row_of_its_own() {
    String page = ColumnsPage.markdown();
    for (FactColumn column : FactColumns.all()) {
      assertThat(page).containsOnlyOnce("\n| " + column.name() + " | ").contains(column.doc().replace("|", "\\|"));
      assertThat(column.doc()).as(column.name()).endsWith(".").doesNotContain("\n");
      column.words().forEach(word -> assertThat(page).contains("`" + word + "`"));
    }
  }
}
