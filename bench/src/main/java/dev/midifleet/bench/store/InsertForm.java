package dev.midifleet.bench.store;

/** A way to give rows of facts to PostgreSQL. */
enum InsertForm {
  /** One statement with an array a column, turned into rows by unnest. */
  UNNEST("unnest, an array a column"),
  /** One statement with a parameter a value, for 100 rows at a time. */
  VALUES("multi-VALUES, 100 rows a statement"),
  /** One prepared statement run for each row, sent in bulk. */
  SINGLE("one row a statement, sent in bulk"),
  /** COPY BINARY into a temporary table, and from there by one statement. */
  COPY_MERGE("COPY BINARY to a temporary table, then insert from it"),
  /** COPY BINARY into the table; a content that is there already makes it fail. */
  COPY("COPY BINARY into facts");

  private final String label;

  InsertForm(String label) { this.label = label; }

  String label() { return label; }
}
