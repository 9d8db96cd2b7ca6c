package dev.midifleet.bench.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.BenchLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblationCommandTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return BenchLine.of(new AblationCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void a_line_is_measured_printed_and_written() throws Exception {
    Path json = folder.resolve("all.json");
    assertThat(run("--only", "columns", "--files", "12", "--turns", "1", "--warm", ".1", "--json", json.toString()))
        .as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("| cache-friendly data | 1.05-1.15 | parsed into columns, counted up | parsed ");
    JsonNode lines = new ObjectMapper().readTree(json.toFile()).get("lines");
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("strategy").asText()).isEqualTo("columns");
    assertThat(lines.get(0).get("ratio").asDouble()).isPositive();
  }

  @Test
  void all_ten_strategies_and_the_phases_are_there() {
    assertThat(run("--list")).isZero();
    assertThat(out.toString().lines()).contains("mapping", "simd", "batches", "buffers", "target", "pooling",
        "pipeline", "columns", "profiles", "connection", "phases");
    assertThat(Strategies.all().stream().map(Line::title).distinct()).hasSize(10);
  }

  @Test
  void a_strategy_that_is_not_there_is_one_line() {
    assertThat(run("--only", "magic")).isEqualTo(BenchLine.MISUSE);
    assertThat(err.toString()).startsWith("bench/ablation: there is no strategy magic, only mapping, ").hasLineCount(1);
  }

  /** Gives the turns that it was made with. */
  private record Played(ArrayDeque<Turn> turns) implements Arm {
    Played(Turn... turns) { this(new ArrayDeque<>(Arrays.asList(turns))); }

    @Override
    public Turn turn() { return turns.remove(); }

    @Override
    public void close() {}
  }

  private static Turn turn(double cpuMicros, long sum) { return new Turn(1, cpuMicros, 10, sum); }

  private static Measured measured(Turn[] on, Turn[] off) throws Exception {
    var line = new Line("s", "title", "2", "with", "without", Turn.Measure.CPU, _ -> new Played(on),
        _ -> new Played(off));
    try (var context = new Context(0, on.length, 0)) {
      return Measured.of(line, context);
    }
  }

  @Test
  void speed_up_is_the_median_of_the_turns_ratios() throws Exception {
    var three = measured(new Turn[]{turn(10, 1), turn(20, 1), turn(30, 1)},
        new Turn[]{turn(20, 1), turn(60, 1), turn(300, 1)});
    assertThat(three.ratio()).isEqualTo(3);
    assertThat(List.of(three.onMicros(), three.offMicros())).containsExactly(2.0, 6.0);
  }

  @Test
  void arms_that_did_not_do_the_same_stop_it() {
    assertThatThrownBy(() -> measured(new Turn[]{turn(1, 1)}, new Turn[]{turn(1, 2)}))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("did not do the same work");
  }
}
