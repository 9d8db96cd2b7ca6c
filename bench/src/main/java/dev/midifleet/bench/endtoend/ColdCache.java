package dev.midifleet.bench.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The system's cache of files, emptied (proc(5): drop_caches). */
public final class ColdCache {
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
  private static final long FLUSH_SECONDS = 60;

  private ColdCache() {}

  /**
   * Makes the system forget all files, folders and inodes.
   *
   * @throws IllegalStateException
   *           where this user may not
   */
  public static void drop() throws IOException, InterruptedException {
    if (!Files.isWritable(DROP_CACHES)) {
      throw new IllegalStateException(
          DROP_CACHES + " may not be written: nothing cold can be measured by this user here");
    }
    // What is not written back yet would stay in the cache.
    var flush = new ProcessBuilder("sync").inheritIO().start();
    if (!flush.waitFor(FLUSH_SECONDS, TimeUnit.SECONDS)) {
      flush.destroyForcibly();
      throw new IllegalStateException("sync did not end within " + FLUSH_SECONDS + " s");
    }
    Files.writeString(DROP_CACHES, "3");
  }
}
