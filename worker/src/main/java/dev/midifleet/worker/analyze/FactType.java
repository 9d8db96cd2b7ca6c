package dev.midifleet.worker.analyze;

/** What a fact is in PostgreSQL, in Java and in JSON. */
public enum FactType {
  /** {@link Float}. */
  REAL("real"),
  /** {@link Double}. */
  DOUBLE("double precision"),
  /** {@link Short}. */
  SMALLINT("smallint"),
  /** {@link Integer}. */
  INTEGER("integer"),
  /** {@link Long}. */
  BIGINT("bigint"),
  /** {@link Boolean}. */
  BOOLEAN("boolean"),
  /** {@link String}. */
  TEXT("text"),
  /** {@link String} that holds JSON; JSON as it is, and jsonb in the view. */
  JSON("json"),
  /** {@link java.util.UUID}. */
  UUID("uuid"),
  /** {@link Short}: the place of a word in {@link FactColumn#words()}; the word in JSON and in the view. */
  WORD("smallint"),
  /**
   * {@code byte[]}: a set of small numbers, number n as bit {@code n % 8} of byte {@code n / 8}, as PostgreSQL's
   * {@code get_bit(bytea, n)} counts; its members in rising order in JSON and in the view.
   */
  BITS("bytea"),
  /**
   * {@code byte[]}: shares of 1, each as an unsigned big-endian 16-bit number of 65,535ths; in JSON and in the view numbers
   * rounded to five digits after the point.
   */
  SHARES("bytea"),
  /** {@code byte[]}: unsigned big-endian 16-bit numbers; numbers in JSON and in the view. */
  NUMBERS("bytea"),
  /** {@code byte[]} of {@link PackedRows#chord}; a list in JSON and in the view, as are the next two. */
  CHORDS("bytea"),
  /** {@code byte[]} of {@link PackedRows#tempo}. */
  TEMPI("bytea"),
  /** {@code byte[]} of {@link PackedRows#controller}. */
  CONTROLLERS("bytea");

  private final String sql;

  FactType(String sql) { this.sql = sql; }

  /** The column's type in PostgreSQL. */
  public String sql() { return sql; }
}
