package dev.midifleet.worker.read;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * Brings whole files into native memory, and says why when it cannot. A loaded file lies in its slab like this:
 *
 * <pre>
 * at (a multiple of 64)          at + size                at + footprint(size)
 * |  the bytes of the file       |  64 to 127 bytes of 0  |  the next file
 * </pre>
 *
 * <p>The zeros let a parser load 8 or 64 bytes at a time without asking where the file ends.
 *
 * <p>A mapped file is always copied out of its mapping: {@link MemorySegment#copy} answers with an {@link InternalError}
 * when the file was truncated meanwhile, while a vector load from such a mapping ends the JVM, and a mapping has no room
 * for the zeros.
 *
 * <p>Size and time are compared before and after: a file that changes under the reader is a
 * {@link FailureKind#CHANGED_WHILE_READ}. A change that keeps the size within one tick of the file system's clock (up to
 * 10 ms) cannot be seen.
 *
 * <p>Whether a name belongs to a pipe, a socket or a device is asked before it is opened; Java cannot open without waiting,
 * nor ask what it has opened. Who replaces a file by a pipe in the instant between the two holds up the reading thread until
 * somebody opens the pipe to write, or the worker is ended: those who can write to a library are trusted that far.
 *
 * <p>Stateless, for any number of threads; but platform threads only, because reading blocks the carrier of a virtual one.
 */
public final class FileLoader {
  /** Files begin at multiples of this in a slab. */
  public static final long ALIGNMENT_BYTES = 64;
  /** The least number of zeros behind a file. */
  public static final long SLACK_BYTES = 64;
  /** The answer of {@link #load(Path, LibraryBounds, MemorySegment, Place)} for a file that has no place. */
  public static final long NO_ROOM = -1;

  /** How the JDK ends what it says of ELOOP, in every language of the system. */
  private static final String LINK_LOOP = "unable to access attributes of symbolic link";

  private final ReadMode mode;
  private final long mapMinBytes;
  private final long fileBytesMax;
  private final ReadAhead readAhead;
  private final Probe probe;

  /** Called between the opening of a file and its reading, where tests change the file. */
  @FunctionalInterface
  interface Probe {
    void opened(Path file) throws IOException;
  }

  /** Says where in a slab a file is to lie, once its size is known. */
  @FunctionalInterface
  public interface Place {
    /**
     * @param bytes
     *          the file's {@link #footprint}
     * @return a multiple of {@link #ALIGNMENT_BYTES} from where on so many bytes may be written, or {@link #NO_ROOM}
     */
    long claim(long bytes);
  }

  /** A loader as {@link Setting#READ}, {@link Setting#MAP_MIN_BYTES} and {@link Setting#FILE_BYTES_MAX} say. */
  public FileLoader(Settings settings) {
    this(ReadMode.valueOf(settings.text(Setting.READ).toUpperCase(Locale.ROOT)), settings.number(Setting.MAP_MIN_BYTES),
        settings.number(Setting.FILE_BYTES_MAX), new ReadAhead(settings), file -> {});
  }

  FileLoader(ReadMode mode, long mapMinBytes, long fileBytesMax, ReadAhead readAhead, Probe probe) {
    this.mode = mode;
    this.mapMinBytes = mapMinBytes;
    this.fileBytesMax = fileBytesMax;
    this.readAhead = readAhead;
    this.probe = probe;
  }

  /** Knows whether this loader's reads are slow. */
  public ReadAhead readAhead() { return readAhead; }

  /** Bytes of a slab that a file of this size takes: with its zeros, rounded up to the next file's start. */
  public static long footprint(long sizeBytes) {
    return (sizeBytes + SLACK_BYTES + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
  }

  /**
   * Loads a file into a slab that the caller owns.
   *
   * @param bounds
   *          of its library
   * @param slab
   *          native memory
   * @param place
   *          asked once, with the size that the file has now
   * @return the size of the file in bytes, at least 1; or {@link #NO_ROOM}, with the slab untouched, if there is no place
   *         for it
   * @throws FileFailure
   *           EMPTY, TOO_LARGE, MISSING, UNREADABLE, OUTSIDE_LIBRARY or CHANGED_WHILE_READ; the place may have been written to
   */
  public long load(Path file, LibraryBounds bounds, MemorySegment slab, Place place) throws FileFailure {
    long begin = System.nanoTime();
    BasicFileAttributes found = look(file, bounds);
    long at = place.claim(footprint(found.size()));
    if (at == NO_ROOM) return NO_ROOM;
    fill(file, found, slab, at);
    readAhead.took(System.nanoTime() - begin, found.size());
    return found.size();
  }

  /**
   * Loads a file of any accepted size to the start of a buffer, which grows as needed.
   *
   * @return the size of the file in bytes, at least 1
   * @throws FileFailure
   *           EMPTY, TOO_LARGE, MISSING, UNREADABLE, OUTSIDE_LIBRARY or CHANGED_WHILE_READ
   */
  public long load(Path file, LibraryBounds bounds, FileBuffer buffer) throws FileFailure {
    BasicFileAttributes found = look(file, bounds);
    buffer.ensure(footprint(found.size()));
    fill(file, found, buffer.segment(), 0);
    return found.size();
  }

  private BasicFileAttributes look(Path file, LibraryBounds bounds) throws FileFailure {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      bounds.requireInside(file, found.isSymbolicLink());
      if (found.isSymbolicLink()) {
        found = Files.readAttributes(file, BasicFileAttributes.class);
      }
    } catch (IOException e) {
      throw failureOf(file, e);
    }
    if (!found.isRegularFile()) {
      // Asked before the file is opened: opening a pipe waits until someone writes to it.
      throw failure(FailureKind.UNREADABLE,
          found.isDirectory() ? "it is a folder, not a file" : "it is a pipe, a socket or a device, not a file");
    }
    if (found.size() == 0) throw failure(FailureKind.EMPTY, "it has 0 bytes");
    if (found.size() > fileBytesMax) {
      throw failure(FailureKind.TOO_LARGE,
          "it has " + found.size() + " bytes; " + Setting.FILE_BYTES_MAX.variable() + " is " + fileBytesMax);
    }
    return found;
  }

  private void fill(Path file, BasicFileAttributes found, MemorySegment slab, long at) throws FileFailure {
    long size = found.size();
    boolean mapped = mode == ReadMode.MAP || (mode == ReadMode.AUTO && size >= mapMinBytes);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      probe.opened(file);
      long count = mapped ? copyMapped(channel, slab, at, size) : read(channel, slab, at, size);
      if (count < size) throw changed("it ended after " + count + " of " + size + " bytes");
      requireUnchanged(found, Files.readAttributes(file, BasicFileAttributes.class));
    } catch (ClosedByInterruptException e) {
      throw new IllegalStateException("a thread that reads files was interrupted", e);
    } catch (IOException e) {
      throw failureOf(file, e);
    } catch (InternalError e) {
      if (!mapped) throw e;
      throw changed("it was truncated while its " + size + " bytes were copied");
    }
    slab.asSlice(at + size, footprint(size) - size).fill((byte) 0);
  }

  private static long read(FileChannel channel, MemorySegment slab, long at, long size) throws IOException {
    ByteBuffer target = slab.asSlice(at, size).asByteBuffer();
    while (target.hasRemaining()) {
      if (channel.read(target) < 0) break;
    }
    return target.position();
  }

  private static long copyMapped(FileChannel channel, MemorySegment slab, long at, long size) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapping = channel.map(MapMode.READ_ONLY, 0, size, arena);
      MemorySegment.copy(mapping, 0, slab, at, size);
      return size;
    } catch (IOException _) {
      // Not every file system can map, and a file that was truncated meanwhile cannot be mapped to its former size.
      return read(channel, slab, at, size);
    }
  }

  private static void requireUnchanged(BasicFileAttributes before, BasicFileAttributes after) throws FileFailure {
    if (after.size() != before.size()) {
      throw changed("it had " + before.size() + " bytes before it was read and " + after.size() + " after");
    }
    if (!after.lastModifiedTime().equals(before.lastModifiedTime())) {
      throw changed("it was written to while it was read");
    }
  }

  private static FileFailure failureOf(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> failure(FailureKind.MISSING,
          Files.isSymbolicLink(file) ? "it is a link that leads nowhere" : "there is no such file");
      case AccessDeniedException _ -> failure(FailureKind.UNREADABLE, "this user may not read it");
      case FileSystemException f when f.getReason() != null && f.getReason().endsWith(LINK_LOOP) -> failure(
          FailureKind.UNREADABLE, "its links lead in a loop, or through more than the system follows");
      case FileSystemException f when f.getReason() != null -> failure(FailureKind.UNREADABLE, f.getReason());
      default -> failure(FailureKind.UNREADABLE, "reading it failed: " + e.getMessage());
    };
  }

  private static FileFailure changed(String reason) { return failure(FailureKind.CHANGED_WHILE_READ, reason); }

  private static FileFailure failure(FailureKind kind, String reason) {
    return new FileFailure(kind, FileFailure.NO_OFFSET, reason);
  }
}
