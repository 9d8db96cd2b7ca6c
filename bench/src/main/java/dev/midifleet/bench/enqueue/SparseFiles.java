package dev.midifleet.bench.enqueue;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Many files that take no room: each has a size as MIDI files have them, and no block on the disk. A thousand a folder,
 * with names of 30 bytes below the library.
 */
final class SparseFiles {
  private static final int FILES_A_FOLDER = 1_000;
  private static final int TOLD_EVERY = 100;
  private static final int SIZE_MIN = 2_000;
  private static final int SIZES = 48_000;

  private SparseFiles() {}

  /** Makes them below a folder, which is made too. */
  static void make(Path folder, int files, PrintStream progress) throws IOException {
    int folders = Math.ceilDiv(files, FILES_A_FOLDER);
    Files.createDirectories(folder);
    try {
      IntStream.range(0, folders).parallel().forEach(number -> {
        makeFolder(folder.resolve("collection-%04d".formatted(number)),
            Math.min(FILES_A_FOLDER, files - number * FILES_A_FOLDER));
        if (number % TOLD_EVERY == 0) {
          progress.println("bench: making files, folder " + number + " of " + folders);
        }
      });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void makeFolder(Path folder, int files) {
    try {
      Files.createDirectory(folder);
      for (int i = 0; i < files; i++) {
        int size = SIZE_MIN + i * 7919 % SIZES;
        try (var file = new RandomAccessFile(folder.resolve("song-%04d.mid".formatted(i)).toFile(), "rw")) {
          file.setLength(size);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
