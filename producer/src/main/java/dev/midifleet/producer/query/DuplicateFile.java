package dev.midifleet.producer.query;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link DuplicateGroup}.
 *
 * @param isKept
 *          the one to keep: of the best quality, then the largest, then the first that was found
 * @param similarity
 *          to the one to keep, 0 to 1: the share of equal values in their sketches; null where that says nothing, which is
 *          where both are the same by the group's kind
 */
public record DuplicateFile(String library, String path, long sizeBytes, UUID contentHash, boolean isKept,
    @Nullable Double similarity) {}
