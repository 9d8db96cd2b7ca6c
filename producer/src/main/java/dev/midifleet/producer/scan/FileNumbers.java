package dev.midifleet.producer.scan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tells a file from all others on this host.
 *
 * <p>The view "unix" gives both numbers, and takes longer for it than all the rest of a look at a file. The key that comes
 * with the plain attributes has them too, but only as the text {@code (dev=HEX,ino=DECIMAL)}, which nobody has promised:
 * whether it is that, and says the same as the view, is asked of a folder before it is relied on.
 */
record FileNumbers(long device, long inode) {
  private static final String VIEW = "unix:dev,ino";
  private static final String DEVICE = "(dev=";
  private static final String INODE = ",ino=";
  private static final int HEX = 16;

  /** How the numbers of a file are learned that was just looked at. */
  @FunctionalInterface
  interface Source {
    /**
     * @param file
     *          where the attributes are of; they are those of what a link leads to
     */
    FileNumbers of(Path file, BasicFileAttributes attributes) throws IOException;
  }

  /** The fastest way that is right for files in or below this folder. */
  static Source source(Path folder) {
    try {
      var attributes = Files.readAttributes(folder, BasicFileAttributes.class);
      FileNumbers read = ofKey(String.valueOf(attributes.fileKey()));
      if (read != null && read.equals(ofFolder(folder))) return FileNumbers::ofKeyOrView;
    } catch (IOException _) {
      // The walk itself will say so.
    }
    return (file, _) -> ofView(file);
  }

  private static FileNumbers ofKeyOrView(Path file, BasicFileAttributes attributes) throws IOException {
    FileNumbers read = ofKey(String.valueOf(attributes.fileKey()));
    return read != null ? read : ofView(file);
  }

  /** Null where it cannot be looked at. */
  static @Nullable FileNumbers ofFolder(Path folder) {
    try {
      return ofView(folder);
    } catch (IOException _) {
      return null;
    }
  }

  private static FileNumbers ofView(Path file) throws IOException {
    Map<String, Object> numbers = Files.readAttributes(file, VIEW);
    return new FileNumbers(number(numbers, "dev"), number(numbers, "ino"));
  }

  private static long number(Map<String, Object> numbers, String name) {
    return numbers.get(name) instanceof Number number ? number.longValue() : 0;
  }

  /** The numbers in the text of a key; null where it has another form. */
  static @Nullable FileNumbers ofKey(String key) {
    int comma = key.indexOf(INODE);
    if (comma < 0 || !key.startsWith(DEVICE) || !key.endsWith(")")) return null;
    try {
      return new FileNumbers(Long.parseUnsignedLong(key, DEVICE.length(), comma, HEX),
          Long.parseUnsignedLong(key, comma + INODE.length(), key.length() - 1, 10));
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
