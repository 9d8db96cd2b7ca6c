package dev.midifleet.worker.read;

import dev.midifleet.common.catalog.StoredPath;
import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Tells the system which files are read soon, by {@code posix_fadvise} (POSIX.1-2001) with {@code POSIX_FADV_WILLNEED}: it
 * begins to read them and does not wait, so that a disk works on many at once. Opening a file waits for its inode all the same.
 *
 * <p>It costs some microseconds a file, and gives nothing where files are in the system's cache. So it is done only where reading
 * has been slow, for a while, and then looked at again: what was asked for comes quickly, whether or not that was needed.
 *
 * <p>For any number of threads. Where the system has no such call, nothing is ever told.
 */
public final class ReadAhead {
  /** A read that takes longer than this waited for something that is not a processor. */
  private static final long SLOW_NANOS = 100_000;
  /** So many bytes a nanosecond come out of the cache at the least. */
  private static final int CACHED_BYTES_A_NANO = 2;
  /** Of the latest 32 reads. */
  private static final int SLOW_MIN = 16;
  /** Files that are told of until it is looked at again whether reads are slow. */
  private static final int SPELL = 1000;

  private static final int WILL_NEED = 3;
  private static final long FROM_THE_START = 0;
  private static final long TO_THE_END = 0;
  /** O_RDONLY, O_NONBLOCK and O_CLOEXEC: whatever a name has become, nothing waits for it. */
  private static final int OPEN_FLAGS = 0x800 | 0x80000;
  /** O_NOFOLLOW: where a link leads is asked before it is read, and not here. */
  private static final Map<String, Integer> NO_FOLLOW = Map.of("amd64", 0x20000, "aarch64", 0x8000);

  private final int files;
  /** A bit for each of the latest reads: whether it was slow. */
  private int history;
  private int left;
  private final LongAdder advised = new LongAdder();

  /** As {@link Setting#READ_AHEAD} says. */
  public ReadAhead(Settings settings) {
    this(settings.integer(Setting.READ_AHEAD));
  }

  /**
   * @param files
   *          how many files before it is read the system is told of one; 0: never
   */
  public ReadAhead(int files) { this.files = files; }

  /** How many files before it is read the system is told of one. */
  public int files() { return files; }

  /** How many files the system was told of. */
  public long advised() { return advised.sum(); }

  /** Whether reads have been slow of late. */
  public synchronized boolean isWorthIt() { return left > 0; }

  /**
   * Tells how long a file took to come.
   *
   * @param nanos
   *          from the first look at it to its last byte
   */
  public synchronized void took(long nanos, long bytes) {
    if (left > 0) {
      left--;
      return;
    }
    history = history << 1 | (nanos > SLOW_NANOS + bytes / CACHED_BYTES_A_NANO ? 1 : 0);
    if (files > 0 && Integer.bitCount(history) >= SLOW_MIN) {
      history = 0;
      left = SPELL;
    }
  }

  /**
   * Tells the system of a file.
   *
   * @return whether it took the advice; what cannot be opened is left to who reads it
   */
  public boolean advise(Path file) {
    Calls calls = Calls.SYSTEM;
    if (calls == null) return false;
    byte[] name = StoredPath.toBytes(file);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(name.length + 1L);
      MemorySegment.copy(name, 0, text, ValueLayout.JAVA_BYTE, 0, name.length);
      int descriptor = (int) calls.open.invokeExact(text, calls.flags);
      if (descriptor < 0) return false;
      int answer = (int) calls.advise.invokeExact(descriptor, FROM_THE_START, TO_THE_END, WILL_NEED);
      int closed = (int) calls.close.invokeExact(descriptor);
      if (answer != 0 || closed != 0) return false;
      advised.increment();
      return true;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the system could not be made", e);
    }
  }

  /** The calls of this system, looked for when the first file is slow. */
  private record Calls(MethodHandle open, MethodHandle advise, MethodHandle close, int flags) {
    static final @Nullable Calls SYSTEM = find();

    private static @Nullable Calls find() {
      Integer noFollow = NO_FOLLOW.get(System.getProperty("os.arch"));
      // Asked first: a system that is not in the table may have no linker either, and a hint must not cost a batch.
      if (noFollow == null) return null;
      var names = Linker.nativeLinker().defaultLookup();
      if (names.find("posix_fadvise").isEmpty()) return null;
      return new Calls(
          handle(names.findOrThrow("open"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT), Linker.Option.firstVariadicArg(2)),
          handle(names.findOrThrow("posix_fadvise"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT)),
          handle(names.findOrThrow("close"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)),
          OPEN_FLAGS | noFollow);
    }

    @SuppressWarnings("restricted") // the JVM's flags allow native access
    private static MethodHandle handle(MemorySegment address, FunctionDescriptor type, Linker.Option... options) {
      return Linker.nativeLinker().downcallHandle(address, type, options);
    }
  }
}
