package dev.midifleet.worker.store;

import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.Analysis;
import java.util.List;
import java.util.UUID;

/**
 * What became of the files of a batch.
 *
 * @param done
 *          files whose content's facts are known or among {@code facts}
 * @param failed
 *          files that could not be used, those that will be tried again included
 * @param facts
 *          one analysis a content, ordered by content hash, so that two workers lock rows in the same order
 */
public record BatchResult(List<Done> done, List<Failed> failed, List<Analysis> facts) {

  /**
   * A file with facts.
   *
   * @param copied
   *          whether its content's facts were known before, or belong to another file of the batch
   */
  public record Done(FileEntry file, UUID content, boolean copied) {}

  /** A file without. */
  public record Failed(FileEntry file, FileFailure failure) {}
}
