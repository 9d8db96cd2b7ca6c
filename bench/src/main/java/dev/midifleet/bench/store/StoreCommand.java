package dev.midifleet.bench.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.BenchLine;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.embedded.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/store}. */
@Command(name = "bench/store", mixinStandardHelpOptions = true, description = StoreCommand.DESCRIPTION,
    footerHeading = "%nExamples:%n", footer = {
        "  bench/store                             all tables, generated files, under 6 minutes",
        "  bench/store --only forms --rounds 15    one table, more rounds",
        "  bench/store --corpus DIR --json FILE    rows of real files; the figures as JSON",
        "  bench/store --only batch --explain      with the plans of the product's statements"})
final class StoreCommand implements Callable<Integer> {
  static final String DESCRIPTION = "What a batch costs PostgreSQL and the thread that stores it, a row: the product's "
      + "statements one by one, and what other statements, batch sizes and tables would cost. Rows are those of analysed "
      + "files, all columns; the server is durable, and the benchmark's own. Medians of rounds in which the lines of a "
      + "table take turns.";
  private static final List<String> SECTIONS = List.of("batch", "forms", "sizes", "tables", "rewrites", "files",
      "commits");
  private static final int KNOWN_ROWS = 20_000;

  @Option(names = "--corpus", paramLabel = "DIR", description = "real files; a generated corpus if this is not given")
  private String corpus = LoadedCorpus.GENERATED;

  @Option(names = "--rows", paramLabel = "N", description = "rows that a line writes in a round (${DEFAULT-VALUE})")
  private int rowCount = 2_000;

  @Option(names = "--rounds", paramLabel = "N",
      description = "rounds that count, after two that do not (${DEFAULT-VALUE})")
  private int rounds = 7;

  @Option(names = "--only", split = ",", paramLabel = "TABLE",
      description = "these tables only, of batch, forms, sizes, "
          + "tables, rewrites, files and commits")
  private List<String> only = SECTIONS;

  @Option(names = "--form", paramLabel = "FORM",
      description = "how rows are written where tables are compared: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private InsertForm form = InsertForm.COPY;

  @Option(names = "--explain", description = "also print the plans of the product's statements, with buffers and WAL")
  private boolean explain;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures as JSON")
  private @Nullable Path json;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    for (String section : only) {
      if (!SECTIONS.contains(section)) {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(),
            "--only " + section + ": there is no such table, only " + String.join(", ", SECTIONS));
      }
    }
    Path folder = Files.createTempDirectory("midifleet-bench-store-");
    try (var server = new ScratchServer(folder)) {
      var rows = new AnalyzedRows(corpus, rowCount);
      fill(server, rows);
      Map<String, Object> values = measure(server, rows);
      Path file = json;
      if (file != null) {
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), values);
      }
      return 0;
    } finally {
      FolderTree.delete(folder);
    }
  }

  private Map<String, Object> measure(ScratchServer server, AnalyzedRows rows)
      throws IOException, SQLException, InterruptedException {
    var facts = new FactsTables(server, rows, form);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("rows", rows.count());
    for (String section : only) {
      System.err.println("store: " + section + " ...");
      values.put(section, switch (section) {
        case "batch" -> new ProductTable(server, rows).run(rounds, explain, System.out);
        case "forms" -> facts.forms().run(server, rounds, System.out);
        case "sizes" -> facts.sizes().run(server, rounds, System.out);
        case "tables" -> facts.tables().run(server, rounds, System.out);
        case "rewrites" -> facts.rewrites().run(server, rounds, System.out);
        case "files" -> new FilesTables(server, rowCount).table().run(server, rounds, System.out);
        default -> new CommitTable(server, rows).run(rounds, System.out);
      });
    }
    return values;
  }

  /** Facts that are there already: an index of three levels, and pages that the new rows share with them. */
  private static void fill(ScratchServer server, AnalyzedRows rows) throws SQLException {
    try (Connection connection = server.connectToBase(); Statement statement = connection.createStatement()) {
      new FactsWriter(connection, InsertForm.COPY, "json").write(rows.renewed(rows.count()).getFirst());
      List<String> names = new ArrayList<>(FactsWriter.names());
      names.remove("content_hash");
      String others = names.stream().collect(Collectors.joining(", "));
      statement.execute("insert into facts (content_hash, " + others + ") select gen_random_uuid(), " + others
          + " from facts, generate_series(2, " + Math.max(2, KNOWN_ROWS / rows.count()) + ")");
      statement.execute("analyze");
    }
  }

  public static void main(String[] args) { BenchLine.start(new StoreCommand(), args); }
}
