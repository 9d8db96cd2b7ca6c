package dev.midifleet.bench.accuracy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Tables, as Markdown and as JSON. */
public final class Report {
  private static final double Z_95 = 1.959964;

  private final List<Table> tables = new ArrayList<>();

  /** One table; its first column names the row. */
  public static final class Table {
    private final String id;
    private final String title;
    private final List<String> columns;
    private final List<List<Object>> rows = new ArrayList<>();

    private Table(String id, String title, List<String> columns) {
      this.id = id;
      this.title = title;
      this.columns = columns;
    }

    /**
     * @param cells
     *          as many as there are columns: strings, integers, doubles or {@link Share}s
     */
    public Table row(Object... cells) {
      if (cells.length != columns.size()) throw new IllegalArgumentException(id + ": " + Arrays.toString(cells));
      rows.add(List.of(cells));
      return this;
    }
  }

  /** So many right of so many, shown in percent with Wilson's 95 % interval. */
  public record Share(double right, int of) {
    public double percent() { return of == 0 ? Double.NaN : 100 * right / of; }

    /** The lower or upper end of the interval, in percent. */
    private double end(int sign) {
      double p = right / of;
      double z2 = Z_95 * Z_95;
      return 100 / (1 + z2 / of)
          * (p + z2 / (2 * of) + sign * Z_95 * Math.sqrt(p * (1 - p) / of + z2 / (4.0 * of * of)));
    }

    @Override
    public String toString() {
      return of == 0 ? "-" : String.format(Locale.ROOT, "%.1f (%.1f–%.1f)", percent(), end(-1), end(1));
    }
  }

  /**
   * Begins a table.
   *
   * @param id
   *          its name in the JSON
   */
  public Table table(String id, String title, String... columns) {
    var table = new Table(id, title, List.of(columns));
    tables.add(table);
    return table;
  }

  /** All tables as Markdown. */
  public String toMarkdown() {
    var out = new StringBuilder();
    for (Table table : tables) {
      out.append("### ").append(table.title).append("\n\n| ").append(String.join(" | ", table.columns)).append(" |\n|")
          .append(" --- |".repeat(table.columns.size())).append('\n');
      for (List<Object> row : table.rows) {
        out.append("| ").append(String.join(" | ", row.stream().map(Report::text).toList())).append(" |\n");
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String text(Object cell) {
    return cell instanceof Double number ? String.format(Locale.ROOT, "%.3f", number) : cell.toString();
  }

  /** {@code {id: [{column: cell}]}}; a share is {@code {right, of, percent}}. */
  public ObjectNode toJson() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    for (Table table : tables) {
      ArrayNode rows = root.putArray(table.id);
      for (List<Object> row : table.rows) {
        ObjectNode node = rows.addObject();
        for (int i = 0; i < row.size(); i++) {
          String column = table.columns.get(i);
          switch (row.get(i)) {
            case Share share -> node.putObject(column).put("right", share.right()).put("of", share.of()).put("percent",
                share.percent());
            case Integer number -> node.put(column, number);
            case Double number -> node.put(column, number);
            default -> node.put(column, row.get(i).toString());
          }
        }
      }
    }
    return root;
  }
}
