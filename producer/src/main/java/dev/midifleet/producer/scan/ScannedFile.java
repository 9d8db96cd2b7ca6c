package dev.midifleet.producer.scan;

import java.nio.file.Path;

/**
 * A file that a scan has found.
 *
 * @param path
 *          relative to the folder that was scanned
 * @param sizeBytes
 *          0 where the file could not be looked at
 * @param modifiedAtMicros
 *          microseconds since 1970-01-01T00:00Z, within the years 1 to 9999; 0 where the file could not be looked at
 */
public record ScannedFile(Path path, long sizeBytes, long modifiedAtMicros) {}
