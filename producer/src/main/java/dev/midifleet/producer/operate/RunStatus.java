package dev.midifleet.producer.operate;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How one run goes, counted from its batches.
 *
 * @param folder
 *          below the library's location, empty for all of it
 * @param origin
 *          {@code enqueue} or {@code retry}
 * @param filesFound
 *          by the scan
 * @param filesUnchanged
 *          of these, known and as they were
 * @param filesPlanned
 *          in its batches; {@link #bytesPlanned} are theirs
 * @param filesDone
 *          analysed, or copied from a content that was known
 * @param filesCopied
 *          of {@link #filesDone}, those whose content was known
 * @param filesDead
 *          recorded as dead letters
 * @param filesRetried
 *          handed to a later batch of this run, once for each time
 * @param filesQueued
 *          in batches that are not settled
 * @param batches
 *          all of them, followed by those that are open: how many altogether, due and not yet published, waiting for the
 *          time of a retry, published, and of these taken by a worker at least once
 * @param batchesSuspect
 *          open ones of one file each, which was there when a worker died and is tried alone; never published
 */
public record RunStatus(UUID run, String library, String folder, String origin, boolean analyzeKnown, State state,
    Instant startedAt, @Nullable Instant plannedAt, @Nullable Instant cancelledAt, long filesFound, long filesUnchanged,
    long filesPlanned, long bytesPlanned, long filesDone, long filesCopied, long filesDead, long filesRetried,
    long filesQueued, long batches, long batchesOpen, long batchesUnpublished, long batchesDelayed,
    long batchesPublished, long batchesTaken, long batchesSuspect) {

  /** What stage a run is in. */
  public enum State {
    /** Its folder is being scanned or planned; workers may be at it already. */
    PLANNING,
    /** All is planned, and not all is settled. */
    RUNNING,
    /** All is settled. */
    COMPLETE,
    /** Its enqueue ended before all was planned, and a later run of its folder has planned the rest. */
    INTERRUPTED,
    /** Somebody has called it off. */
    CANCELLED
  }

  /** Files that need no more work. */
  public long filesSettled() { return filesDone + filesDead; }

  /** Whether nothing more will happen in it. */
  public boolean isOver() {
    return switch (state) {
      case COMPLETE, CANCELLED -> true;
      case INTERRUPTED -> batchesOpen == 0;
      case PLANNING, RUNNING -> false;
    };
  }
}
