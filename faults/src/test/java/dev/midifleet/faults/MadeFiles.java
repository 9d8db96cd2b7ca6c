package dev.midifleet.faults;

import dev.midifleet.common.failure.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A library of small files, distinct ones and copies, with some that are broken; and what must become of them. */
final class MadeFiles {
  /** Every third file is a copy of an earlier one. */
  private static final int COPY_EVERY = 3;

  final Path folder;
  final Set<String> paths = new TreeSet<>();
  final Map<String, FailureKind> dead = new TreeMap<>();
  private final String prefix;

  private MadeFiles(Path folder) {
    this.folder = folder;
    this.prefix = folder.getFileName() + "-";
  }

  /** So many sound files; their names begin with that of the folder. */
  static MadeFiles sound(Path folder, int count) throws IOException {
    var made = new MadeFiles(Files.createDirectories(folder));
    for (int i = 0; i < count; i++) {
      made.add(made.prefix + "%05d.mid".formatted(i), song(i % COPY_EVERY == 2 ? i / COPY_EVERY : i));
    }
    return made;
  }

  /** The same, and three broken ones. */
  static MadeFiles in(Path folder, int sound) throws IOException {
    MadeFiles made = sound(folder, sound);
    made.addDead(made.prefix + "empty.mid", new byte[0], FailureKind.EMPTY);
    made.addDead(made.prefix + "text.mid", "<html>404 Not Found</html>".getBytes(StandardCharsets.US_ASCII),
        FailureKind.NOT_MIDI);
    String gone = made.prefix + "gone.mid";
    Files.createSymbolicLink(folder.resolve(gone), Path.of("nowhere.mid"));
    made.paths.add(gone);
    made.dead.put(gone, FailureKind.MISSING);
    return made;
  }

  void add(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
    paths.add(name);
  }

  private void addDead(String name, byte[] bytes, FailureKind kind) throws IOException {
    add(name, bytes);
    dead.put(name, kind);
  }

  /** What must become of these and others together. */
  Ledger.Expected expectedWith(MadeFiles others) {
    Set<String> all = new TreeSet<>(paths);
    all.addAll(others.paths);
    Map<String, FailureKind> allDead = new TreeMap<>(dead);
    allDead.putAll(others.dead);
    return Ledger.Expected.of(all, allDead);
  }

  Ledger.Expected expected() { return Ledger.Expected.of(paths, dead); }

  static byte[] song(int number) { return MadeSong.bytes(number); }
}
