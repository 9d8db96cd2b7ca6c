package dev.midifleet.bench.accuracy;

import dev.midifleet.bench.accuracy.Report.Share;
import dev.midifleet.bench.accuracy.Report.Table;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FactColumn;
import dev.midifleet.worker.analyze.FactColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether copies are found and different pieces told apart: by hashes on copies made of every file, by sketches on copies
 * that are nearly the same, and both between the files as they are, where the labels' groups say what is one piece.
 */
final class DuplicateSection implements Section {
  private static final int VALUES = 64;
  private static final int EXCEPTIONS_MAX = 40;
  private static final double[] SHARES = {0.3, 0.4, 0.5, 0.6, 0.7};
  private static final FactColumn NOTE_HASH = FactColumns.named("note_hash");
  private static final FactColumn TRANSPOSED = FactColumns.named("note_hash_transposed");
  private static final FactColumn MINHASH = FactColumns.named("minhash");

  private final Scores scores = new Scores(AnalysisOptions.DEFAULT);

  /** What a file is recognised by; its group is empty where no label says it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Print(String name, String group, UUID notes, UUID transposed, byte @Nullable [] sketch) {
    double similarity(Print other) {
      byte[] mine = sketch;
      byte[] others = other.sketch;
      if (mine == null || others == null) return 0;
      int equal = 0;
      for (int i = 0; i < 2 * VALUES; i += 2) {
        equal += mine[i] == others[i] && mine[i + 1] == others[i + 1] ? 1 : 0;
      }
      return (double) equal / VALUES;
    }

    boolean differs(Print other) { return !group.isEmpty() && !other.group.isEmpty() && !group.equals(other.group); }
  }

  /** Of copies made in one way. */
  private static final class Found {
    private int copies;
    private int notes;
    private int transposed;
    private int sketches;
    private double similarity;
    private final List<String> missed = new ArrayList<>();
    private final int[] near = new int[SHARES.length];
    private final int[] wrong = new int[SHARES.length];
  }

  @Override
  public String name() { return "duplicates"; }

  @Override
  public void run(Truth truth, Report report) throws IOException {
    Map<String, String> groups = new HashMap<>();
    truth.labels().forEach(label -> groups.put(label.text("path"), label.text("group")));
    List<Print> prints = new ArrayList<>();
    Map<String, Found> made = new LinkedHashMap<>();
    Map<String, Found> near = new LinkedHashMap<>();
    List<Path> files = files(truth.folder());
    for (Path file : files) {
      String name = truth.folder().relativize(file).toString();
      byte[] content = Files.readAllBytes(file);
      Optional<Print> print = print(name, groups.getOrDefault(name, ""), content);
      if (print.isEmpty()) continue;
      prints.add(print.get());
      copies(content, print.get(), made);
    }
    for (Print print : prints) {
      nearCopies(truth.folder().resolve(print.name), print, prints, near);
    }
    made(made, report.table("duplicates_made", "Copies made of every file", "what was changed", "copies",
        "same note_hash", "same note_hash_transposed", "mean similarity"));
    Table missed = report.table("duplicates_missed", "Made copies with another note_hash_transposed",
        "what was changed",
        "file");
    made.forEach((what, found) -> found.missed.forEach(name -> missed.row(what, name)));
    near(near, report);
    shared(prints, report);
    pairs(prints, report);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(mid|midi|kar|rmi|smf)"))
          .filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Nothing where the file cannot be read or has no notes. */
  private Optional<Print> print(String name, String group, byte[] content) {
    try {
      Analysis analysis = scores.analyze(content);
      return NOTE_HASH.boxed(analysis) instanceof UUID notes && TRANSPOSED.boxed(analysis) instanceof UUID transposed
          ? Optional.of(new Print(name, group, notes, transposed, (byte[]) MINHASH.boxed(analysis)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private void copies(byte[] content, Print original, Map<String, Found> made) {
    Optional<MidiEvents> events = MidiEvents.read(content);
    if (events.isEmpty()) return;
    MadeCopies.of(events.get()).forEach((what, bytes) -> print(what, "", bytes).ifPresent(copy -> {
      Found found = made.computeIfAbsent(what, _ -> new Found());
      found.copies++;
      found.notes += copy.notes.equals(original.notes) ? 1 : 0;
      if (copy.transposed.equals(original.transposed)) {
        found.transposed++;
      } else {
        found.missed.add(original.name);
      }
      if (original.sketch != null) {
        found.sketches++;
        found.similarity += original.similarity(copy);
      }
    }));
  }

  private static void made(Map<String, Found> made, Table table) {
    made.forEach((what, found) -> table.row(what, found.copies, new Share(found.notes, found.copies),
        new Share(found.transposed, found.copies), found.similarity / found.sketches));
  }

  /** Copies of the labelled files, each compared with all labelled files of other groups too. */
  private void nearCopies(Path file, Print original, List<Print> all, Map<String, Found> near) throws IOException {
    if (original.sketch == null || original.group.isEmpty()) return;
    var copies = new NearCopies(scores.parse(file), original.name.hashCode()).all();
    copies.forEach((what, bytes) -> print(what, original.group, bytes).ifPresent(copy -> {
      Found found = near.computeIfAbsent(what, _ -> new Found());
      found.copies++;
      count(original.similarity(copy), found.near);
      all.stream().filter(copy::differs).forEach(other -> count(other.similarity(copy), found.wrong));
    }));
  }

  private static void count(double similarity, int[] counts) {
    for (int i = 0; i < SHARES.length; i++) {
      counts[i] += similarity >= SHARES[i] ? 1 : 0;
    }
  }

  private static void near(Map<String, Found> near, Report report) {
    Table recall = report.table("duplicates_near_recall", "Near copies: share found, by the least similarity",
        columns("what was changed",
            "copies"));
    Table precision = report.table("duplicates_near_precision",
        "Near copies: share right of what is found among all labelled files",
        columns("what was changed", "copies"));
    near.forEach((what, found) -> {
      List<Object> recalls = new ArrayList<>(List.of(what, found.copies));
      List<Object> precisions = new ArrayList<>(List.of(what, found.copies));
      for (int i = 0; i < SHARES.length; i++) {
        recalls.add(new Share(found.near[i], found.copies));
        precisions.add(new Share(found.near[i], found.near[i] + found.wrong[i]));
      }
      recall.row(recalls.toArray());
      precision.row(precisions.toArray());
    });
  }

  private static String[] columns(String... first) {
    List<String> columns = new ArrayList<>(List.of(first));
    for (double share : SHARES) {
      columns.add("≥ " + share);
    }
    return columns.toArray(String[]::new);
  }

  /** Pairs of files as they are that share a hash. */
  private static void shared(List<Print> prints, Report report) {
    Table table = report.table("duplicates_shared", "Pairs of files that share a hash", "hash", "same piece",
        "different pieces by the labels", "one or both without a label");
    Table exceptions = report.table("duplicates_exceptions", "Different pieces by the labels that share a hash", "hash",
        "files");
    shared("note_hash", prints.stream().toList(), false, table, exceptions);
    shared("note_hash_transposed", prints, true, table, exceptions);
  }

  private static void shared(String hash, List<Print> prints, boolean isTransposed, Table table, Table exceptions) {
    Map<UUID, List<Print>> byHash = new LinkedHashMap<>();
    prints.forEach(print -> byHash
        .computeIfAbsent(isTransposed ? print.transposed : print.notes, _ -> new ArrayList<>()).add(print));
    int same = 0;
    int different = 0;
    int unknown = 0;
    for (List<Print> group : byHash.values()) {
      for (int i = 0; i < group.size(); i++) {
        for (int j = 0; j < i; j++) {
          Print one = group.get(i);
          Print other = group.get(j);
          boolean isUnknown = one.group.isEmpty() || other.group.isEmpty();
          unknown += isUnknown ? 1 : 0;
          same += !isUnknown && one.group.equals(other.group) ? 1 : 0;
          if (one.differs(other) && different++ < EXCEPTIONS_MAX) {
            exceptions.row(hash, other.name + ", " + one.name);
          }
        }
      }
    }
    table.row(hash, same, different, unknown);
  }

  /** Pairs of one group, and pairs of different groups, by similarity. */
  private static void pairs(List<Print> prints, Report report) {
    Table table = report.table("duplicates_real", "Pairs of labelled files as they are, by the least similarity",
        columns("pairs", "number"));
    Map<String, int[]> counts = new TreeMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < prints.size(); i++) {
      Print one = prints.get(i);
      for (Print other : prints.subList(0, i)) {
        if (one.group.isEmpty() || other.group.isEmpty() || one.sketch == null || other.sketch == null) continue;
        String kind = one.group.equals(other.group) ? "one piece, " + one.name.split("/", 2)[0] : "different pieces";
        numbers.merge(kind, 1, Integer::sum);
        count(one.similarity(other), counts.computeIfAbsent(kind, _ -> new int[SHARES.length]));
      }
    }
    counts.forEach((kind, found) -> {
      int number = numbers.getOrDefault(kind, 0);
      List<Object> row = new ArrayList<>(List.of(kind, number));
      for (int each : found) {
        row.add(kind.startsWith("one") ? new Share(each, number) : (Object) each);
      }
      table.row(row.toArray());
    });
  }
}
