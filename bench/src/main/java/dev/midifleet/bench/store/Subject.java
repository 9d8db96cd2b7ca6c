package dev.midifleet.bench.store;

import java.sql.SQLException;

/** One line of a table: something that is measured once a round, in turn with the others. */
interface Subject extends AutoCloseable {
  String name();

  /** Does it once. */
  Cost turn() throws SQLException;

  /** What else is to be said of it at the end. */
  default String remark() throws SQLException { return ""; }

  @Override
  void close() throws SQLException;
}
