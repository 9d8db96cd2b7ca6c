package dev.midifleet.bench.ablation;

import dev.midifleet.bench.ReadSet;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.parse.ContentHash;
import dev.midifleet.worker.read.FileBuffer;
import dev.midifleet.worker.read.FileLoader;
import dev.midifleet.worker.read.LibraryBounds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Ways to bring the bytes of files to the one who hashes them. */
final class ReadTasks {
  private ReadTasks() {}

  /** The product's. */
  static Chore.Task pooled(List<Path> files) {
    var loader = new FileLoader(Settings.of(Map.of()));
    @SuppressWarnings("resource") // for as long as this process lives
    var buffer = new FileBuffer();
    var contentHash = new ContentHash();
    return hashed(files, file -> {
      // In this order: a large file gets another segment.
      long size = loader.load(file, LibraryBounds.NONE, buffer);
      return contentHash.of(buffer.segment(), 0, size);
    });
  }

  /** A mapping of its own for each file, hashed in place. */
  static Chore.Task mapped(List<Path> files) {
    var contentHash = new ContentHash();
    return hashed(files, file -> ReadSet.mapped(file, contentHash));
  }

  /** The product's read, but into a new buffer for each file. */
  static Chore.Task fresh(List<Path> files) {
    var loader = new FileLoader(Settings.of(Map.of()));
    var contentHash = new ContentHash();
    return hashed(files, file -> {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocate(FileLoader.footprint(Files.size(file)), FileLoader.ALIGNMENT_BYTES);
        return contentHash.of(bytes, 0, loader.load(file, LibraryBounds.NONE, bytes, _ -> 0));
      }
    });
  }

  /** Each half of the files by a thread of its own. */
  static Chore.Task byTwo(List<Path> files, Function<List<Path>, Chore.Task> way) {
    Chore.Task first = way.apply(files.subList(0, files.size() / 2));
    Chore.Task second = way.apply(files.subList(files.size() / 2, files.size()));
    return () -> {
      var other = CompletableFuture.supplyAsync(() -> {
        try {
          return second.walk();
        } catch (IOException | FileFailure | SQLException e) {
          throw new CompletionException(e);
        }
      });
      return first.walk() ^ other.join();
    };
  }

  @FunctionalInterface
  private interface Hash {
    UUID of(Path file) throws IOException, FileFailure;
  }

  private static Chore.Task hashed(List<Path> files, Hash hash) {
    return () -> {
      long sum = 0;
      for (Path file : files) {
        sum ^= hash.of(file).getLeastSignificantBits();
      }
      return sum;
    };
  }
}
