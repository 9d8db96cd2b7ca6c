package dev.midifleet.bench;

import dev.midifleet.worker.parse.SmfParser;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Files in memory: once one after the other in a native segment, as the worker holds them, with the slack that the
 * parser asks for after each; once as arrays.
 */
public final class LoadedCorpus {
  /** The name of the corpus that is made by {@link CorpusGenerator} with seed 1. */
  public static final String GENERATED = "generated";
  private static final long SEED = 1;

  private final List<byte[]> arrays;
  private final MemorySegment bytes;
  private final long[] offsets;

  private LoadedCorpus(List<byte[]> arrays) {
    this.arrays = arrays;
    offsets = new long[arrays.size()];
    long size = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = size;
      size += arrays.get(i).length + SmfParser.SLACK;
    }
    bytes = Arena.ofAuto().allocate(size);
    for (int i = 0; i < offsets.length; i++) {
      MemorySegment.copy(arrays.get(i), 0, bytes, ValueLayout.JAVA_BYTE, offsets[i], arrays.get(i).length);
    }
  }

  static LoadedCorpus none() { return new LoadedCorpus(List.of()); }

  static LoadedCorpus of(List<byte[]> files) { return new LoadedCorpus(files); }

  /**
   * @param corpus
   *          {@link #GENERATED}, or a folder
   * @param files
   *          how many; of a folder with more, every so many-th in the order of their paths
   * @throws IOException
   *           when the folder has fewer, or cannot be read
   */
  public static LoadedCorpus load(String corpus, int files) throws IOException {
    if (corpus.equals(GENERATED)) {
      var generator = new CorpusGenerator(SEED, 0);
      return new LoadedCorpus(IntStream.range(0, files).mapToObj(index -> generator.file(index).bytes()).toList());
    }
    List<Path> paths = paths(Path.of(corpus));
    if (paths.size() < files) throw new IOException(corpus + " has " + paths.size() + " .mid files, not " + files);
    byte[][] arrays = new byte[files][];
    for (int i = 0; i < files; i++) {
      arrays[i] = Files.readAllBytes(paths.get((int) ((long) i * paths.size() / files)));
    }
    return new LoadedCorpus(List.of(arrays));
  }

  /** The .mid files below a folder, in the order of their names. */
  public static List<Path> paths(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(path -> path.toString().toLowerCase(Locale.ROOT).endsWith(".mid")).sorted().toList();
    }
  }

  public int files() { return offsets.length; }

  /** The segment that holds all files. */
  public MemorySegment segment() { return bytes; }

  /** Where a file begins in the segment. */
  public long offset(int file) { return offsets[file]; }

  /** Bytes of a file. */
  public int length(int file) { return arrays.get(file).length; }

  /** A file's bytes; not to be changed. */
  public byte[] array(int file) { return arrays.get(file); }
}
