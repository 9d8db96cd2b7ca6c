package dev.midifleet.common.catalog;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A batch that is about to be inserted; its files are handed over to it in the same transaction.
 *
 * @param files
 *          {@code files.id}, at least one
 * @param delay
 *          from now until it is due
 */
public record NewBatch(UUID run, Lane lane, int attempt, List<Long> files, long bytes, Duration delay) {

  public NewBatch {
    files = List.copyOf(files);
  }
}
