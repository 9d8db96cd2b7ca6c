package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.ParseStatus;
import dev.midifleet.worker.score.Score;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiEvent;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The parser against the JDK's own reader, on every file that both accept. */
class JavaSoundOracleTest {
  /** Where the two read bytes differently by intent: data bytes above 127, and what follows an end of track. */
  private static final long READ_OTHERWISE = Issue.DATA_BYTE_HIGH.bit() | Issue.DATA_AFTER_END.bit()
      | Issue.TRACK_LENGTH.bit() | Issue.TICKS_CLAMPED.bit();

  private final Score score = new Score(16_384);
  private final SmfParser parser = new SmfParser(score, 10_000_000);

  @TestFactory
  List<DynamicTest> made_files_read_the_same() {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("scale", SmfBuilder.scale());
    files.put("running status and overlaps", SmfBuilder.smf().division(96).track(t -> t.runningStatus()
        .note(0, 60, 1, 0, 96).note(0, 60, 127, 48, 96).note(9, 36, 90, 10, 5).onZero(0, 60, 200)).bytes());
    files.put("tempo in three tracks", SmfBuilder.smf().track(t -> t.tempo(0, 90).tempo(960, 200))
        .track(t -> t.tempo(480, 60).note(1, 50, 64, 0, 1920)).track(t -> t.tempo(960, 30).note(2, 70, 64, 5, 7))
        .bytes());
    files.put("long deltas", SmfBuilder.smf().track(t -> t.note(0, 60, 64, 127, 128).note(0, 61, 64, 16_383, 16_384)
        .note(0, 62, 64, 2_097_151, 2_097_152)).bytes());
    files.put("SMPTE", SmfBuilder.smf().smpte(25, 40).track(t -> t.note(0, 60, 64, 0, 1000)).bytes());
    files.put("hanging", SmfBuilder.smf().track(t -> t.on(0, 60, 64, 0).on(0, 60, 64, 10).end(100)).bytes());
    files.put("all kinds of events", SmfBuilder.smf().track(t -> t.program(3, 7, 0).control(3, 7, 100, 1)
        .event(2, 0xE3, 0, 64).event(3, 0xD3, 10).event(4, 0xA3, 60, 10).sysex(5, 0x7E, 0x7F, 9, 1, 0xF7).name("x")
        .note(3, 60, 64, 6, 7)).bytes());
    return files.entrySet().stream()
        .map(file -> DynamicTest.dynamicTest(file.getKey(), () -> assertThat(compare(file.getValue())).isTrue()))
        .toList();
  }

  @Test
  void corpus_files_read_the_same_wherever_both_read_them() throws Exception {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (Path file : Corpus.files()) {
      try {
        compared += compare(Files.readAllBytes(file)) ? 1 : 0;
      } catch (AssertionError | FileFailure e) {
        wrong.add(file + ": " + String.valueOf(e.getMessage()).lines().limit(8).toList());
      }
    }
    System.out.println("compared " + compared + " of " + Corpus.files().size() + " files of the corpus");
    assertThat(wrong).isEmpty();
    assertThat(compared).isGreaterThanOrEqualTo(Corpus.files().size() * 9 / 10);
  }

  /** Returns false where the JDK refuses the file; fails where the parser does and the JDK does not. */
  private boolean compare(byte[] file) throws FileFailure, IOException {
    Sequence sequence = read(file);
    if (sequence == null) return false;
    parser.parse(NativeBytes.of(file), 0, file.length);
    List<long[]> expected = new ArrayList<>();
    long lastTick = 0;
    for (Track track : sequence.getTracks()) {
      addNotes(track, expected);
      lastTick = Math.max(lastTick, track.ticks());
    }
    if ((score.issues() & READ_OTHERWISE) != 0 || score.trackCount() > sequence.getTracks().length) {
      assertThat(Issue.statusOf(score.issues())).isNotEqualTo(ParseStatus.CLEAN);
      assertThat(score.noteCount()).isGreaterThanOrEqualTo(expected.size());
      return false;
    }
    assertThat(score.trackCount()).isEqualTo(sequence.getTracks().length);
    assertThat(score.noteCount()).isEqualTo(expected.size());
    for (int i = 0; i < score.noteCount(); i++) {
      if (!Arrays.equals(note(i), expected.get(i))) {
        assertThat(note(i)).as("note " + i).isEqualTo(expected.get(i));
      }
    }
    assertThat((long) score.lastTick()).isEqualTo(lastTick);
    assertThat(score.tempoMap().secondsAt(score.lastTick())).isCloseTo(seconds(sequence, lastTick),
        Offset.offset(1e-3 + lastTick * 1e-8));
    if (sequence.getDivisionType() == Sequence.PPQ) {
      assertThat(tempoChanges()).isEqualTo(withoutRepeats(tempos(sequence)));
    }
    return true;
  }

  /** Tick and microseconds a quarter note of each segment. */
  private List<List<Long>> tempoChanges() {
    var map = score.tempoMap();
    return IntStream.range(0, map.size()).mapToObj(i -> List.of((long) map.tick(i), (long) map.micros(i))).toList();
  }

  private static List<List<Long>> withoutRepeats(NavigableMap<Long, Integer> tempos) {
    List<List<Long>> changes = new ArrayList<>();
    tempos.forEach((tick, micros) -> {
      if (changes.isEmpty() || changes.getLast().get(1) != micros.longValue()) {
        changes.add(List.of(tick, micros.longValue()));
      }
    });
    return changes;
  }

  private static @Nullable Sequence read(byte[] file) throws IOException {
    try {
      return MidiSystem.getSequence(new ByteArrayInputStream(file));
    } catch (InvalidMidiDataException | IOException | RuntimeException e) {
      return null;
    }
  }

  /** Tick of onset and end, channel, pitch, velocity. */
  private static void addNotes(Track track, List<long[]> into) {
    Map<Integer, Queue<long[]>> sounding = new HashMap<>();
    int first = into.size();
    for (int i = 0; i < track.size(); i++) {
      MidiEvent event = track.get(i);
      if (!(event.getMessage() instanceof ShortMessage message)) continue;
      int slot = message.getChannel() * 128 + (message.getData1() & 0x7F);
      if (message.getCommand() == ShortMessage.NOTE_ON && message.getData2() > 0) {
        long[] note = {event.getTick(), -1, message.getChannel(), message.getData1(), message.getData2()};
        sounding.computeIfAbsent(slot, any -> new ArrayDeque<>()).add(note);
        into.add(note);
      } else if (message.getCommand() == ShortMessage.NOTE_ON || message.getCommand() == ShortMessage.NOTE_OFF) {
        long[] note = sounding.getOrDefault(slot, new ArrayDeque<>()).poll();
        if (note != null) {
          note[1] = event.getTick();
        }
      }
    }
    for (long[] note : into.subList(first, into.size())) {
      note[1] = note[1] < 0 ? track.ticks() : note[1];
    }
  }

  private long[] note(int index) {
    int voice = score.voices()[index];
    return new long[]{score.onsets()[index], score.ends()[index], Score.channel(voice), Score.pitch(voice),
        Score.velocity(voice)};
  }

  /** By the sequence's tempo events, in the plainest way there is. */
  private static double seconds(Sequence sequence, long untilTick) {
    if (sequence.getDivisionType() != Sequence.PPQ) {
      return untilTick / ((double) sequence.getDivisionType() * sequence.getResolution());
    }
    NavigableMap<Long, Integer> tempos = tempos(sequence);
    double seconds = 0;
    for (Map.Entry<Long, Integer> tempo : tempos.entrySet()) {
      Long next = tempos.higherKey(tempo.getKey());
      long until = Math.min(untilTick, next == null ? untilTick : next);
      seconds += Math.max(0, until - tempo.getKey()) * 1e-6 * tempo.getValue() / sequence.getResolution();
    }
    return seconds;
  }

  /** The tempo events of all tracks by their ticks; of several at one tick the last counts, as in the order of tracks. */
  private static NavigableMap<Long, Integer> tempos(Sequence sequence) {
    TreeMap<Long, Integer> tempos = new TreeMap<>(Map.of(0L, 500_000));
    for (Track track : sequence.getTracks()) {
      for (int i = 0; i < track.size(); i++) {
        if (track.get(i).getMessage() instanceof MetaMessage meta && meta.getType() == 0x51) {
          byte[] data = meta.getData();
          int micros = data.length < 3 ? 0 : ((data[0] & 0xFF) << 16) | ((data[1] & 0xFF) << 8) | (data[2] & 0xFF);
          if (micros > 0) {
            tempos.put(track.get(i).getTick(), micros);
          }
        }
      }
    }
    return tempos;
  }
}
