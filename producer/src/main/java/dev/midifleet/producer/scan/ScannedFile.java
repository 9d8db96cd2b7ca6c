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
 * @param inodeKey
 *          the same for all names of one file below the library's folder, hard and symbolic links alike, and after another
 *          mount too; 0 where the file could not be looked at
 * @param isLink
 *          whether the name is a symbolic link; all else is said of what it leads to
 */
public record ScannedFile(Path path, long sizeBytes, long modifiedAtMicros, long inodeKey, boolean isLink) {
  /**
   * A file that could not be looked at: reading it will say what is wrong with it, if it is new. Of a file that is known
   * nothing follows: the disk may not answer, and what is known of it stays.
   */
  public static ScannedFile unseen(Path path) { return new ScannedFile(path, 0, 0, 0, false); }
}
