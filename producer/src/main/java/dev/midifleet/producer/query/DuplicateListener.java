package dev.midifleet.producer.query;

/** Is told what {@link Duplicates} finds: totals of a kind, then its groups in order, each followed by its files. */
public interface DuplicateListener {
  void totals(DuplicateTotals totals);

  void group(DuplicateGroup group);

  /** A file of the last group; the one to keep comes first. */
  void file(DuplicateFile file);

  /** All files of the last group were told. */
  void groupEnd();

  /** All groups of the kind were told. */
  void end();
}
