package dev.midifleet.bench.ablation;

import java.io.IOException;
import java.sql.SQLException;

/** One way to do a piece of work: the product's, or one without a strategy. */
interface Arm extends AutoCloseable {
  /** Waits until it is warm. */
  default void awaitWarm() throws IOException {
    // Most are from the start.
  }

  /** Does the work once. */
  Turn turn() throws IOException, SQLException, InterruptedException;

  /** Makes an arm; what is common to all stands in the context. */
  @FunctionalInterface
  interface Maker {
    Arm make(Context context) throws IOException, SQLException, InterruptedException;
  }

  @Override
  void close() throws IOException, SQLException;
}
