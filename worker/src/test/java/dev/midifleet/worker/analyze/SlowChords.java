package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.data.Offset;

/** The oracle of {@link ChordDecoder}, {@link ChordExtension} and {@link Chords}. */
final class SlowChords {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Offset<Double> EXACT = Offset.offset(1e-9);
  private static final List<String> ROOTS = List.of("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B");
  private static final int[][] TONES = {{0, 4, 7}, {0, 3, 7}, {0, 3, 6}, {0, 5, 7}, {0, 2, 7}, {0, 4, 8}};
  private static final boolean[][] IS_TONE = areTones();
  /** Sixteenths of a nat. */
  private static final int[] BIASES = {16, 8, -16, -8, -8, -24};
  private static final int CHANGE = 40;
  private static final Map<String, Double> COMPLEXITIES = Map.ofEntries(Map.entry("maj", 0.0), Map.entry("min", 0.0),
      Map.entry("sus4", 0.25), Map.entry("sus2", 0.25), Map.entry("maj6", 0.25), Map.entry("min6", 0.25),
      Map.entry("dim", 0.5), Map.entry("aug", 0.5), Map.entry("7", 0.5), Map.entry("maj7", 0.5),
      Map.entry("min7", 0.5), Map.entry("hdim7", 0.75), Map.entry("dim7", 0.75), Map.entry("minmaj7", 0.75),
      Map.entry("9", 1.0), Map.entry("maj9", 1.0), Map.entry("min9", 1.0));
  private static final Set<String> NINTHS = Set.of("9", "maj9", "min9");

  private final SlowScore score;
  private final SlowBeats beats;
  /** Major, minor, diminished, sus4, sus2 on twelve roots each, four augmented ones; -1 for none. */
  private final int[] states;
  private final List<String> labels = new ArrayList<>();

  private SlowChords(SlowScore score) {
    this.score = score;
    beats = score.beats();
    states = path();
    fillRests();
    label();
  }

  static void check(SlowScore score, Analysis facts) throws Exception {
    boolean hasPitches = !score.pitched.isEmpty();
    SlowChords oracle = hasPitches ? new SlowChords(score) : null;
    if (oracle == null || facts.isMonophonic || !oracle.isChordal()) {
      assertThat(facts.hasChords).as("has_chords").isFalse();
      assertThat(facts.chordProgression).isNull();
      assertThat(facts.chordTypes).isNull();
      assertThat(facts.chordChangeRate).isNaN();
      assertThat(facts.chordComplexityScore).isNaN();
      return;
    }
    assertThat(facts.hasChords).as("has_chords").isTrue();
    oracle.checkProgression(facts);
    oracle.checkTypes(facts);
  }

  private boolean isChordal() {
    int sounding = 0;
    int chordal = 0;
    for (int beat = 0; beat < states.length; beat++) {
      int classes = 0;
      for (float weight : beats.weights.get(beat)) {
        classes += weight > 0 ? 1 : 0;
      }
      sounding += classes > 0 ? 1 : 0;
      chordal += classes > 2 ? 1 : 0;
    }
    return chordal > 0 && 10 * chordal >= sounding;
  }

  /** The best path; of equally good ones that which stays, else that of the lower states. */
  private int[] path() {
    int size = beats.beats.size();
    long[][] values = new long[size][];
    int[][] from = new int[size][64];
    long[] before = new long[64];
    for (int beat = 0; beat < size; beat++) {
      long[] evidence = evidence(beat);
      if (evidence.length == 0) continue;
      int best = best(before);
      values[beat] = new long[64];
      for (int state = 0; state < 64; state++) {
        boolean isChanged = before[best] - CHANGE * 256L > before[state];
        from[beat][state] = isChanged ? best : state;
        values[beat][state] = evidence[state] + (isChanged ? before[best] - CHANGE * 256L : before[state]);
      }
      before = values[beat];
    }
    int[] path = new int[size];
    int state = best(before);
    for (int beat = size - 1; beat >= 0; beat--) {
      path[beat] = values[beat] == null ? -1 : state;
      state = values[beat] == null ? state : from[beat][state];
    }
    return path;
  }

  private static int best(long[] values) {
    int best = 0;
    for (int state = 1; state < 64; state++) {
      best = values[state] > values[best] ? state : best;
    }
    return best;
  }

  /** By state, in 256ths of a sixteenth of a nat; empty where nothing sounds. */
  private long[] evidence(int beat) {
    float[] weights = beats.weights.get(beat);
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    if (sum <= 0) return new long[0];
    int bass = beats.lowest(beat).map(note -> note.pitch() % 12).orElse(-1);
    long[] shares = new long[12];
    for (int i = 0; i < 12; i++) {
      shares[i] = (long) Math.floor(Math.sqrt(weights[i] * (65_536.0 / sum)) + 0.5);
    }
    long[] evidence = new long[64];
    for (int state = 0; state < 64; state++) {
      evidence[state] = 256L * (BIASES[triad(state)] + (bass < 0 ? 0 : ofBass(state, bass)));
      for (int i = 0; i < 12; i++) {
        evidence[state] += IS_TONE[state][i] ? 48 * shares[i] : -40 * shares[i];
      }
    }
    return evidence;
  }

  private static int triad(int state) { return Math.min(5, state / 12); }

  private static boolean[][] areTones() {
    boolean[][] areTones = new boolean[64][12];
    for (int state = 0; state < 64; state++) {
      for (int tone : TONES[triad(state)]) {
        areTones[state][(state % 12 + tone) % 12] = true;
      }
    }
    return areTones;
  }

  private static int ofBass(int state, int bass) {
    if (!IS_TONE[state][bass]) return -18;
    return triad(state) == 5 || bass == state % 12 ? 24 : -3;
  }

  private void fillRests() {
    for (int beat = 1; beat < states.length; beat++) {
      int next = beat;
      while (next < states.length && states[next] < 0) {
        next++;
      }
      if (states[beat - 1] >= 0 && next < states.length && next - beat <= 2) {
        Arrays.fill(states, beat, next, states[beat - 1]);
      }
      beat = Math.max(beat, next - 1);
    }
  }

  private void label() {
    for (int from = 0; from < states.length;) {
      int to = from;
      while (to < states.length && states[to] == states[from]) {
        to++;
      }
      String label = states[from] < 0 ? "N" : label(states[from], from, to);
      for (; from < to; from++) {
        labels.add(label);
      }
    }
  }

  private String label(int state, int from, int to) {
    double[] sums = new double[12];
    int[] basses = new int[12];
    for (int beat = from; beat < to; beat++) {
      float[] weights = beats.weights.get(beat);
      for (int i = 0; i < 12; i++) {
        sums[i] += weights[i];
      }
      beats.lowest(beat).ifPresent(note -> basses[note.pitch() % 12]++);
    }
    int root = state % 12;
    if (triad(state) == 5) {
      for (int other = root + 4; other < 12; other += 4) {
        root = basses[other] > basses[root] ? other : root;
      }
    }
    double[] above = new double[12];
    for (int step = 0; step < 12; step++) {
      above[step] = sums[(root + step) % 12];
    }
    return ROOTS.get(root) + ":" + type(triad(state), above);
  }

  private static String type(int triad, double[] above) {
    int[] tones = TONES[triad];
    double mean = (above[0] + above[tones[1]] + above[tones[2]]) / 3;
    boolean hasSixth = above[9] >= 0.5 * mean;
    boolean hasMinor = above[10] >= 0.5 * mean;
    boolean hasMajor = above[11] >= 0.5 * mean;
    boolean hasNinth = above[2] >= 0.4 * mean;
    boolean isMajorMore = above[11] > above[10];
    return switch (triad) {
      case 0 -> {
        if (!hasMinor && !hasMajor) yield hasSixth ? "maj6" : "maj";
        if (isMajorMore) yield hasNinth ? "maj9" : "maj7";
        yield hasNinth ? "9" : "7";
      }
      case 1 -> {
        if (!hasMinor && !hasMajor) yield hasSixth ? "min6" : "min";
        if (isMajorMore) yield "minmaj7";
        yield hasNinth ? "min9" : "min7";
      }
      case 2 -> !hasMinor && !hasSixth ? "dim" : above[10] > above[9] ? "hdim7" : "dim7";
      case 3 -> "sus4";
      case 4 -> "sus2";
      default -> "aug";
    };
  }

  private void checkProgression(Analysis facts) throws Exception {
    List<String> expected = new ArrayList<>();
    int changes = 0;
    String lastChord = "N";
    for (int beat = 0; beat < labels.size(); beat++) {
      String label = labels.get(beat);
      changes += !label.equals("N") && !lastChord.equals("N") && !label.equals(lastChord) ? 1 : 0;
      lastChord = label.equals("N") ? lastChord : label;
      boolean isNew = beat == 0 ? !label.equals("N") : !label.equals(labels.get(beat - 1));
      if (isNew) {
        expected.add(Math.max(0, Math.round(beats.start + beat * beats.ticks)) + " " + label);
      }
    }
    List<String> found = new ArrayList<>();
    for (JsonNode each : JSON.readTree(
        PackedRows.json(FactType.CHORDS, Objects.requireNonNull(facts.chordProgression)))) {
      found.add(each.get("tick").asText() + " " + each.get("chord").asText());
      assertThat(each.get("second").asDouble()).as("second")
          .isEqualTo(score.tempoMap().secondsAt(each.get("tick").asInt()), Offset.offset(5.001e-4));
    }
    assertThat(found).as("chord_progression").isEqualTo(expected.subList(0, Math.min(256, expected.size())));
    assertThat(facts.chordChangeRate).as("chord_change_rate").isEqualTo(changes / bars(), Offset.offset(1e-6));
  }

  private double bars() {
    double ofBeats = labels.stream().filter(label -> !label.equals("N")).count();
    if (score.score.isSmpte()) return ofBeats / 4;
    int signature = score.score.timeSignatures().isEmpty() ? 4 << 8 | 4 : score.score.timeSignatures().value(0);
    return ofBeats * beats.ticks / score.score.division() / (4.0 * (signature & 0xFF) / (signature >>> 8));
  }

  private void checkTypes(Analysis facts) throws Exception {
    Map<String, Integer> chords = new HashMap<>();
    Map<String, Double> types = new TreeMap<>();
    labels.stream().filter(label -> !label.equals("N")).forEach(label -> chords.merge(label, 1, Integer::sum));
    double all = chords.values().stream().mapToInt(count -> count).sum();
    chords.forEach((label, count) -> types.merge(label.substring(label.indexOf(':') + 1), count / all, Double::sum));
    double entropy = chords.values().stream().mapToDouble(count -> -count / all * Math.log(count / all)).sum();
    double complexity = types.entrySet().stream().mapToDouble(type -> type.getValue() * complexity(type.getKey()))
        .sum();
    double sevenths = types.entrySet().stream().filter(type -> type.getKey().endsWith("7") || isNinth(type.getKey()))
        .mapToDouble(Map.Entry::getValue).sum();
    double ninths = types.entrySet().stream().filter(type -> isNinth(type.getKey())).mapToDouble(Map.Entry::getValue)
        .sum();
    JsonNode found = JSON.readTree(Objects.requireNonNull(facts.chordTypes));
    assertThat(found.size()).as("chord_types").isEqualTo(types.size());
    types.forEach((type, share) -> assertThat(found.path(type).asDouble()).as("chord_types, " + type)
        .isEqualTo(share, Offset.offset(5.001e-5)));
    assertThat(facts.hasSeventhChords).as("has_seventh_chords").isEqualTo(sevenths >= 0.05 - 1e-12);
    assertThat(facts.hasExtendedChords).as("has_extended_chords").isEqualTo(ninths >= 0.05 - 1e-12);
    assertThat(facts.chordComplexityScore).as("chord_complexity_score")
        .isEqualTo((complexity + Math.min(1, entropy / Math.log(24))) / 2, EXACT);
  }

  private static double complexity(String type) { return COMPLEXITIES.getOrDefault(type, Double.NaN); }

  private static boolean isNinth(String type) { return NINTHS.contains(type); }
}
