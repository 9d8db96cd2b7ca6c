package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.score.ControllerTable;
import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The loop over plain events reads what the way of the unusual ones reads, in sound files and in damaged ones. */
class ShortcutTest {
  private static final int ROUNDS = 4_000;
  private static final int NOTES_MAX = 3_000;

  private final Score quick = new Score(1_000);
  private final Score slow = new Score(1_000);
  private final SmfParser quickParser = new SmfParser(quick, NOTES_MAX);
  private final SmfParser slowParser = new SmfParser(slow, NOTES_MAX, false);

  @Test
  void both_ways_read_the_same() throws IOException {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> files = ParserFuzzTest.files(random);
    files.add(thicket(random));
    for (byte[] file : files) {
      same("a sound file", file);
    }
    for (int round = 0; round < ROUNDS; round++) {
      same("seed " + seed + ", round " + round, ParserFuzzTest.damage(files.get(random.nextInt(files.size())), random));
    }
  }

  @Test
  void what_meta_events_cancel_is_carried_for_all_kinds_of_messages() {
    for (int status : new int[]{0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0}) {
      same("status " + status,
          SmfBuilder.smf().track(t -> t.event(0, status, 7, 64).meta(0, 1, new byte[]{'x'})).bytes());
      byte[] track = {0, (byte) status, 7, 64, 0, (byte) 0xFF, 1, 0, 0, 7, 65, 0, 7, 66, 0, (byte) 0xFF, 0x2F, 0};
      byte[] head = {'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 0, 0, 1, 0, 96, 'M', 'T', 'r', 'k', 0, 0, 0,
          (byte) track.length};
      byte[] file = Arrays.copyOf(head, head.length + track.length);
      System.arraycopy(track, 0, file, head.length, track.length);
      same("carried " + status, file);
    }
  }

  /** Events of one length fill the bytes that are looked at together to the last one, or leave most of them over. */
  @Test
  void events_of_one_shape_are_read_to_any_end() {
    for (int shape = 0; shape < 4; shape++) {
      for (int events = 0; events <= 60; events++) {
        byte[] file = alike((shape & 1) != 0 ? 300 : 5, (shape & 2) != 0, events);
        for (int cut = 0; cut < 9; cut++) {
          same("shape " + shape + ", events " + events + ", cut " + cut, Arrays.copyOf(file, file.length - cut));
        }
      }
    }
  }

  /** Notes one after the other, by note-on and note-off; or, in running status, by note-on of velocity 0. */
  private static byte[] alike(int delta, boolean isRunning, int events) {
    ByteArrayOutputStream track = new ByteArrayOutputStream();
    for (int i = 0; i < events; i++) {
      if (delta >= 0x80) {
        track.write(0x80 | delta >>> 7);
      }
      track.write(delta & 0x7F);
      if (i == 0 || !isRunning) {
        track.write(isRunning ? 0x90 : 0x90 - (i % 2 << 4));
      }
      track.write(60 + i / 2 % 20);
      track.write(i % 2 == 0 ? 64 : 0);
    }
    track.writeBytes(new byte[]{0, (byte) 0xFF, 0x2F, 0});
    byte[] head = {'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 0, 0, 1, 0, 96, 'M', 'T', 'r', 'k', 0, 0,
        (byte) (track.size() >>> 8), (byte) track.size()};
    byte[] file = Arrays.copyOf(head, head.length + track.size());
    System.arraycopy(track.toByteArray(), 0, file, head.length, track.size());
    return file;
  }

  /** Many notes of few pitches that overlap, with controllers and bends between them. */
  private static byte[] thicket(Random random) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 2_000; i++) {
        int channel = random.nextInt(2);
        int delta = random.nextInt(3) * random.nextInt(200);
        switch (random.nextInt(6)) {
          case 0, 1 -> t.event(delta, 0x90 | channel, 60 + random.nextInt(3), random.nextInt(3) * 40);
          case 2 -> t.event(delta, 0x80 | channel, 60 + random.nextInt(3), 64);
          case 3 -> t.event(delta, 0xB0 | channel, random.nextInt(9), random.nextInt(128));
          case 4 -> t.event(delta, 0xE0 | channel, random.nextInt(128), random.nextInt(128));
          default -> t.event(delta, 0xC0 | channel, random.nextInt(128));
        }
      }
    }).bytes();
  }

  private void same(String as, byte[] file) {
    MemorySegment bytes = NativeBytes.of(file);
    String quickly = read(quickParser, bytes, file.length);
    assertThat(quickly).as(as).isEqualTo(read(slowParser, bytes, file.length));
    if (quickly.isEmpty()) {
      assertThat(said(quick)).as(as).isEqualTo(said(slow));
    }
  }

  private static String read(SmfParser parser, MemorySegment bytes, int length) {
    try {
      parser.parse(bytes, 0, length);
      return "";
    } catch (FileFailure failure) {
      return failure.kind() + " at " + failure.byteOffset() + ": " + failure.reason();
    }
  }

  private static List<Object> said(Score score) {
    int notes = score.noteCount();
    List<Object> all = new ArrayList<>(List.of(notes, score.trackCount(), score.issues(), score.hangingNotes(),
        score.lastTick(), Arrays.hashCode(Arrays.copyOf(score.onsets(), notes)),
        Arrays.hashCode(Arrays.copyOf(score.ends(), notes)), Arrays.hashCode(Arrays.copyOf(score.voices(), notes))));
    for (EventList events : List.of(score.tempos(), score.timeSignatures(), score.keySignatures(), score.systems())) {
      for (int i = 0; i < events.size(); i++) {
        all.add(events.tick(i) + ": " + events.value(i));
      }
    }
    ControllerTable controllers = score.controllers();
    for (int place = 0; place < ControllerTable.SIZE; place++) {
      all.add(controllers.count(place) == 0
          ? 0
          : List.of(controllers.count(place), controllers.sum(place),
              controllers.min(place), controllers.max(place)));
    }
    for (int track = 0; track <= score.trackCount(); track++) {
      all.add(score.firstNote(track));
    }
    return all;
  }
}
