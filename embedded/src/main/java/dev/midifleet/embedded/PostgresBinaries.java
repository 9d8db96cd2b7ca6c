package dev.midifleet.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path (60 MB) into a folder
 * that carries their version. Processes that unpack at the same time wait for one another; a folder of that name is
 * always whole.
 *
 * @param folder
 *          holds {@code bin}, {@code lib} and {@code share}
 * @param version
 *          such as {@code 18.6.0}
 */
record PostgresBinaries(Path folder, String version) {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
  private static final int EXECUTABLE = 0100;

  /** The first number of {@link #version()}, which the cluster's format depends on. */
  int major() {
    return Integer.parseInt(version.substring(0, version.indexOf('.')));
  }

  String program(String name) { return folder.resolve("bin").resolve(name).toString(); }

  /**
   * Unpacks what is not there yet.
   *
   * @param parent
   *          is made where it is absent
   * @throws EmbeddedPostgresException
   *           when there are no binaries for this machine
   * @throws IOException
   *           when the folder cannot be written
   */
  static synchronized PostgresBinaries unpackInto(Path parent) throws IOException, InterruptedException {
    var version = bundledVersion();
    var folder = parent.resolve("postgresql-" + version + "-" + architecture());
    if (!Files.isDirectory(folder)) {
      DataFolder.createFolder(parent);
      try (var channel = FileChannel.open(parent.resolve(".unpacking.lock"), StandardOpenOption.CREATE,
          StandardOpenOption.WRITE); var lock = channel.lock()) {
        if (lock.isValid() && !Files.isDirectory(folder)) {
          unpackWhole(folder);
        }
      }
    }
    return new PostgresBinaries(folder.toRealPath(), version);
  }

  private static void unpackWhole(Path folder) throws IOException, InterruptedException {
    LOG.info("unpacking PostgreSQL into {}", folder);
    var partial = folder.resolveSibling(folder.getFileName() + ".partial");
    FolderTree.delete(partial);
    try (var archive = PostgresBinaries.class.getResourceAsStream("/postgres-linux-" + architecture() + ".txz")) {
      if (archive == null) throw unsupported();
      unpack(archive, partial);
      // All at once: a power failure must not leave a folder of empty files behind the final name.
      Command.run(List.of("sync", "-f", partial.toString()), "");
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      FolderTree.delete(partial);
      throw e;
    }
  }

  private static void unpack(InputStream archive, Path target) throws IOException {
    DataFolder.createFolder(target);
    try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        var file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target))
          throw new IOException("the archive has an entry outside of it: " + entry.getName());
        if (entry.isDirectory()) {
          DataFolder.createFolder(file);
        } else if (isNeeded(file)) {
          DataFolder.createFolder(Objects.requireNonNull(file.getParent()));
          unpackFile(tar, entry, file);
        }
      }
    }
  }

  private static void unpackFile(InputStream content, TarArchiveEntry entry, Path file) throws IOException {
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, file);
    // Whatever the umask: as root, another user runs them.
    var mode = (entry.getMode() & EXECUTABLE) != 0 ? "rwxr-xr-x" : "rw-r--r--";
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static boolean isNeeded(Path file) {
    return !file.toString().endsWith(".a") && !file.toString().endsWith(".pc");
  }

  private static String architecture() {
    var linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    return switch (linux ? System.getProperty("os.arch", "") : "") {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64" -> "arm_64";
      default -> throw unsupported();
    };
  }

  private static EmbeddedPostgresException unsupported() {
    return new EmbeddedPostgresException(
        "there is an embedded PostgreSQL for Linux on amd64 and arm64 only, and this is "
            + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
            + ": use a PostgreSQL server of your own, through MIDIFLEET_DATABASE_URL");
  }

  private static String bundledVersion() throws IOException {
    try (var stream = PostgresBinaries.class.getResourceAsStream("postgres.properties")) {
      var properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version");
    }
  }
}
