package dev.midifleet.faults;

import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The files of a soak: small songs, most of them copies, in parts that are enqueued one by one, some of them broken; and
 * what must become of each.
 */
final class SoakLibrary {
  private static final double COPIES = 0.7;
  /** Of this many files one is broken, each way in turn. */
  private static final int BROKEN_EVERY = 400;
  private static final List<String> POISONS = List.of("halt", "oom", "hang");

  final List<Path> parts = new ArrayList<>();
  final Map<String, FailureKind> dead = new TreeMap<>();
  private final List<Path> roots = new ArrayList<>();
  private final Random dice;
  private long files;
  private int songs;

  SoakLibrary(long seed) { this.dice = new Random(seed); }

  /** How many files there are. */
  synchronized long files() { return files; }

  /** The folders of its libraries, which hold the parts. */
  List<Path> roots() { return roots; }

  /** Makes the folders of so many libraries, empty. */
  void makeRoots(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      roots.add(Files.createDirectories(folder.resolve("library-" + (char) ('a' + i))));
    }
  }

  /** Makes the files, in so many parts, which the libraries have in turn. */
  void makeParts(long count, int partCount) throws IOException {
    for (int part = 0; part < partCount; part++) {
      Path root = roots.get(part % roots.size());
      Path folder = Files.createDirectories(root.resolve(String.format(Locale.ROOT, "part-%03d", part)));
      parts.add(folder);
      long size = count * (part + 1) / partCount - count * part / partCount;
      for (long i = 0; i < size; i++) {
        make(folder, part, (int) i);
      }
    }
  }

  private void make(Path folder, int part, int index) throws IOException {
    files++;
    if (files % BROKEN_EVERY == 0) {
      makeBroken(folder, part, index, (int) (files / BROKEN_EVERY % 4));
      return;
    }
    boolean isCopy = songs > 0 && dice.nextDouble() < COPIES;
    int song = isCopy ? dice.nextInt(songs) : songs++;
    Files.write(folder.resolve(name(part, index, "song")), MadeSong.bytes(song));
  }

  private void makeBroken(Path folder, int part, int index, int how) throws IOException {
    switch (how) {
      case 0 -> Files.createFile(expect(folder, name(part, index, "empty"), FailureKind.EMPTY));
      case 1 -> Files.writeString(expect(folder, name(part, index, "text"), FailureKind.NOT_MIDI),
          "<html>404 Not Found</html>", StandardCharsets.US_ASCII);
      case 2 -> Files.write(expect(folder, name(part, index, "refused"), FailureKind.REFUSED_BY_DATABASE),
          SmfBuilder.smf().track(track -> track.name("refuse me " + part + " " + index).note(0, 60, 64, 0, 96))
              .bytes());
      default -> Files.createSymbolicLink(expect(folder, name(part, index, "gone"), FailureKind.MISSING),
          Path.of("nowhere.mid"));
    }
  }

  /** Lays so many poison files of each kind into parts of the first half. */
  void addPoison(int ofEach) throws IOException {
    for (int i = 0; i < ofEach; i++) {
      for (String poison : POISONS) {
        Path folder = parts.get(dice.nextInt(Math.max(1, parts.size() / 2)));
        String name = "poison-" + poison + "-" + i + ".mid";
        Files.write(expect(folder, name, FailureKind.CRASHED_WORKER), MadeSong.bytes(songs++));
        files++;
      }
    }
  }

  /** A part of its own, of sound files. */
  synchronized Path addPart(String name, int count) throws IOException {
    Path folder = Files.createDirectory(roots.get(Math.floorMod(name.hashCode(), roots.size())).resolve(name));
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve(i + ".mid"), MadeSong.bytes(songs++));
      files++;
    }
    return folder;
  }

  /** A new file of a part that nothing else changes, to be changed later. */
  synchronized Path addChanging(int number) throws IOException {
    Path folder = parts.get(number % parts.size());
    Path file = folder.resolve("changing-" + number + ".mid");
    Files.write(file, MadeSong.bytes(songs++));
    files++;
    return file;
  }

  /** A song that nobody has. */
  synchronized int newSong() { return songs++; }

  private Path expect(Path folder, String name, FailureKind kind) {
    dead.put(folder.getFileName() + "/" + name, kind);
    return folder.resolve(name);
  }

  private static String name(int part, int index, String what) {
    return String.format(Locale.ROOT, "%03d-%05d-%s.mid", part, index, what);
  }
}
