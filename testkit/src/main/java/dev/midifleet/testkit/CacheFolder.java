package dev.midifleet.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where this user keeps what is fetched for tests, so that it is fetched once. */
final class CacheFolder {
  private CacheFolder() {}

  /**
   * {@code $MIDIFLEET_TEST_CACHE}, else {@code midifleet} in {@code $XDG_CACHE_HOME}, {@code ~/.cache} or the folder for
   * temporary files: the first that can be written.
   *
   * @throws IOException
   *           when none can be written
   */
  static Path find() throws IOException {
    List<Path> candidates = new ArrayList<>();
    add(candidates, System.getenv("MIDIFLEET_TEST_CACHE"), "");
    add(candidates, System.getenv("XDG_CACHE_HOME"), "midifleet");
    add(candidates, System.getenv("HOME"), ".cache/midifleet");
    add(candidates, System.getProperty("user.home"), ".cache/midifleet");
    add(candidates, System.getProperty("java.io.tmpdir"), "midifleet-cache-" + System.getProperty("user.name"));
    for (Path candidate : candidates) {
      try {
        Files.createDirectories(candidate);
      } catch (IOException e) {
        continue;
      }
      // Another user could have laid programs for us into a shared folder.
      if (Files.isWritable(candidate) && isOwn(candidate)) return candidate;
    }
    throw new IOException("no folder to keep packages in: " + candidates + " cannot be written");
  }

  private static boolean isOwn(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "probe", "");
    try {
      return Files.getOwner(probe).equals(Files.getOwner(folder));
    } finally {
      Files.delete(probe);
    }
  }

  private static void add(List<Path> candidates, @Nullable String base, String below) {
    if (base == null || !base.startsWith("/")) return;
    candidates.add(Path.of(base).resolve(below));
  }
}
