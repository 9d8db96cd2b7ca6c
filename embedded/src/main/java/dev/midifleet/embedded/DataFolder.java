package dev.midifleet.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A data folder that this process alone holds until it is closed. In it:
 *
 * <pre>
 * postgres/        the cluster, mode 0700, of the user that the server runs as
 * postgres.log     what the server says; .1 is the one before
 * password         of the database's owner, mode 0600
 * midifleet.lock   held while a midifleet has the folder; says which
 * </pre>
 */
final class DataFolder implements AutoCloseable {
  static final long LOG_BYTES_MAX = 8L << 20;

  private static final int PASSWORD_BYTES = 24;
  private static final Set<PosixFilePermission> OPEN_FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> SECRET_FILE = PosixFilePermissions.fromString("rw-------");

  /** Folders held by this process: closing a second channel to a lock's file would give the first one's lock away. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel lockChannel;

  private DataFolder(Path folder, FileChannel lockChannel) {
    this.folder = folder;
    this.lockChannel = lockChannel;
  }

  /**
   * Makes the folder where it is absent, and takes it.
   *
   * @throws EmbeddedPostgresException
   *           when another midifleet has it
   * @throws IOException
   *           when it cannot be written
   */
  static DataFolder take(Path folder) throws IOException {
    createFolder(folder.toAbsolutePath());
    var real = folder.toRealPath();
    if (!HELD.add(real)) throw inUse(real, ProcessHandle.current().pid() + ", which is this one");
    FileChannel channel = null;
    try {
      channel = FileChannel.open(real.resolve("midifleet.lock"),
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(SECRET_FILE));
      if (channel.tryLock() == null) throw inUse(real, holder(channel));
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + " on " + hostName() + "\n")
          .getBytes(StandardCharsets.UTF_8)));
      return new DataFolder(real, channel);
    } catch (IOException | RuntimeException e) {
      release(real, channel);
      throw e;
    }
  }

  private static EmbeddedPostgresException inUse(Path folder, String holder) {
    return new EmbeddedPostgresException("the data folder " + folder + " is in use by another midifleet, process "
        + holder + ": wait for it or end it, or choose another data folder with --data");
  }

  private static String holder(FileChannel channel) throws IOException {
    var buffer = ByteBuffer.allocate(512);
    channel.read(buffer, 0);
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).strip();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this host";
    }
  }

  Path folder() { return folder; }

  Path cluster() { return folder.resolve("postgres"); }

  Path log() { return folder.resolve("postgres.log"); }

  /** The log, ready to be appended to: one that has grown large makes room. */
  Path openLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
      Files.move(log(), folder.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
    createSecret(log());
    return log();
  }

  /** Reads the password of a cluster that exists. */
  static String readPassword(Path folder) throws IOException {
    return Files.readString(folder.resolve("password")).strip();
  }

  /** Makes a password and keeps it, for a cluster that is about to be made. */
  String newPassword() throws IOException {
    var bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    var password = Base64.getUrlEncoder().encodeToString(bytes);
    var file = folder.resolve("password");
    Files.deleteIfExists(file);
    writeSecret(file, password);
    return password;
  }

  /** Writes a file that only its owner may read, through to the disk. */
  static void writeSecret(Path file, String text) throws IOException {
    createSecret(file);
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
  }

  private static void createSecret(Path file) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(SECRET_FILE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file)) throw e;
    }
  }

  /** Makes a folder and those above it; what it makes can be entered by every user, whatever the umask. */
  static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) return;
    if (folder.getParent() != null) {
      createFolder(folder.getParent());
    }
    try {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, OPEN_FOLDER);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) throw e;
    }
  }

  /** Gives the folder back. */
  @Override
  public void close() throws IOException { release(folder, lockChannel); }

  private static void release(Path folder, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(folder);
    }
  }
}
