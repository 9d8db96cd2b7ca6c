package dev.midifleet.common.catalog;

import java.util.List;
import java.util.UUID;

/**
 * A batch as its taker sees it.
 *
 * @param id
 *          {@code batches.id}
 * @param attempt
 *          1 for the first try of its files
 * @param analyzeKnown
 *          whether contents are analysed again whose facts are already known
 * @param lane
 *          where it runs
 * @param library
 *          the library of all its files
 * @param files
 *          the files it still owns, by id
 */
public record Batch(long id, UUID run, int attempt, boolean analyzeKnown, Lane lane, Library library,
    List<FileEntry> files) {

  public Batch {
    files = List.copyOf(files);
  }

  /** Bytes of all its files, as they were registered. */
  public long bytes() {
    long sum = 0;
    for (FileEntry file : files) {
      sum += file.sizeBytes();
    }
    return sum;
  }
}
