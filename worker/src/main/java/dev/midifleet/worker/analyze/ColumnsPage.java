package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Issue;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code docs/columns.md}: every column of {@link FactColumns}, and every bit of {@code issue_bits}. */
public final class ColumnsPage {
  private ColumnsPage() {}

  /** The whole page, in Markdown. */
  public static String markdown() {
    var page = new StringBuilder(
        """
            # Columns

            What midifleet says about a file, by the names of the view `musical_metadata` and of `analyze`'s JSON. `NULL` means
            "not known". Types are those of the table `facts`; the view and the JSON show words for codes, and for `bytea`
            what is in it: arrays of numbers, and `jsonb` for rows. What is `json` is `jsonb` in the view.

            This page is made by `./midifleet columns > docs/columns.md`; a test fails when it is not what that prints.

            | column | type | what |
            | --- | --- | --- |
            """);
    for (FactColumn column : FactColumns.all()) {
      page.append("| ").append(column.name()).append(" | ").append(type(column)).append(" | ")
          .append(column.doc().replace("|", "\\|")).append(" |\n");
    }
    page.append("""

        ## issue_bits

        | bit | value | issue | parse_status at best |
        | --- | --- | --- | --- |
        """);
    int bit = 0;
    for (Issue issue : Issue.values()) {
      page.append("| ").append(bit++).append(" | ").append(issue.bit()).append(" | ").append(issue).append(" | ")
          .append(issue.status().name().toLowerCase(Locale.ROOT)).append(" |\n");
    }
    return page.toString();
  }

  private static String type(FactColumn column) {
    return switch (column.type()) {
      case WORD ->
        "smallint: " + column.words().stream().map(word -> "`" + word + "`").collect(Collectors.joining(" · "));
      case BITS -> "bytea: set of numbers";
      case SHARES -> "bytea: shares of 1";
      case NUMBERS -> "bytea: 16-bit numbers";
      case CHORDS, TEMPI, CONTROLLERS -> "bytea: rows";
      case REAL, DOUBLE, SMALLINT, INTEGER, BIGINT, BOOLEAN, TEXT, JSON, UUID -> column.sqlType();
    };
  }
}
