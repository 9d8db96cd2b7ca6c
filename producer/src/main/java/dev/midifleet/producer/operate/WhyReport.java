package dev.midifleet.producer.operate;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the rows know of one file.
 *
 * @param file
 *          {@code files.id}
 * @param path
 *          below the library, as {@link dev.midifleet.common.catalog.StoredPath} writes it
 * @param status
 *          {@code new}, {@code queued}, {@code done}, {@code dead} or {@code dropped}
 * @param contentHash
 *          of its bytes when it was analysed; null where it was not
 * @param modifiedAt
 *          when it was found, like its size
 * @param batches
 *          all that it was ever in, in their order
 * @param failures
 *          tries that failed and were followed by another, in their order
 * @param dead
 *          its dead letter, also while it is being tried again; null where there is none
 * @param next
 *          what will happen to it, a sentence for people
 */
public record WhyReport(long file, String library, String path, String status, @Nullable UUID contentHash,
    long sizeBytes,
    Instant modifiedAt, @Nullable Instant analyzedAt, List<Step> batches, List<Failure> failures,
    @Nullable DeadFile dead, String next) {

  /**
   * A try that was not the last.
   *
   * @param byteOffset
   *          the place in the file; null where the failure has none
   * @param host
   *          of the worker; null where it is not known any more
   */
  public record Failure(long batch, String kind, String reason, @Nullable Long byteOffset, @Nullable String host,
      Instant failedAt) {}

  /**
   * A batch that the file is or was in.
   *
   * @param isOwner
   *          whether the file belongs to it still
   * @param host
   *          of the worker that had it last; null where none had
   * @param isWorkerAlive
   *          whether that worker was seen in the last 30 s
   * @param outcome
   *          {@code done}, {@code split} or {@code cancelled}; null while it is open
   */
  public record Step(long batch, UUID run, String lane, int attempt, int files, Instant dueAt, int publications,
      @Nullable Instant publishedAt, int taken, int crashes, @Nullable UUID worker, @Nullable String host,
      @Nullable Long pid, boolean isWorkerAlive, @Nullable String outcome, @Nullable Instant committedAt,
      boolean isOwner) {

    boolean isOpen() { return committedAt == null; }
  }
}
