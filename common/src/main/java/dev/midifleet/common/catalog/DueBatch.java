package dev.midifleet.common.catalog;

import java.util.List;
import java.util.UUID;

/**
 * A batch that a relay has claimed and now publishes.
 *
 * @param publication
 *          which publication this is, from 1; a take with an older number finds nothing
 */
public record DueBatch(long id, int publication, UUID run, int attempt, String library, List<Long> files) {

  public DueBatch {
    files = List.copyOf(files);
  }
}
