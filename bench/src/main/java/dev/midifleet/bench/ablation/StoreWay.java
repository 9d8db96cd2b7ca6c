package dev.midifleet.bench.ablation;

/** How results come into the database. */
enum StoreWay {
  /** The product's: a statement a table and batch, a transaction a batch, a connection that is kept. */
  BATCHES,
  /** A statement a row, a transaction a batch. */
  ROWS,
  /** A statement a row, a transaction a file. */
  FILES,
  /** {@link #BATCHES} with a new connection for each. */
  NEW_CONNECTIONS
}
