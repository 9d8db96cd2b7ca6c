package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.midifleet.worker.score.TempoMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;

/** The oracle of {@link Timing}: sorted lists of seconds, and lists of lists of notes. */
final class SlowTiming {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double HOURS_MAX = 2;
  /** JSON has shares to three decimals, milliseconds to one. */
  private static final Offset<Double> THOUSANDTH = Offset.offset(5.001e-4);
  private static final Offset<Double> TENTH = Offset.offset(5.001e-2);

  private SlowTiming() {}

  static void check(SlowScore score, Analysis facts) throws Exception {
    List<SlowNote> notes = score.notes;
    near(facts.ioiMeanMs, interval(score), Offset.offset(1e-6 * Math.max(1, facts.durationSeconds)),
        "ioi_mean_ms");
    if (notes.isEmpty()) {
      assertThat(facts.articulationData).isNull();
      return;
    }
    JsonNode articulation = JSON.readTree(Objects.requireNonNull(facts.articulationData));
    articulations(score, articulation);
    TempoMap map = score.tempoMap();
    double length = score.pitched.stream().mapToDouble(note -> map.secondsAt(note.end()) - map.secondsAt(note.onset()))
        .average().orElse(Double.NaN);
    near(number(articulation, "mean_length_ms"), 1000 * length, TENTH, "mean_length_ms");
    RhythmOracle rhythm = score.rhythm();
    double deviation = rhythm.isFollowed()
        ? rhythm.deviation() * score.score.division() * secondsATick(map, notes) * 1000
        : Double.NaN;
    near(number(articulation, "timing_deviation_ms"), deviation, TENTH, "timing_deviation_ms");
  }

  private static double secondsATick(TempoMap map, List<SlowNote> notes) {
    int first = notes.stream().mapToInt(SlowNote::onset).min().orElseThrow();
    int last = notes.stream().mapToInt(SlowNote::end).max().orElseThrow();
    return (map.secondsAt(last) - map.secondsAt(first)) / Math.max(1, last - first);
  }

  private static double interval(SlowScore score) {
    List<Double> seconds = score.notes.stream().map(note -> score.tempoMap().secondsAt(note.onset())).sorted().toList();
    int groups = 0;
    int begin = Integer.MIN_VALUE / 2;
    double last = 0;
    for (double second : seconds) {
      double frame = Math.floor((second - seconds.getFirst()) * 200);
      if (frame >= HOURS_MAX * 3600 * 200) break;
      last = second;
      if (frame > begin + 6) {
        groups++;
        begin = (int) frame;
      }
    }
    return groups > 1 ? 1000 * (last - seconds.getFirst()) / (groups - 1) : Double.NaN;
  }

  private static void articulations(SlowScore score, JsonNode found) {
    long quarter = score.score.isSmpte()
        ? (long) Math.max(1, Math.rint(0.5 / score.tempoMap().secondsPerTick(0)))
        : score.score.division();
    Map<List<Integer>, List<SlowNote>> parts = new LinkedHashMap<>();
    for (SlowNote note : score.pitched) {
      parts.computeIfAbsent(List.of(note.track(), note.channel()), _ -> new ArrayList<>()).add(note);
    }
    int successions = 0;
    int legato = 0;
    int staccato = 0;
    for (List<SlowNote> part : parts.values()) {
      List<List<SlowNote>> groups = new ArrayList<>();
      for (SlowNote note : part) {
        boolean isTogether = !groups.isEmpty() && 16L * (note.onset() - groups.getLast().getFirst().onset()) <= quarter;
        if (!isTogether) {
          groups.add(new ArrayList<>());
        }
        groups.getLast().add(note);
      }
      for (int i = 1; i < groups.size(); i++) {
        long interval = (long) groups.get(i).getFirst().onset() - groups.get(i - 1).getFirst().onset();
        if (interval > 2 * quarter) continue;
        long longest = groups.get(i - 1).stream().mapToLong(note -> note.end() - note.onset()).max().orElseThrow();
        successions++;
        legato += 100 * longest >= 95 * interval ? 1 : 0;
        staccato += 100 * longest <= 50 * interval ? 1 : 0;
      }
    }
    double all = successions == 0 ? Double.NaN : successions;
    near(number(found, "legato_share"), legato / all, THOUSANDTH, "legato_share");
    near(number(found, "staccato_share"), staccato / all, THOUSANDTH, "staccato_share");
  }

  private static double number(JsonNode from, String name) { return from.get(name).asDouble(Double.NaN); }

  private static void near(double found, double expected, Offset<Double> tolerance, String what) {
    if (Double.isNaN(expected)) {
      assertThat(found).as(what).isNaN();
    } else {
      assertThat(found).as(what).isEqualTo(expected, tolerance);
    }
  }
}
