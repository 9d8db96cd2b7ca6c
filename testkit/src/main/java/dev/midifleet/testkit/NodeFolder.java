package dev.midifleet.testkit;

import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data of a private node, in a temporary folder whose name holds the process id of its JVM: a JVM that was killed
 * removes nothing, so the next one does.
 *
 * @param path
 *          the folder
 */
record NodeFolder(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFolder.class);
  private static final String PREFIX = "midifleet-rabbit-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,10})-.*");

  static NodeFolder create() throws IOException {
    removeLeftovers();
    return new NodeFolder(Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-"));
  }

  /** What is done when this JVM ends in good order. */
  void onEnd(Runnable action) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("testkit-end").unstarted(action));
  }

  void delete() {
    // A dying node may still write.
    for (int tries = 0; tries < 20; tries++) {
      try {
        FolderTree.delete(path);
        return;
      } catch (IOException e) {
        LOG.debug("cannot delete {} yet: {}", path, e.toString());
        LockSupport.parkNanos(50_000_000);
      }
    }
  }

  private static void removeLeftovers() throws IOException {
    List<Path> folders;
    try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      folders = all.filter(NodeFolder::isLeftover).toList();
    }
    for (Path folder : folders) {
      new NodeFolder(folder).delete();
    }
  }

  private static boolean isLeftover(Path folder) {
    var matcher = NAME.matcher(folder.getFileName().toString());
    return matcher.matches() && Files.isWritable(folder)
        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
  }
}
