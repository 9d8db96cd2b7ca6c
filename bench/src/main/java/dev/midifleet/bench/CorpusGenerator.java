package dev.midifleet.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Makes corpora like real collections: sizes are log-normal with a median of 12 KB and a mean of 26 KB (limits 150
 * bytes and 4 MB), with some 2,800 notes a file. File {@code i} of a seed is the same on every machine, however many
 * are made.
 */
public final class CorpusGenerator {
  private static final double SIZE_MEDIAN = 12_000;
  /** The mean of a log-normal distribution is its median times exp(σ² / 2): 26,000 here. */
  private static final double SIZE_SIGMA = 1.243;
  private static final int SIZE_MIN = 150;
  private static final int SIZE_MAX = 4 << 20;
  private static final int FILES_PER_FOLDER = 1000;

  private final long seed;
  private final double copies;

  /**
   * @param seed
   *          any number
   * @param copies
   *          share of files that are copies of an earlier one, byte for byte: 0 to 0.95
   */
  public CorpusGenerator(long seed, double copies) {
    if (!(copies >= 0 && copies <= 0.95)) throw new IllegalArgumentException("copies is " + copies + ", not 0 to 0.95");
    this.seed = seed;
    this.copies = copies;
  }

  /**
   * Sums over files, to compare with what was analysed of them.
   *
   * @param checksum
   *          of the CRC-32C of each file, in whatever order
   */
  public record Totals(long files, long distinct, long bytes, long notes, long tempoChanges, long tracks,
      long checksum) {
    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0);

    Totals plus(Totals other) {
      return new Totals(files + other.files, distinct + other.distinct, bytes + other.bytes, notes + other.notes,
          tempoChanges + other.tempoChanges, tracks + other.tracks, checksum + other.checksum);
    }

    static Totals of(GeneratedFile file, boolean isCopy) {
      var crc = new CRC32C();
      crc.update(file.bytes());
      return new Totals(1, isCopy ? 0 : 1, file.bytes().length, file.notes(), file.tempoChanges(), file.tracks(),
          crc.getValue());
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "files %d, distinct %d, bytes %d, notes %d, tempo changes %d, tracks %d, "
          + "checksum %x", files, distinct, bytes, notes, tempoChanges, tracks, checksum);
    }
  }

  /** The file of this index, from 0 on. */
  public GeneratedFile file(int index) {
    var dice = new Dice(seed, original(index));
    int size = (int) Math.clamp(dice.logNormal(SIZE_MEDIAN, SIZE_SIGMA), SIZE_MIN, SIZE_MAX);
    return new SongMaker(dice, size).make();
  }

  /** The index of the first file with the same bytes as this one. */
  int original(int index) {
    int original = index;
    while (original > 0) {
      var dice = new Dice(~seed, original);
      if (!dice.chance(copies)) break;
      original = dice.between(0, original - 1);
    }
    return original;
  }

  /**
   * Writes the first {@code count} files below a folder, a thousand in each of its folders.
   *
   * @return their sums
   */
  public Totals write(int count, Path folder) throws IOException {
    for (int first = 0; first < count; first += FILES_PER_FOLDER) {
      Files.createDirectories(path(folder, first).resolveSibling("."));
    }
    try {
      return IntStream.range(0, count).parallel().mapToObj(index -> {
        var file = file(index);
        try {
          Files.write(path(folder, index), file.bytes());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return Totals.of(file, original(index) != index);
      }).reduce(Totals.NONE, Totals::plus);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Path path(Path folder, int index) {
    return folder.resolve(String.format(Locale.ROOT, "%05d", index / FILES_PER_FOLDER))
        .resolve(String.format(Locale.ROOT, "%08d.mid", index));
  }
}
