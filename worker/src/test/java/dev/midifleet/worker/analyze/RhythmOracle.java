package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.assertj.core.data.Offset;

/** The definitions of {@link BarGrid} and {@link Rhythm} done slowly, with sets, sorted maps and exact fractions. */
final class RhythmOracle {
  /** One bar: ticks times 128, so that all of them are whole. */
  private record Bar(long begin, long end, int numerator, int denominator) {}

  /** The place of a note: its bar, counted from the first note's (-1 where it has none), and sixteenths in the bar. */
  record Place(SlowNote note, int bar, int slot, int absolute) {}

  private static final int UNIT = 128;
  private static final Offset<Double> EXACT = Offset.offset(1e-9);

  private final Score score;
  private final List<SlowNote> pitched;
  private final List<Bar> laid = new ArrayList<>();
  /** The bar of each sixteenth from the first bar's begin on. */
  private final List<Integer> barOf = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final List<Set<Integer>> onsets = new ArrayList<>();
  private final int[] fine = new int[480];
  private long bars;
  private long firstSlot;

  RhythmOracle(SlowScore of) {
    score = of.score;
    pitched = of.pitched;
    List<SlowNote> notes = of.notes;
    if (score.isSmpte() || notes.isEmpty()) return;
    layBars(notes.stream().mapToLong(SlowNote::onset).min().orElseThrow() * UNIT,
        notes.stream().mapToLong(SlowNote::end).max().orElseThrow() * UNIT);
    for (int bar = 0; bar < laid.size(); bar++) {
      barOf.addAll(Collections.nCopies(length(bar), bar));
      onsets.add(new HashSet<>());
    }
    for (SlowNote note : notes) {
      Place place = place(note);
      places.add(place);
      if (place.bar >= 0) {
        onsets.get(place.bar).add(place.slot);
      }
    }
  }

  static void check(SlowScore score, Analysis facts) {
    RhythmOracle oracle = score.rhythm();
    assertThat(facts.bars).as("bars").isEqualTo(score.score.isSmpte() ? Analysis.UNKNOWN : (int) oracle.bars);
    near(facts.noteLengthMeanBeats, oracle.noteLength(), "note_length_mean_beats");
    near(facts.emptyBeatRate, oracle.emptyBeats(), "empty_beat_rate");
    boolean isFollowed = oracle.isFollowed();
    near(facts.grooveConsistency, isFollowed ? oracle.groove() : Double.NaN, "groove_consistency");
    near(facts.drumPatternConsistency, isFollowed ? oracle.drumPatterns() : Double.NaN, "drum_pattern_consistency");
    near(facts.syncopation, isFollowed ? oracle.syncopation() : Double.NaN, "syncopation");
    assertThat(facts.isLoop).as("is_loop").isEqualTo(isFollowed && oracle.isLoop());
  }

  private static void near(double found, double expected, String what) {
    if (Double.isNaN(expected)) {
      assertThat(found).as(what).isNaN();
    } else {
      assertThat(found).as(what).isEqualTo(expected, EXACT);
    }
  }

  private void layBars(long first, long last) {
    EventList said = score.timeSignatures();
    TreeMap<Integer, int[]> signatures = new TreeMap<>(Map.of(0, new int[]{4, 4}));
    Set<Integer> ticks = new HashSet<>();
    for (int i = 0; i < said.size(); i++) {
      if ((long) said.tick(i) * UNIT < last && ticks.add(said.tick(i))) {
        signatures.put(said.tick(i), new int[]{said.value(i) & 0xFF, said.value(i) >>> 8});
      }
    }
    long begin = 0;
    while (begin < last) {
      int[] now = signatures.floorEntry((int) (begin / UNIT)).getValue();
      long end = begin + 4L * UNIT * score.division() * now[0] / now[1];
      for (Map.Entry<Integer, int[]> change : signatures.tailMap((int) (begin / UNIT), false).entrySet()) {
        if ((long) change.getKey() * UNIT >= end) break;
        if (change.getValue()[0] != now[0] || change.getValue()[1] != now[1]) {
          end = (long) change.getKey() * UNIT;
          break;
        }
      }
      bars++;
      if (end > first) {
        lay(new Bar(begin, end, now[0], now[1]));
      }
      begin = end;
    }
    // The first note's bar is there although nothing of it sounds.
    if (laid.isEmpty() && last > 0) throw new IllegalStateException("no bar for the first note");
  }

  private void lay(Bar bar) {
    if (laid.isEmpty()) {
      firstSlot = slotOf(bar.begin);
    }
    if (laid.size() < BarGrid.BARS_MAX && slotOf(bar.end) - firstSlot <= BarGrid.SLOTS_MAX) {
      laid.add(bar);
    }
  }

  /** The nearest sixteenth of a time in 128ths of a tick. */
  private long slotOf(long time) {
    long quarter = (long) UNIT * score.division();
    return Math.floorDiv(4 * time * 2 + quarter, 2 * quarter);
  }

  private Place place(SlowNote note) {
    long place = Math.floorDiv(2L * 480 * note.onset() + score.division(), 2L * score.division());
    fine[(int) (place % 480)]++;
    long absolute = Math.max(0, Math.floorDiv(place + 60, 120) - firstSlot);
    if (absolute >= barOf.size()) return new Place(note, -1, 0, 0);
    int bar = barOf.get((int) absolute);
    return new Place(note, bar, (int) (absolute - begin(bar)), (int) absolute);
  }

  /** Those of all notes, in the order of the score. */
  List<Place> places() { return places; }

  /** Bars laid out. */
  int size() { return laid.size(); }

  private long begin(int bar) { return slotOf(laid.get(bar).begin) - firstSlot; }

  private int length(int bar) { return (int) (slotOf(laid.get(bar).end) - slotOf(laid.get(bar).begin)); }

  /** The absolute sixteenth in or at whose begin a tick is, but not beyond the last bar. */
  int endSlot(int tick) {
    return (int) (Math.min(slotOf(laid.getLast().end), Math.ceilDiv(4L * tick, score.division())) - firstSlot);
  }

  /** Mean resultants of the phases, in 48 parts of a quarter. */
  boolean isFollowed() {
    for (int harmonic : new int[]{1, 2, 3, 4, 6}) {
      double x = 0;
      double y = 0;
      for (int i = 0; i < fine.length; i++) {
        int part = i / 10;
        double angle = 2 * Math.PI * harmonic * part / 48;
        x += fine[i] * Math.cos(angle);
        y += fine[i] * Math.sin(angle);
      }
      if (!places.isEmpty() && Math.hypot(x, y) / places.size() >= 0.3 - 1e-12) return true;
    }
    return false;
  }

  /** In quarters. */
  double deviation() {
    double sum = 0;
    for (int i = 0; i < fine.length; i++) {
      double nearest = 1;
      for (double place : new double[]{0, 0.25, 0.5, 0.75, 1, 1 / 6.0, 1 / 3.0, 2 / 3.0, 5 / 6.0}) {
        nearest = Math.min(nearest, Math.abs(i / 480.0 - place));
      }
      sum += fine[i] * nearest;
    }
    return sum / places.size();
  }

  private double noteLength() {
    if (score.isSmpte()) return Double.NaN;
    return pitched.stream().mapToDouble(note -> (double) note.end() - note.onset()).average()
        .orElse(Double.NaN) / score.division();
  }

  private double groove() {
    double sum = 0;
    for (int bar = 1; bar < size(); bar++) {
      int length = Math.max(length(bar - 1), length(bar));
      int different = 0;
      for (int slot = 0; slot < length; slot++) {
        different += onsets.get(bar - 1).contains(slot) != onsets.get(bar).contains(slot) ? 1 : 0;
      }
      sum += length > 0 ? 1 - (double) different / length : 1;
    }
    return size() > 1 ? sum / (size() - 1) : Double.NaN;
  }

  private double drumPatterns() {
    Map<Integer, Set<List<Integer>>> drums = new HashMap<>();
    for (Place place : places) {
      if (place.note.isDrum()) {
        drums.computeIfAbsent(place.bar, _ -> new HashSet<>()).add(List.of(place.slot, place.note.pitch()));
      }
    }
    double sum = 0;
    int pairs = 0;
    for (int bar = 1; bar < size(); bar++) {
      Set<List<Integer>> all = new HashSet<>(drums.getOrDefault(bar - 1, Set.of()));
      Set<List<Integer>> both = new HashSet<>(all);
      both.retainAll(drums.getOrDefault(bar, Set.of()));
      all.addAll(drums.getOrDefault(bar, Set.of()));
      sum += all.isEmpty() ? 0 : (double) both.size() / all.size();
      pairs += all.isEmpty() ? 0 : 1;
    }
    return pairs > 0 ? sum / pairs : Double.NaN;
  }

  private double syncopation() {
    Map<List<Integer>, TreeSet<Integer>> parts = new HashMap<>();
    for (Place place : places) {
      if (place.bar >= 0) {
        parts.computeIfAbsent(List.of(place.note.track(), place.note.channel()), _ -> new TreeSet<>())
            .add(place.absolute);
      }
    }
    Map<Integer, Integer> levels = new HashMap<>();
    long sum = 0;
    int count = 0;
    for (TreeSet<Integer> part : parts.values()) {
      for (Integer onset : part) {
        Integer next = part.higher(onset);
        if (next == null) continue;
        count++;
        int strongest = 99;
        for (int slot = onset + 1; slot < next && strongest > 0; slot++) {
          strongest = Math.min(strongest, levels.computeIfAbsent(slot, this::level));
        }
        sum += Math.max(0, levels.computeIfAbsent(onset, this::level) - strongest);
      }
    }
    return count > 0 ? (double) sum / count : Double.NaN;
  }

  private int level(int absolute) {
    int bar = barOf.get(absolute);
    long slot = absolute - begin(bar);
    List<Integer> steps = steps(laid.get(bar));
    for (int level = 0; level < steps.size(); level++) {
      if (slot % steps.get(level) == 0) return level;
    }
    throw new IllegalStateException("1 divides all");
  }

  /** The usual signatures written out; the others by the rule. */
  private static List<Integer> steps(Bar bar) {
    return switch (bar.numerator * 100 + bar.denominator) {
      case 204 -> List.of(8, 4, 2, 1);
      case 304 -> List.of(12, 4, 2, 1);
      case 404 -> List.of(16, 8, 4, 2, 1);
      case 504 -> List.of(20, 4, 2, 1);
      case 608 -> List.of(12, 6, 2, 1);
      case 1208 -> List.of(24, 12, 6, 2, 1);
      default -> stepsByRule(bar);
    };
  }

  /** The bar, halves of it by whole beats, the beats, their thirds if there are such, then halves. */
  private static List<Integer> stepsByRule(Bar bar) {
    List<Integer> steps = new ArrayList<>(List.of(Math.max(1, bar.numerator * 16 / bar.denominator)));
    int unit = Math.max(1, 16 / bar.denominator);
    boolean isCompound = bar.numerator > 3 && bar.numerator % 3 == 0;
    int beats = isCompound ? bar.numerator / 3 : bar.numerator;
    while (beats % 2 == 0 && steps.getLast() % 2 == 0) {
      beats /= 2;
      steps.add(steps.getLast() / 2);
    }
    if (beats > 1) {
      steps.add(isCompound ? 3 * unit : unit);
    }
    if (isCompound && steps.getLast() > unit) {
      steps.add(unit);
    }
    while (steps.getLast() % 2 == 0) {
      steps.add(steps.getLast() / 2);
    }
    return steps;
  }

  private double emptyBeats() {
    Set<Integer> heard = new HashSet<>();
    int last = 0;
    for (Place place : places) {
      if (place.bar < 0) continue;
      int end = Math.max(place.absolute + 1, endSlot(place.note.end()));
      for (int beat = place.absolute / 4; beat <= (end - 1) / 4; beat++) {
        heard.add(beat);
      }
      last = Math.max(last, (end - 1) / 4 + 1);
    }
    return last > 0 ? (double) (last - heard.size()) / last : Double.NaN;
  }

  private boolean isLoop() {
    Set<List<Integer>> signatures = new HashSet<>();
    laid.forEach(bar -> signatures.add(List.of(bar.numerator, bar.denominator)));
    boolean isSquare = Set.of(1L, 2L, 4L, 8L).contains(bars) && bars == size() && signatures.size() == 1;
    if (!isSquare || score.tempoMap().size() > 1) return false;
    Bar bar = laid.getFirst();
    double end = 4.0 * score.division() * bar.numerator / bar.denominator * bars;
    Set<Integer> last = onsets.getLast();
    int from = length(size() - 1) - length(size() - 1) / 4;
    boolean isOpen = last.stream().anyMatch(slot -> slot >= from);
    int all = onsets.stream().mapToInt(Set::size).sum();
    return Math.abs(score.lastTick() - end) <= score.division() / 8.0 && onsets.getFirst().contains(0) && isOpen
        && all >= 4 && (bars == 1 || onsets.subList(0, size() - 1).stream().anyMatch(other -> isLike(other, last)));
  }

  private static boolean isLike(Set<Integer> some, Set<Integer> others) {
    Set<Integer> both = new HashSet<>(some);
    both.retainAll(others);
    return 2 * both.size() >= some.size() + others.size() - both.size();
  }
}
