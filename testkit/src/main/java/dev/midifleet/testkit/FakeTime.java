package dev.midifleet.testkit;

import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A clock that jumps, for processes that are started with its environment: libfaketime from Debian's or Ubuntu's package,
 * unpacked and not installed. What measures durations (the monotonic clock) is left as it is, as when somebody sets the
 * clock of a machine.
 */
public final class FakeTime {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String LIBRARY = "libfaketimeMT.so.1";

  private final Path library;
  private final Path offset;

  private FakeTime(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /**
   * Makes one that is right at first.
   *
   * @param folder
   *          which all processes that use it may enter
   * @throws IllegalStateException
   *           when the package cannot be had
   */
  public static FakeTime in(Path folder) {
    try {
      Path cache = Files.createDirectories(CacheFolder.find().resolve("faketime"));
      Path kept = cache.resolve(LIBRARY);
      if (!Files.exists(kept)) {
        fetch(cache, kept);
      }
      Path library = Files.copy(kept, folder.resolve(LIBRARY), StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
      var time = new FakeTime(library, folder.resolve("clock-offset"));
      time.jump(Duration.ZERO);
      Files.setPosixFilePermissions(time.offset, PosixFilePermissions.fromString("rw-r--r--"));
      return time;
    } catch (IOException e) {
      throw new IllegalStateException("libfaketime cannot be had from the packages of this machine: " + e.getMessage(),
          e);
    }
  }

  private static void fetch(Path cache, Path kept) throws IOException {
    Path work = Files.createTempDirectory(cache, "unpack");
    try {
      Commands.run(work, Map.of(), LIMIT,
          List.of("apt-get", "-q", "-o", "APT::Sandbox::User=", "download", "libfaketime"));
      try (var packages = Files.newDirectoryStream(work, "*.deb")) {
        for (Path file : packages) {
          Commands.run(work, Map.of(), LIMIT, List.of("dpkg-deb", "-x", file.toString(), work.toString()));
        }
      }
      try (var all = Files.walk(work)) {
        Path found = all.filter(file -> file.endsWith(LIBRARY)).findFirst()
            .orElseThrow(() -> new IOException("the package libfaketime holds no " + LIBRARY));
        Files.move(found, kept, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      FolderTree.delete(work);
    }
  }

  /** The variables that give a process this clock. */
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "FAKETIME_TIMESTAMP_FILE", offset.toString(),
        "FAKETIME_CACHE_DURATION", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1");
  }

  /** Sets the clock: so much after the true time; negative for before. Seen within a second. */
  public void jump(Duration ahead) {
    try {
      Files.writeString(offset, (ahead.isNegative() ? "" : "+") + ahead.toSeconds() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
