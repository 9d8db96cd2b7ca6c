package dev.midifleet.bench.duplicates;

import dev.midifleet.producer.query.DuplicateFile;
import dev.midifleet.producer.query.DuplicateGroup;
import dev.midifleet.producer.query.DuplicateListener;
import dev.midifleet.producer.query.DuplicateTotals;

/** Counts what is told, and forgets it. */
final class Told implements DuplicateListener {
  private long groups;
  private long files;

  @Override
  public void totals(DuplicateTotals totals) {
    // Counted below, from what really comes.
  }

  @Override
  public void group(DuplicateGroup group) { groups++; }

  @Override
  public void file(DuplicateFile file) { files++; }

  @Override
  public void groupEnd() {
    // Nothing is held.
  }

  @Override
  public void end() {
    // Nothing is held.
  }

  long groups() { return groups; }

  long files() { return files; }
}
