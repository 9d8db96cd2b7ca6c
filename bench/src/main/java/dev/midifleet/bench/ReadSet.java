package dev.midifleet.bench;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.embedded.FolderTree;
import dev.midifleet.worker.parse.ContentHash;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.LibraryBounds;
import dev.midifleet.worker.read.ReadAhead;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Files of one size on disk, and the ways to bring their bytes where they can be hashed, which is a walk over each byte. */
public final class ReadSet implements AutoCloseable {
  private static final long SEED = 3;
  /** So many files before it is read the system is told of a file. */
  private static final int AHEAD = 16;
  private static final int THREADS = 4;

  private final Path folder;
  private final List<Path> files = new ArrayList<>();
  private final FileBuffer buffer = new FileBuffer();
  private final ContentHash contentHash = new ContentHash();
  private final FileLoader reading = loader("buffer");
  private final FileLoader mapping = loader("map");
  private final ReadAhead readAhead = new ReadAhead(AHEAD);

  /** How a file comes to the one who hashes it. */
  public enum Way {
    /** The product's read into a buffer that is used again. */
    POOLED,
    /** The product's mapping into a confined arena, copied into that buffer. */
    MAP_AND_COPY,
    /** The mapping hashed where it lies: not safe where files may be truncated meanwhile. */
    MAP_IN_PLACE,
    /** As the first, and the system is told of each file some files before it is read. */
    ADVISED,
    /** As the first, by four threads that take the next file each, as the product's readers do. */
    THREADS
  }

  /** Writes so many files of so many random bytes below the folder for temporary files. */
  ReadSet(int count, int bytes) throws IOException {
    folder = Files.createTempDirectory("midifleet-bench-read-");
    var random = new Random(SEED);
    byte[] content = new byte[bytes];
    for (int i = 0; i < count; i++) {
      random.nextBytes(content);
      files.add(Files.write(folder.resolve(i + ".mid"), content));
    }
  }

  private static FileLoader loader(String mode) {
    return new FileLoader(Settings.of(Map.of()).with(Setting.READ, mode));
  }

  int count() { return files.size(); }

  /** Loads and hashes all files; the same number for each way. */
  long hashes(Way way) throws IOException, FileFailure {
    if (way == Way.THREADS) return byThreads();
    long all = 0;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      if (way == Way.ADVISED) {
        advise(i);
      }
      UUID hash = switch (way) {
        case MAP_AND_COPY -> loaded(mapping, file);
        case MAP_IN_PLACE -> mapped(file, contentHash);
        default -> loaded(reading, file);
      };
      all ^= hash.getLeastSignificantBits();
    }
    return all;
  }

  private void advise(int index) {
    int from = index == 0 ? 1 : index + AHEAD;
    for (int i = from; i < Math.min(index + AHEAD + 1, files.size()); i++) {
      if (!readAhead.advise(files.get(i))) throw new IllegalStateException("no advice for " + files.get(i));
    }
  }

  private long byThreads() {
    var next = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Long>> sums = Collections.nCopies(THREADS, 0).stream().map(_ -> threads.submit(() -> sumOfRest(next)))
          .toList();
      long all = 0;
      for (Future<Long> sum : sums) {
        all ^= sum.get();
      }
      return all;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("a thread that reads ended early", e);
    }
  }

  private long sumOfRest(AtomicInteger next) throws FileFailure {
    long all = 0;
    var hash = new ContentHash();
    try (var own = new FileBuffer()) {
      for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
        long size = reading.load(files.get(i), LibraryBounds.NONE, own);
        all ^= hash.of(own.segment(), 0, size).getLeastSignificantBits();
      }
    }
    return all;
  }

  private UUID loaded(FileLoader loader, Path file) throws FileFailure {
    // In this order: a large file gets another segment.
    long size = loader.load(file, LibraryBounds.NONE, buffer);
    return contentHash.of(buffer.segment(), 0, size);
  }

  /** Hashes a file in a mapping of its own. */
  public static UUID mapped(Path file, ContentHash contentHash) throws IOException {
    try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      MemorySegment mapping = channel.map(MapMode.READ_ONLY, 0, size, arena);
      return contentHash.of(mapping, 0, size);
    }
  }

  @Override
  public void close() throws IOException {
    buffer.close();
    FolderTree.delete(folder);
  }
}
