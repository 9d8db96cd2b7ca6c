package dev.midifleet.bench.ablation;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.BenchLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/ablation}. */
@Command(
    name = "bench/ablation",
    mixinStandardHelpOptions = true,
    description = AblationCommand.DESCRIPTION,
    footerHeading = "%nExamples:%n",
    footer = {"  bench/ablation                       all lines, in some ten minutes",
        "  bench/ablation --list                what --only takes",
        "  bench/ablation --only simd,pooling   some of them",
        "  bench/ablation --turns 9 --json all.json"})
final class AblationCommand implements Callable<Integer> {
  static final String DESCRIPTION = "Measures what each of the ten strategies gives: the product's way and a variant "
      + "without the strategy take turns on the same generated files. Prints how many times longer it takes without; below 1 "
      + "the variant is the faster. Stops if the two did not do the same work. Starts servers of its own where a line "
      + "wants them. Progress goes to standard error.";

  @Option(names = "--only", split = ",", paramLabel = "NAME", description = "only these strategies")
  private Set<String> only = Set.of();

  @Option(names = "--list", description = "name the strategies, and measure nothing")
  private boolean list;

  @Option(names = "--files", paramLabel = "N", description = "generated files (${DEFAULT-VALUE})")
  private int files = 1000;

  @Option(names = "--turns", paramLabel = "N", description = "turns of each (${DEFAULT-VALUE})")
  private int turns = 5;

  @Option(names = "--warm", paramLabel = "SECONDS",
      description = "for how long a JVM works before its first turn (${DEFAULT-VALUE})")
  private double warmSeconds = 6;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the figures as JSON")
  private @Nullable Path json;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    List<Line> lines = Stream.concat(Strategies.all().stream(), Strategies.phases().stream()).toList();
    Set<String> names = new LinkedHashSet<>(lines.stream().map(Line::strategy).toList());
    if (list) {
      names.forEach(out()::println);
      return 0;
    }
    for (String name : only) {
      if (!names.contains(name)) {
        throw new ParameterException(spec().commandLine(),
            "there is no strategy " + name + ", only " + String.join(", ", names));
      }
    }
    measure(lines.stream().filter(line -> only.isEmpty() || only.contains(line.strategy())).toList());
    return 0;
  }

  private void measure(List<Line> lines) throws IOException, SQLException, InterruptedException {
    PrintWriter err = spec().commandLine().getErr();
    var table = new Table(out());
    List<Map<String, Object>> values = new ArrayList<>();
    try (var context = new Context(files, turns, warmSeconds)) {
      for (Line line : lines) {
        long begin = System.nanoTime();
        err.printf("%d of %d, %s: %s, against %s ...%n", values.size() + 1, lines.size(), line.strategy(),
            line.product(), line.variant());
        err.flush();
        Measured one = Measured.of(line, context);
        table.print(one);
        values.add(one.values());
        if (json != null) {
          new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(),
              Map.of("files", files, "turns", turns, "lines", values));
        }
        err.printf("  %.2f, after %.0f s%n", one.ratio(), (System.nanoTime() - begin) / 1e9);
        err.flush();
      }
    }
  }

  private CommandSpec spec() { return Objects.requireNonNull(spec); }

  private PrintWriter out() { return spec().commandLine().getOut(); }

  public static void main(String[] args) { BenchLine.start(new AblationCommand(), args); }
}
