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
  void addStoreFloor(double micros) { storeFloors.add(micros); }

  void add(Round round) { rounds.computeIfAbsent(round.workers(), _ -> new ArrayList<>()).add(round); }

  /** Medians of the fleets with so many workers; µs of processor time a file, or a copy. */
  private record Figures(int workers, double filesPerSecond, double worker, double compilers, double postgresql,
      double rabbitmq,
      double enqueue, double cpu, double javaxRatio, double floorRatio, double cpuACopy, double copiesPerSecond) {

    Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("workers", workers);
      values.put("files_per_second", filesPerSecond);
      values.put("cpu_us_per_file",
          Map.of("worker", worker, "of_it_compilers", compilers, "postgresql", postgresql, "rabbitmq", rabbitmq,
              "enqueue",
              enqueue, "all_but_enqueue", cpu));
      values.put("javax_ratio", javaxRatio);
      values.put("floor_ratio", floorRatio);
      if (copiesPerSecond > 0) {
        values.put("copies_per_second", copiesPerSecond);
        values.put("cpu_us_per_copy", cpuACopy);
      }
      return values;
    }
  }

  private Figures figures(List<Round> all) {
    double cpu = median(all, Round::cpuAFile);
    boolean hasCopies = all.getFirst().copiesSeconds() > 0;
    return new Figures(all.getFirst().workers(), median(all, Round::filesPerSecond),
        median(all, round -> round.cpu().workers() / round.counts().files()),
        median(all, round -> round.cpu().compilers() / round.counts().files()),
        median(all, round -> round.cpu().postgresql() / round.counts().files()),
        median(all, round -> round.cpu().rabbitmq() / round.counts().files()),
        median(all, round -> round.cpu().enqueue() / round.counts().files()), cpu, cpu / stage(1),
        cpu / (stage(0) + median(storeFloors)), hasCopies ? median(all, Round::cpuACopy) : 0,
        hasCopies ? median(all, round -> round.counts().files() / round.copiesSeconds()) : 0);
  }

  private double stage(int index) { return median(stages, values -> values[index]); }

  private static double median(List<Double> values) { return median(values, Double::doubleValue); }

  private static <T> double median(List<T> values, ToDoubleFunction<T> of) {
    double[] sorted = values.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** All figures; those of the fleet with the fewest workers also without its name. */
  Map<String, Object> values(Sums sums) {
    Map<String, Object> values = new LinkedHashMap<>(figures(rounds.firstEntry().getValue()).values());
    values.put("parse_ratio", stage(1) / stage(2));
    values.put("analysis_ratio", stage(3) / stage(1));
    values.put("us_per_file",
        Map.of("read_floor", stage(0), "store_floor", median(storeFloors), "javax_parse", stage(1),
            "parse", stage(2), "parse_and_analysis", stage(3)));
    values.put("parse_megabytes_per_second", (double) sums.bytes() / (sums.files() + sums.refused()) / stage(2));
    values.put("files", sums.files());
    values.put("bytes_per_file", sums.bytes() / sums.files());
    values.put("notes_per_file", sums.notes() / sums.files());
    values.put("fleets", rounds.values().stream().map(all -> figures(all).values()).toList());
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
    out.printf("| floor of storing (PostgreSQL) | %.1f | %.3f |%n", median(storeFloors),
        median(storeFloors) / stage(1));
    out.printf("%njavax.sound.midi's parse is %.1f times ours; ours reads %.0f MB/s%n%n", stage(1) / stage(2),
        (double) sums.bytes() / (sums.files() + sums.refused()) / stage(2));
    out.printf(
        "| workers | files/s | worker | of it compilers | PostgreSQL | RabbitMQ | CPU us a file | to javax | to the floor | enqueue"
            + " | us a copy | copies/s |%n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |%n");
    for (List<Round> all : rounds.values()) {
      Figures of = figures(all);
      out.printf("| %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.3f | %.2f | %.0f | %.0f | %.0f |%n", of.workers,
          of.filesPerSecond, of.worker, of.compilers, of.postgresql, of.rabbitmq, of.cpu, of.javaxRatio, of.floorRatio,
          of.enqueue,
          of.cpuACopy, of.copiesPerSecond);
    }
  }

  void write(Path file, Sums sums) throws IOException {
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), values(sums));
  }
}
