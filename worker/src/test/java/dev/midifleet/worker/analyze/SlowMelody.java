package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The oracle of {@link Melody}: a list of notes for each channel, and the outer notes of each beat. */
final class SlowMelody {
  private SlowMelody() {}

  static void check(SlowScore score, Analysis facts) {
    List<SlowNote> pitched = score.pitched;
    Map<Integer, List<SlowNote>> lines = pitched.stream().collect(Collectors.groupingBy(SlowNote::channel));
    lines.values().removeIf(notes -> !isLine(notes));
    List<Integer> highest = new ArrayList<>();
    List<Integer> lowest = new ArrayList<>();
    if (!pitched.isEmpty()) {
      SlowBeats beats = score.beats();
      for (int beat = 0; beat < beats.beats.size(); beat++) {
        beats.highest(beat, lines.keySet()).map(SlowNote::channel).ifPresent(highest::add);
        beats.lowest(beat).map(SlowNote::channel).ifPresent(lowest::add);
      }
    }
    int melody = -1;
    for (Map.Entry<Integer, List<SlowNote>> line : lines.entrySet()) {
      melody = mean(line.getValue()) >= 55 && isMore(highest, line.getKey(), melody, lowest.size())
          ? line.getKey()
          : melody;
    }
    TreeSet<Integer> range = lines.getOrDefault(melody, List.of()).stream().map(SlowNote::pitch)
        .collect(Collectors.toCollection(TreeSet::new));
    lines.remove(melody);
    int bass = -1;
    for (Map.Entry<Integer, List<SlowNote>> line : lines.entrySet()) {
      bass = mean(line.getValue()) <= 52 && isMore(lowest, line.getKey(), bass, lowest.size()) ? line.getKey() : bass;
    }
    assertThat(facts.hasMelody).as("has_melody").isEqualTo(melody >= 0);
    assertThat(facts.melodyChannel).as("melody_channel").isEqualTo(melody < 0 ? Analysis.UNKNOWN : melody);
    assertThat(facts.bassChannel).as("bass_channel").isEqualTo(bass < 0 ? Analysis.UNKNOWN : bass);
    assertThat(facts.melodicRange).as("melodic_range")
        .isEqualTo(range.isEmpty() ? Analysis.UNKNOWN : range.last() - range.first());
  }

  private static boolean isLine(List<SlowNote> notes) {
    int until = 0;
    int clashes = 0;
    for (SlowNote note : notes.stream().sorted(Comparator.comparingInt(SlowNote::onset)).toList()) {
      clashes += until - note.onset() > (note.end() - note.onset()) / 2 ? 1 : 0;
      until = Math.max(until, note.end());
    }
    Set<Integer> pitches = notes.stream().map(SlowNote::pitch).collect(Collectors.toSet());
    return notes.size() >= 8 && pitches.size() >= 3 && 10 * clashes <= notes.size();
  }

  private static double mean(List<SlowNote> notes) {
    return notes.stream().mapToInt(SlowNote::pitch).average().orElseThrow();
  }

  private static boolean isMore(List<Integer> beats, int channel, int than, int all) {
    long count = beats.stream().filter(each -> each == channel).count();
    long other = beats.stream().filter(each -> each == than).count();
    return count > other && 5 * count >= all;
  }
}
