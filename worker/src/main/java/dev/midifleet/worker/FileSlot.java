package dev.midifleet.worker;

import dev.midifleet.common.catalog.FileEntry;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.Analysis;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a batch knows of one of its files. Written by one thread of the crew at a time; the latch at the end of a stage
 * shows it to the next.
 */
final class FileSlot {
  final Analysis analysis = new Analysis();
  private @Nullable FileEntry entry;
  private @Nullable Path path;
  long offset;
  long length;
  boolean oversize;
  @Nullable
  UUID content;
  @Nullable
  FileFailure failure;
  boolean analyzed;

  /** Whether the batch has nothing left to do for its content: it is analysed, or cannot be. */
  boolean isSettled() {
    return analyzed || failure != null;
  }

  void reset(FileEntry file, Path where) {
    entry = file;
    path = where;
    offset = 0;
    length = 0;
    oversize = false;
    content = null;
    failure = null;
    analyzed = false;
  }

  FileEntry entry() { return Objects.requireNonNull(entry); }

  Path path() { return Objects.requireNonNull(path); }
}
