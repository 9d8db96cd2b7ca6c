package dev.midifleet.bench.accuracy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * POP909's annotations of one song: the chord of each beat, that which covers most of it.
 *
 * @param label
 *          the song
 */
record ChordTruth(Truth.Label label, List<Beat> beats) {
  /**
   * One beat.
   *
   * @param second
   *          its middle
   * @param chord
   *          in Harte's notation, N for none
   */
  record Beat(double second, Chord chord) {}

  /**
   * A chord as it is compared.
   *
   * @param root
   *          0 (C) to 11; -1 where there is none
   * @param triad
   *          maj, min, dim, aug or sus
   * @param quality
   *          the same with sevenths told apart; sus4 and sus2 too; sixths and ninths belong to their triad or seventh
   */
  record Chord(int root, String triad, String quality) {
    private static final Chord NONE = new Chord(-1, "N", "N");
    private static final String LETTERS = "C D EF G A B";

    static Chord parse(String harte) {
      if (harte.equals("N") || harte.equals("X")) return NONE;
      String[] parts = harte.split("[:/]", 3);
      int root = LETTERS.indexOf(parts[0].charAt(0));
      for (char sign : parts[0].substring(1).toCharArray()) {
        root += sign == '#' ? 1 : -1;
      }
      String type = harte.contains(":") ? parts[1].replaceAll("\\(.*", "") : "maj";
      return new Chord(Math.floorMod(root, 12), triad(type), quality(type));
    }

    private static String triad(String type) {
      return switch (type) {
        case "min", "min7", "min6", "min9", "minmaj7" -> "min";
        case "dim", "dim7", "hdim7" -> "dim";
        case "aug" -> "aug";
        case "sus2", "sus4" -> "sus";
        default -> "maj";
      };
    }

    private static String quality(String type) {
      return switch (type) {
        case "maj6" -> "maj";
        case "min6" -> "min";
        case "9" -> "7";
        case "maj9" -> "maj7";
        case "min9" -> "min7";
        default -> type;
      };
    }
  }

  /** A chord of the annotation and where it stands, in seconds. */
  private record Span(double from, double to, Chord chord) {
    private double within(double start, double end) { return Math.min(to, end) - Math.max(from, start); }
  }

  /** All songs of a corpus that have annotations, in the order of its labels. */
  static List<ChordTruth> all(Truth truth) throws IOException {
    List<ChordTruth> songs = new ArrayList<>();
    for (Truth.Label label : truth.labels()) {
      Path folder = Objects.requireNonNull(label.file().getParent());
      boolean isMain = label.file().getFileName().toString().equals(folder.getFileName() + ".mid");
      if (isMain && Files.exists(folder.resolve("chord_midi.txt"))) {
        songs.add(new ChordTruth(label, beats(folder)));
      }
    }
    return songs;
  }

  private static List<Beat> beats(Path folder) throws IOException {
    List<Span> spans = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("chord_midi.txt"))) {
      String[] cells = line.split("\\s+", -1);
      spans.add(new Span(Double.parseDouble(cells[0]), Double.parseDouble(cells[1]), Chord.parse(cells[2])));
    }
    List<Double> times = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("beat_midi.txt"))) {
      times.add(Double.parseDouble(line.split("\\s+", -1)[0]));
    }
    List<Beat> beats = new ArrayList<>();
    for (int i = 0; i + 1 < times.size(); i++) {
      double from = times.get(i);
      double to = times.get(i + 1);
      Span most = null;
      for (Span span : spans) {
        boolean isMore = span.within(from, to) > (most == null ? 0 : most.within(from, to));
        most = isMore ? span : most;
      }
      if (most != null) {
        beats.add(new Beat((from + to) / 2, most.chord()));
      }
    }
    return beats;
  }
}
