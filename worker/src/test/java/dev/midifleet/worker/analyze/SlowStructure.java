package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.data.Offset;

/** The oracle of {@link Structure}: bars are sorted lists of what begins in them, and lists are equal or not. */
final class SlowStructure {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private SlowStructure() {}

  static void check(SlowScore score, Analysis facts) throws Exception {
    RhythmOracle rhythm = score.rhythm();
    if (rhythm.size() == 0 || !rhythm.isFollowed()) {
      assertThat(facts.structureData).isNull();
      return;
    }
    JsonNode found = JSON.readTree(Objects.requireNonNull(facts.structureData));
    List<Integer> bars = bars(rhythm);
    Set<Integer> distinct = new HashSet<>(bars);
    distinct.remove(0);
    long filled = bars.stream().filter(bar -> bar > 0).count();
    assertThat(found.get("bars").asInt()).as("bars").isEqualTo(bars.size());
    assertThat(found.get("distinct").asInt()).as("distinct").isEqualTo(distinct.size());
    assertThat(found.get("repeated_share").asDouble()).as("repeated_share")
        .isEqualTo((double) (filled - distinct.size()) / filled, Offset.offset(5.001e-4));
    assertThat(found.get("period_bars").asInt()).as("period_bars").isEqualTo(period(bars));
    int length = bars.size() < 32 ? 4 : 8;
    assertThat(found.get("section_bars").asInt()).as("section_bars").isEqualTo(length);
    assertThat(found.get("sections").asText("")).as("sections").isEqualTo(sections(bars, length));
  }

  /** A number for each bar, the same for equal ones, 0 for empty ones. */
  private static List<Integer> bars(RhythmOracle rhythm) {
    List<List<Long>> contents = new ArrayList<>();
    for (int bar = 0; bar < rhythm.size(); bar++) {
      contents.add(new ArrayList<>());
    }
    for (RhythmOracle.Place place : rhythm.places()) {
      if (place.bar() >= 0) {
        contents.get(place.bar())
            .add(place.slot() * 1000L + place.note().pitch() + (place.note().isDrum() ? 500 : 0));
      }
    }
    Map<List<Long>, Integer> numbers = new HashMap<>(Map.of(List.of(), 0));
    List<Integer> bars = new ArrayList<>();
    for (List<Long> content : contents) {
      content.sort(null);
      int next = numbers.size();
      bars.add(numbers.computeIfAbsent(content, _ -> next));
    }
    return bars;
  }

  /** 0 for none. */
  private static int period(List<Integer> bars) {
    int best = 0;
    double bestShare = 0.25;
    for (int lag = Math.min(32, bars.size() / 2); lag > 0; lag--) {
      int filled = 0;
      int equal = 0;
      for (int bar = lag; bar < bars.size(); bar++) {
        boolean isFilled = bars.get(bar) > 0;
        filled += isFilled ? 1 : 0;
        equal += isFilled && bars.get(bar).equals(bars.get(bar - lag)) ? 1 : 0;
      }
      if (filled > 0 && (double) equal / filled >= bestShare) {
        best = lag;
        bestShare = (double) equal / filled;
      }
    }
    return best;
  }

  private static String sections(List<Integer> bars, int length) {
    List<List<Integer>> sections = new ArrayList<>();
    for (int from = 0; from < bars.size() && sections.size() < 64; from += length) {
      sections.add(bars.subList(from, Math.min(bars.size(), from + length)));
    }
    if (sections.size() < 2) return "";
    StringBuilder letters = new StringBuilder();
    int used = 0;
    for (int section = 0; section < sections.size(); section++) {
      int like = 0;
      while (like < section && !areAlike(sections.get(like), sections.get(section))) {
        like++;
      }
      if (like < section) {
        letters.append(letters.charAt(like));
      } else {
        letters.append(used < LETTERS.length() ? LETTERS.charAt(used) : '*');
        used++;
      }
    }
    return letters.toString();
  }

  /** The second may be shorter. */
  private static boolean areAlike(List<Integer> one, List<Integer> other) {
    int equal = 0;
    for (int i = 0; i < other.size(); i++) {
      equal += one.get(i).equals(other.get(i)) ? 1 : 0;
    }
    return equal >= other.size() / 2.0;
  }
}
