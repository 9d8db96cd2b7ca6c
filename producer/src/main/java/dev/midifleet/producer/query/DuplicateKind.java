package dev.midifleet.producer.query;

/** How alike the files of a group are. From the third on, a kind leaves out groups that the one before it has whole. */
public enum DuplicateKind {
  /** The same bytes. */
  EXACT,
  /** Other bytes, and the same {@code note_hash}. */
  NOTES,
  /** Other notes, and the same {@code note_hash_transposed}. */
  TRANSPOSED,
  /** Alike by {@code minhash}, directly or by way of others of the group, and not all the same but for transposition. */
  NEAR
}
