package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The definitions of {@link Rhythm} and {@link Structure} done slowly, with sets and exact fractions, for short scores. */
final class RhythmOracle {
  /** One bar: ticks times 128, so that all of them are whole. */
  private record Bar(long begin, long end, int numerator, int denominator) {}

  /** The place of a note: its bar, counted from the first note's, and sixteenths from its begin. */
  private record Place(int bar, int slot, int absolute) {}

  private static final int UNIT = 128;

  private final Score score;
  private final List<Bar> all = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final int firstBar;
  private final int firstSlot;

  RhythmOracle(Score score) {
    this.score = score;
    long last = 0;
    long first = Long.MAX_VALUE;
    for (int i = 0; i < score.noteCount(); i++) {
      last = Math.max(last, score.ends()[i]);
      first = Math.min(first, score.onsets()[i]);
    }
    layBars(last * UNIT);
    int bar = 0;
    while (bar + 1 < all.size() && all.get(bar).end <= first * UNIT) {
      bar++;
    }
    firstBar = bar;
    firstSlot = all.isEmpty() ? 0 : slotOf(all.get(bar).begin);
    for (int i = 0; i < score.noteCount(); i++) {
      places.add(place(score.onsets()[i]));
    }
  }

  private void layBars(long last) {
    TreeMap<Integer, int[]> signatures = new TreeMap<>(Map.of(0, new int[]{4, 4}));
    Set<Integer> said = new HashSet<>();
    for (int i = 0; i < score.timeSignatures().size(); i++) {
      int value = score.timeSignatures().value(i);
      if ((long) score.timeSignatures().tick(i) * UNIT < last && said.add(score.timeSignatures().tick(i))) {
        signatures.put(score.timeSignatures().tick(i), new int[]{value & 0xFF, value >>> 8});
      }
    }
    long begin = 0;
    while (begin < last) {
      int[] now = signatures.floorEntry((int) (begin / UNIT)).getValue();
      long end = begin + 4L * UNIT * score.division() * now[0] / now[1];
      for (Map.Entry<Integer, int[]> change : signatures.tailMap((int) (begin / UNIT), false).entrySet()) {
        boolean isNew = change.getValue()[0] != now[0] || change.getValue()[1] != now[1];
        if (isNew && (long) change.getKey() * UNIT < end) {
          end = (long) change.getKey() * UNIT;
          break;
        }
      }
      all.add(new Bar(begin, end, now[0], now[1]));
      begin = end;
    }
  }

  /** The nearest sixteenth of a time in 128ths of a tick. */
  private int slotOf(long time) {
    long quarter = (long) UNIT * score.division();
    return (int) Math.floorDiv(4 * time * 2 + quarter, 2 * quarter);
  }

  private Place place(int onset) {
    long fine = Math.floorDiv(2L * 480 * onset + score.division(), 2L * score.division());
    int slot = (int) Math.floorDiv(fine + 60, 120);
    for (int bar = firstBar; bar < all.size(); bar++) {
      if (slot < slotOf(all.get(bar).end)) {
        return new Place(bar - firstBar, Math.max(slot, firstSlot) - slotOf(all.get(bar).begin), slot - firstSlot);
      }
    }
    return new Place(-1, 0, 0);
  }

  int bars() { return all.size(); }

  private int size() { return all.size() - firstBar; }

  private Bar bar(int index) { return all.get(firstBar + index); }

  private int length(int bar) { return slotOf(bar(bar).end) - slotOf(bar(bar).begin); }

  double groove() {
    double sum = 0;
    for (int bar = 1; bar < size(); bar++) {
      int length = Math.max(length(bar - 1), length(bar));
      int different = 0;
      for (int slot = 0; slot < length; slot++) {
        different += begins(bar - 1, slot) != begins(bar, slot) ? 1 : 0;
      }
      sum += length > 0 ? 1 - (double) different / length : 1;
    }
    return size() > 1 ? sum / (size() - 1) : Double.NaN;
  }

  private boolean begins(int bar, int slot) {
    return places.stream().anyMatch(place -> place.bar == bar && place.slot == slot);
  }

  double drumPatterns() {
    double sum = 0;
    int pairs = 0;
    for (int bar = 1; bar < size(); bar++) {
      Set<List<Integer>> left = drums(bar - 1);
      Set<List<Integer>> right = drums(bar);
      Set<List<Integer>> both = new HashSet<>(left);
      both.retainAll(right);
      left.addAll(right);
      sum += left.isEmpty() ? 0 : (double) both.size() / left.size();
      pairs += left.isEmpty() ? 0 : 1;
    }
    return pairs > 0 ? sum / pairs : Double.NaN;
  }

  private Set<List<Integer>> drums(int bar) {
    Set<List<Integer>> hits = new HashSet<>();
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).bar == bar && Score.isDrum(score.voices()[i])) {
        hits.add(List.of(places.get(i).slot, Score.pitch(score.voices()[i])));
      }
    }
    return hits;
  }

  double syncopation() {
    Map<Integer, TreeSet<Integer>> parts = new HashMap<>();
    for (int track = 0; track < score.trackCount(); track++) {
      for (int i = score.firstNote(track); i < score.firstNote(track + 1); i++) {
        if (places.get(i).bar >= 0) {
          parts.computeIfAbsent(16 * track + Score.channel(score.voices()[i]), _ -> new TreeSet<>())
              .add(places.get(i).absolute);
        }
      }
    }
    int sum = 0;
    int count = 0;
    for (TreeSet<Integer> onsets : parts.values()) {
      for (Integer onset : onsets) {
        Integer next = onsets.higher(onset);
        if (next == null) continue;
        count++;
        int strongest = 99;
        for (int slot = onset + 1; slot < next; slot++) {
          strongest = Math.min(strongest, level(slot));
        }
        sum += Math.max(0, level(onset) - strongest);
      }
    }
    return count > 0 ? (double) sum / count : Double.NaN;
  }

  /** Of 2/4, 3/4, 4/4, 6/8, 12/8 and 5/4 only: levels written out. */
  private int level(int absolute) {
    int bar = 0;
    while (slotOf(bar(bar).end) - firstSlot <= absolute) {
      bar++;
    }
    int slot = absolute - (slotOf(bar(bar).begin) - firstSlot);
    int[] steps = switch (bar(bar).numerator * 100 + bar(bar).denominator) {
      case 204 -> new int[]{8, 4, 2, 1};
      case 304 -> new int[]{12, 4, 2, 1};
      case 404 -> new int[]{16, 8, 4, 2, 1};
      case 504 -> new int[]{20, 4, 2, 1};
      case 608 -> new int[]{12, 6, 2, 1};
      case 1208 -> new int[]{24, 12, 6, 2, 1};
      default -> throw new IllegalStateException("no levels for " + bar(bar));
    };
    for (int level = 0; level < steps.length; level++) {
      if (slot % steps[level] == 0) return level;
    }
    throw new IllegalStateException("1 divides all");
  }

  double emptyBeats() {
    int limit = slotOf(all.getLast().end) - firstSlot;
    Set<Integer> heard = new HashSet<>();
    int last = 0;
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).bar < 0) continue;
      int begin = Math.max(0, places.get(i).absolute);
      int end = (int) Math.ceilDiv(4L * score.ends()[i], score.division()) - firstSlot;
      for (int slot = begin; slot < Math.max(begin + 1, Math.min(limit, end)); slot++) {
        heard.add(slot / 4);
        last = Math.max(last, slot / 4 + 1);
      }
    }
    return last > 0 ? (double) (last - heard.size()) / last : Double.NaN;
  }

  /** What begins in each bar: (slot, pitch, is a drum), as often as it does, sorted. */
  List<List<String>> contents() {
    List<List<String>> contents = new ArrayList<>();
    for (int bar = 0; bar < size(); bar++) {
      List<String> content = new ArrayList<>();
      for (int i = 0; i < places.size(); i++) {
        int voice = score.voices()[i];
        if (places.get(i).bar == bar) {
          content.add(places.get(i).slot + " " + Score.pitch(voice) + " " + Score.isDrum(voice));
        }
      }
      content.sort(String::compareTo);
      contents.add(content);
    }
    return contents;
  }
}
