package dev.midifleet.common.catalog;

/**
 * A registered file.
 *
 * @param id
 *          {@code files.id}
 * @param path
 *          relative to its library, as {@link StoredPath} writes it
 * @param sizeBytes
 *          when it was registered
 */
public record FileEntry(long id, String path, long sizeBytes) {}
