package dev.midifleet.producer.query;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link DuplicateGroup}.
 *
 * @param isKept
 *          the one to keep: of the best quality, then the largest, then no symbolic link, then the first that was found
 * @param isLink
 *          whether deleting it frees nothing: a symbolic link, or another name of a file that comes before it in the group
 * @param similarity
 *          to the one to keep, 0 to 1: the share of equal values in their sketches; null where that says nothing, which is
 *          where both are the same by the group's kind
 */
public record DuplicateFile(String library, String path, long sizeBytes, UUID contentHash, boolean isKept,
    boolean isLink, @Nullable Double similarity) {}
