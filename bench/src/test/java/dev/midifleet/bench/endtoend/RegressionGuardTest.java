package dev.midifleet.bench.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.bench.MemoryStages;
import dev.midifleet.worker.analyze.AnalysisOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must not become slower unseen. Nothing here depends on the machine: processor time by processor time of the same
 * run, medians of turns, and bounds at twice what was measured (docs/performance.md, "The guard").
 */
@Timeout(600)
class RegressionGuardTest {
  /** javax.sound.midi's parse by ours, measured at 7.3 to 8. */
  private static final double PARSE_RATIO_MIN = 4;
  /** Hash, parse and all columns by javax.sound.midi's parse, measured at .8. */
  private static final double ANALYSIS_RATIO_MAX = 1.6;
  /** Measured at 1,700, nearly all of it what the row keeps: texts and lists. */
  private static final double BYTES_A_FILE_MAX = 3_400;
  /** All processes of a fleet by reading the files and copying the rows, measured at 51 to 65. */
  private static final double FLOOR_RATIO_MAX = 130;

  private static final int TURNS = 7;
  /** Vectors are objects until the last compiler has seen the kernels often enough. */
  private static final int WARM_TURNS_MAX = 80;
  private static final int JAVAX_WARM_TURNS = 3;
  private static final int FILES = 200;

  @Test
  void parse_and_analysis_keep_their_ratio_to_javax_sound_midi_and_allocate_little() throws Exception {
    Map<String, Double> measured = inAnotherJvm();
    System.out.println("guard: " + measured);
    assertThat(measured.get("javax_by_parse")).isGreaterThan(PARSE_RATIO_MIN);
    assertThat(measured.get("analysis_by_javax")).isLessThan(ANALYSIS_RATIO_MAX);
    assertThat(measured.get("bytes_a_file")).isLessThan(BYTES_A_FILE_MAX);
  }

  /** In a JVM where other tests have not compiled half of it for other data. */
  private static Map<String, Double> inAnotherJvm() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElseThrow());
    words.addAll(Files.readAllLines(Path.of(System.getProperty("midifleet.home", ".."), ".mvn/jvm.flags")));
    words.addAll(List.of("-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        Measurement.class.getName()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Map<String, Double> values = new HashMap<>();
    output.lines().filter(line -> line.matches("[a-z_]+ [0-9.E-]+")).map(line -> line.split(" ", 2))
        .forEach(words2 -> values.put(words2[0], Double.valueOf(words2[1])));
    assertThat(values).as(output).hasSize(3);
    return values;
  }

  /** Prints a line for each figure. */
  static final class Measurement {
    public static void main(String[] none) throws IOException {
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      var stages = new MemoryStages(LoadedCorpus.load(LoadedCorpus.GENERATED, FILES), AnalysisOptions.DEFAULT);
      double[] parseRatios = new double[TURNS];
      double[] analysisRatios = new double[TURNS];
      double bytes = Double.MAX_VALUE;
      for (int turn = 0; turn < WARM_TURNS_MAX && bytes > BYTES_A_FILE_MAX; turn++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        stages.whole();
        bytes = (double) (threads.getCurrentThreadAllocatedBytes() - before) / FILES;
      }
      for (int turn = -JAVAX_WARM_TURNS; turn < TURNS; turn++) {
        double javax = stages.javax();
        double parse = stages.parse();
        double whole = stages.whole();
        if (turn < 0) continue;
        parseRatios[turn] = javax / parse;
        analysisRatios[turn] = whole / javax;
      }
      System.out.println("javax_by_parse " + median(parseRatios));
      System.out.println("analysis_by_javax " + median(analysisRatios));
      System.out.println("bytes_a_file " + bytes);
    }
  }

  @Test
  void a_fleet_keeps_its_ratio_to_the_floor(@TempDir Path temp) throws Exception {
    int files = 300;
    int turns = 3;
    new CorpusGenerator(99, 0).write(700, temp.resolve("warm"));
    var floors = new Floors();
    double[] ratios = new double[turns];
    try (var fleets = new BenchFleet(temp); var fleet = fleets.start(1, Map.of())) {
      fleet.enqueueAndSettle(temp.resolve("warm"));
      for (int turn = 0; turn < turns; turn++) {
        Path library = temp.resolve("library" + turn);
        new CorpusGenerator(turn, 0).write(files, library);
        BenchFleet.Cpu start = fleet.cpu();
        fleet.enqueueAndSettle(library);
        double cpu = fleet.cpu().minus(start).total() / files;
        double read = floors.read(LoadedCorpus.paths(library));
        ratios[turn] = cpu / (read + floors.store(fleet.connection(), () -> fleet.cpu().postgresql()));
      }
    }
    System.out.println("guard: fleet by floor " + Arrays.toString(ratios));
    assertThat(median(ratios)).isLessThan(FLOOR_RATIO_MAX);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
