package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Copies of a file's notes that a person would call nearly the same, made at random from a seed. */
final class NearCopies {
  private static final int DRUMS = 9;

  private final List<Note> notes = new ArrayList<>();
  private final Random random;
  private final int beat;
  private final int first;
  private final int last;

  private record Note(int begin, int end, int pitch, boolean isDrum) {}

  private record Edge(int tick, boolean isOn, int pitch, int channel) {}

  NearCopies(Score score, long seed) {
    random = new Random(seed);
    beat = score.isSmpte() ? (int) (0.5 / score.tempoMap().secondsPerTick(0)) : score.division();
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = score.voices()[i];
      notes.add(new Note(score.onsets()[i], score.ends()[i], Score.pitch(voice), Score.isDrum(voice)));
    }
    first = notes.stream().mapToInt(Note::begin).min().orElse(0);
    last = notes.stream().mapToInt(Note::end).max().orElse(0);
  }

  /** The copies by what was done. */
  Map<String, byte[]> all() {
    Map<String, byte[]> copies = new LinkedHashMap<>();
    for (int percent : new int[]{5, 10, 20}) {
      copies.put(percent + " % of the notes dropped",
          file(notes.stream().filter(_ -> random.nextInt(100) >= percent).toList()));
    }
    copies.put("5 % of the notes ornamented", file(ornamented()));
    copies.put("first 8 beats cut", file(notes.stream().filter(note -> note.begin >= first + 8L * beat).toList()));
    copies.put("drums added", file(with(DRUMS, 36, beat)));
    copies.put("chords added below", file(with(0, 43, 2 * beat)));
    return copies;
  }

  private List<Note> ornamented() {
    List<Note> more = new ArrayList<>(notes);
    for (Note note : notes) {
      if (!note.isDrum && random.nextInt(20) == 0 && note.begin >= beat / 8) {
        more.add(new Note(note.begin - beat / 8, note.begin, Math.min(127, note.pitch + 2), false));
      }
    }
    return more;
  }

  private List<Note> with(int channel, int pitch, int period) {
    List<Note> more = new ArrayList<>(notes);
    for (long tick = first; tick < last; tick += period) {
      int end = (int) Math.min(Integer.MAX_VALUE, tick + period);
      more.add(new Note((int) tick, end, pitch + random.nextInt(3), channel == DRUMS));
      more.add(new Note((int) tick, end, pitch + 7 + random.nextInt(3), channel == DRUMS));
    }
    return more;
  }

  private byte[] file(List<Note> some) {
    List<Edge> edges = new ArrayList<>();
    for (Note note : some) {
      int channel = note.isDrum ? DRUMS : 0;
      edges.add(new Edge(note.begin, true, note.pitch, channel));
      edges.add(new Edge(Math.max(note.begin + 1, note.end), false, note.pitch, channel));
    }
    edges.sort(Comparator.comparingInt(Edge::tick).thenComparing(Edge::isOn));
    List<MidiEvents.Event> events = new ArrayList<>();
    for (Edge edge : edges) {
      events.add(new MidiEvents.Event(edge.tick,
          new byte[]{(byte) ((edge.isOn ? 0x90 : 0x80) | edge.channel), (byte) edge.pitch, 64}));
    }
    events.add(new MidiEvents.Event(last + 2L * beat, new byte[]{(byte) 0xFF, 0x2F, 0}));
    return new MidiEvents(0, Math.clamp(beat, 1, 0x7FFF), List.of(events)).write(true);
  }
}
