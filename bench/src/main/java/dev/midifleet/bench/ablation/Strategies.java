package dev.midifleet.bench.ablation;

import static dev.midifleet.bench.ablation.Turn.Measure.CPU;
import static dev.midifleet.bench.ablation.Turn.Measure.WALL;

import java.util.List;
import java.util.Map;

/** The ten strategies, each with one line or more; and the phases. */
final class Strategies {
  private static final String SIMD = "SIMD";
  private static final String TARGET = "target-specific build";
  private static final List<String> SCALAR = List.of("-Dmidifleet.kernels=scalar");
  private static final List<String> BASELINE = List.of("-Dmidifleet.kernels=scalar", "-XX:UseAVX=0");

  private Strategies() {}

  /** All lines but those of the phases, in the order of the plan. */
  static List<Line> all() {
    return List.of(
        line("mapping", "memory-mapped files", "1.2-1.3", "read into a pooled buffer", "mapped, hashed in place", CPU,
            chore(Chore.READ_POOLED), chore(Chore.READ_MAPPED)),
        line("mapping", "memory-mapped files", "1.2-1.3", "read, two threads", "mapped, two threads", CPU,
            chore(Chore.READ_POOLED_TWICE), chore(Chore.READ_MAPPED_TWICE)),
        line("simd", SIMD, "2-4", "analysis with vector kernels", "with plain loops", CPU, chore(Chore.ANALYSE),
            chore(Chore.ANALYSE, SCALAR)),
        line("batches", "batch database operations", "3-5", "a statement a table and batch",
            "a statement a row, a transaction a batch", WALL, chore(Chore.STORE_BATCHES), chore(Chore.STORE_ROWS)),
        line("batches", "batch database operations", "3-5", "a transaction a batch",
            "a statement a row, a transaction a file", WALL, chore(Chore.STORE_BATCHES), chore(Chore.STORE_FILES)),
        line("buffers", "custom allocator", "1.1-1.2", "one pooled buffer", "a new buffer for each file", CPU,
            chore(Chore.READ_POOLED), chore(Chore.READ_NEW)),
        line("collector", "custom allocator", "1.1-1.2", "analysis under the JVM's own choice of a collector",
            "Parallel collector", CPU, chore(Chore.ANALYSE), chore(Chore.ANALYSE, "-XX:+UseParallelGC")),
        line("target", TARGET, "1.15-1.25", "analysis with plain loops, code for this machine",
            "plain loops, -XX:UseAVX=0", CPU, chore(Chore.ANALYSE, SCALAR), chore(Chore.ANALYSE, BASELINE)),
        line("target", TARGET, "1.15-1.25", "vectors as wide as the machine's", "-XX:MaxVectorSize=16", CPU,
            chore(Chore.ANALYSE), chore(Chore.ANALYSE, "-XX:MaxVectorSize=16")),
        line("pooling", "object pooling", "1.05-1.1", "a workspace for each thread", "a new one for each file", CPU,
            chore(Chore.ANALYSE), chore(Chore.ANALYSE_NEW_WORKSPACE)),
        line("pipeline", "prefetch and pipeline", "2-3", "a fleet, four batches in flight", "one batch in flight", WALL,
            fleet(Map.of()), fleet(Map.of("MIDIFLEET_SLOTS", "1"))),
        line("columns", "cache-friendly data", "1.05-1.15", "parsed into columns, counted up",
            "parsed into event and note objects", CPU, chore(Chore.PARSE_COLUMNS), chore(Chore.PARSE_OBJECTS)),
        line("columns", "cache-friendly data", "1.05-1.15", "columns counted up", "note objects counted up", CPU,
            chore(Chore.WALK_COLUMNS), chore(Chore.WALK_OBJECTS)),
        line("profiles", "profile-guided optimisation", "1.1-1.2", "start to end with an AOT cache and its profiles",
            "without", WALL, start(StartArm.Kept.PROFILES), start(StartArm.Kept.NOTHING)),
        line("classes", "profile-guided optimisation", "1.1-1.2", "start to end with an archive of classes", "without",
            WALL, start(StartArm.Kept.CLASSES), start(StartArm.Kept.NOTHING)),
        line("connection", "one connection per worker, kept warm", "1.1-1.15", "connections that are kept",
            "a new one for each batch", WALL, chore(Chore.STORE_BATCHES), chore(Chore.STORE_NEW_CONNECTIONS)),
        line("connections", "one connection per worker, kept warm", "1.1-1.15", "a fleet, one connection that writes",
            "five that write", WALL, fleet(Map.of()), fleet(Map.of("MIDIFLEET_DATABASE_CONNECTIONS", "6"))));
  }

  /** What the phases of the plan give together: each against the line with none of the strategies. */
  static List<Line> phases() {
    Arm.Maker plain = chore(Chore.LINE_PLAIN, BASELINE);
    return List.of(phase("batch statements, pooled buffers", chore(Chore.LINE_FIRST, BASELINE), plain),
        phase("and vectors, code for this machine, pooled workspaces", chore(Chore.LINE_SECOND), plain),
        phase("and four batches in flight, connections kept", chore(Chore.LINE_THIRD), plain));
  }

  private static Line phase(String product, Arm.Maker with, Arm.Maker without) {
    return line("phases", "all together", "", product, "none of them", WALL, with, without);
  }

  private static Line line(String strategy, String title, String hoped, String product, String variant,
      Turn.Measure measure, Arm.Maker on, Arm.Maker off) {
    return new Line(strategy, title, hoped, product, variant, measure, on, off);
  }

  private static Arm.Maker chore(Chore chore, String... options) { return chore(chore, List.of(options)); }

  private static Arm.Maker chore(Chore chore, List<String> options) {
    return context -> new ChildJvm(context, chore, options);
  }

  private static Arm.Maker fleet(Map<String, String> settings) { return context -> new FleetArm(context, settings); }

  private static Arm.Maker start(StartArm.Kept kept) { return context -> new StartArm(context, kept); }
}
