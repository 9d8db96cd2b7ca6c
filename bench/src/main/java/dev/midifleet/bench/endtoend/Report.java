package dev.midifleet.bench.endtoend;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.bench.Sums;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Collects rounds and gives medians and ratios. */
final class Report {
  private final List<double[]> stages = new ArrayList<>();
  private final List<Double> storeFloors = new ArrayList<>();
  private final SortedMap<Integer, List<Round>> rounds = new TreeMap<>();

  /** µs a file of one round: reading, javax.sound.midi's parse, ours, the whole analysis. */
  void addStages(double read, double javax, double parse, double whole) {
    stages.add(new double[]{read, javax, parse, whole});
  }

  /** µs of PostgreSQL a row. */
  void addStoreFloor(double micros) {
    storeFloors.add(micros);
  }

  void add(Round round) {
    rounds.computeIfAbsent(round.workers(), _ -> new ArrayList<>()).add(round);
  }

  /** The figures of the fleets with so many workers. */
  private Map<String, Object> ofFleet(List<Round> all) {
    Map<String, Object> values = new LinkedHashMap<>();
    double javax = stage(1);
    double floor = stage(0) + median(storeFloors);
    double cpu = median(all, Round::cpuAFile);
    values.put("workers", all.getFirst().workers());
    values.put("files_per_second", median(all, Round::filesPerSecond));
    values.put("cpu_us_per_file", Map.of(
        "worker", median(all, round -> round.cpu().workers() / round.counts().files()),
        "postgresql", median(all, round -> round.cpu().postgresql() / round.counts().files()),
        "rabbitmq", median(all, round -> round.cpu().rabbitmq() / round.counts().files()),
        "enqueue", median(all, round -> round.cpu().enqueue() / round.counts().files()),
        "all_but_enqueue", cpu));
    values.put("javax_ratio", cpu / javax);
    values.put("floor_ratio", cpu / floor);
    if (all.getFirst().copiesSeconds() > 0) {
      values.put("copies_per_second", median(all, round -> round.counts().files() / round.copiesSeconds()));
      values.put("cpu_us_per_copy", median(all, Round::cpuACopy));
    }
    return values;
  }

  private double stage(int index) { return median(stages, values -> values[index]); }

  private static double median(List<Double> values) { return median(values, Double::doubleValue); }

  private static <T> double median(List<T> values, ToDoubleFunction<T> of) {
    double[] sorted = values.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** All figures; those of the fleet with the fewest workers also without its name. */
  Map<String, Object> values(Sums sums) {
    Map<String, Object> values = new LinkedHashMap<>(ofFleet(rounds.firstEntry().getValue()));
    values.put("parse_ratio", stage(1) / stage(2));
    values.put("analysis_ratio", stage(3) / stage(1));
    values.put("us_per_file", Map.of("read_floor", stage(0), "store_floor", median(storeFloors), "javax_parse", stage(1),
        "parse", stage(2), "parse_and_analysis", stage(3)));
    values.put("parse_megabytes_per_second", (double) sums.bytes() / (sums.files() + sums.refused()) / stage(2));
    values.put("files", sums.files());
    values.put("bytes_per_file", sums.bytes() / sums.files());
    values.put("notes_per_file", sums.notes() / sums.files());
    values.put("fleets", rounds.values().stream().map(this::ofFleet).toList());
    return values;
  }

  void print(PrintStream out, Sums sums) {
    out.printf("%n%d files of %d bytes and %d notes%n%n", sums.files(), sums.bytes() / sums.files(),
        sums.notes() / sums.files());
    out.printf("| one thread | CPU us a file | to javax.sound.midi |%n| --- | --- | --- |%n");
    String[] names = {"floor of reading", "javax.sound.midi's parse", "parse", "parse and analysis"};
    for (int i = 0; i < names.length; i++) {
      out.printf("| %s | %.1f | %.3f |%n", names[i], stage(i), stage(i) / stage(1));
    }
    out.printf("| floor of storing (PostgreSQL) | %.1f | %.3f |%n", median(storeFloors), median(storeFloors) / stage(1));
    out.printf("%njavax.sound.midi's parse is %.1f times ours; ours reads %.0f MB/s%n%n", stage(1) / stage(2),
        (double) sums.bytes() / (sums.files() + sums.refused()) / stage(2));
    out.printf("| workers | files/s | worker | PostgreSQL | RabbitMQ | CPU us a file | to javax | to the floor | enqueue"
        + " | us a copy | copies/s |%n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |%n");
    for (List<Round> all : rounds.values()) {
      Map<String, Object> values = ofFleet(all);
      @SuppressWarnings("unchecked")
      var cpu = (Map<String, Double>) values.get("cpu_us_per_file");
      out.printf("| %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.3f | %.2f | %.0f | %.0f | %.0f |%n",
          all.getFirst().workers(), (double) values.get("files_per_second"), cpu.get("worker"), cpu.get("postgresql"),
          cpu.get("rabbitmq"), cpu.get("all_but_enqueue"), (double) values.get("javax_ratio"),
          (double) values.get("floor_ratio"), cpu.get("enqueue"), (double) values.getOrDefault("cpu_us_per_copy", 0.0),
          (double) values.getOrDefault("copies_per_second", 0.0));
    }
  }

  void write(Path file, Sums sums) throws IOException {
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), values(sums));
  }
}
