package dev.midifleet.bench.accuracy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The labels of a corpus: the rows of its {@code truth.tsv}, by the names of its columns.
 *
 * @param folder
 *          the corpus
 */
public record Truth(Path folder, List<Label> labels) {
  /** Folds of a cross-validation; the pieces of a group are all in the same. */
  public static final int FOLDS = 5;

  /** What is known of one file. */
  public record Label(Path file, Map<String, String> values) {

    /** A column's text, empty where it is not known. */
    public String text(String column) {
      return values.getOrDefault(column, "");
    }

    /** A column's number, {@code NaN} where it is not known. */
    public double number(String column) {
      String text = text(column);
      return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    public boolean has(String column) { return !text(column).isEmpty(); }

    /** The data set: the first folder of the path. */
    public String source() { return text("path").split("/", 2)[0]; }

    /** 0 to {@link #FOLDS} - 1, by a hash (CRC-32) of the group alone. */
    public int fold() {
      var crc = new CRC32();
      crc.update(text("group").getBytes(StandardCharsets.UTF_8));
      return (int) (crc.getValue() % FOLDS);
    }
  }

  /**
   * @throws IOException
   *           when there is no {@code truth.tsv} in the folder
   */
  public static Truth read(Path folder) throws IOException {
    Path labels = folder.resolve("truth.tsv");
    if (Files.notExists(labels)) {
      throw new NoSuchFileException(labels.toString(), null,
          "there is no such file: a corpus is a folder with its labels");
    }
    List<String> lines = Files.readAllLines(labels);
    List<String> names = Arrays.asList(lines.getFirst().split("\t", -1));
    List<Label> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < Math.min(cells.length, names.size()); i++) {
        values.put(names.get(i), cells[i]);
      }
      rows.add(new Label(folder.resolve(values.getOrDefault("path", "")), Map.copyOf(values)));
    }
    return new Truth(folder, List.copyOf(rows));
  }

  /** The labels that know a column, in the order of the file. */
  public List<Label> with(String column) {
    return labels.stream().filter(label -> label.has(column)).toList();
  }
}
