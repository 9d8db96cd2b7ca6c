package dev.midifleet.producer.operate;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter: a file that could not be used, and why.
 *
 * @param file
 *          {@code files.id}
 * @param path
 *          below the library, as {@link dev.midifleet.common.catalog.StoredPath} writes it
 * @param kind
 *          a {@link dev.midifleet.common.failure.FailureKind}'s name
 * @param byteOffset
 *          place in the file, from its start; null where it has none
 * @param attempts
 *          tries of the last run that tried it
 */
public record DeadFile(long file, String library, String path, String kind, String reason, @Nullable Long byteOffset,
    int attempts, UUID run, @Nullable UUID worker, Instant firstFailedAt, Instant lastFailedAt) {}
