package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final long SEED = 20_240_229;
  private static final int DRUMS = 9;

  private final FileAnalyzer analyzer = new FileAnalyzer(10_000_000, 64, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Random random = new Random(SEED);

  /** A note to be written into a file; ticks of a 96th of a beat. */
  private record Note(int channel, int pitch, int velocity, int begin, int length) {
    Note on(int otherChannel) { return new Note(otherChannel, pitch, velocity, begin, length); }

    Note up(int semitones) {
      return channel == DRUMS ? this : new Note(channel, pitch + semitones, velocity, begin, length);
    }

    Note later(int ticks) { return new Note(channel, pitch, velocity, begin + ticks, length); }
  }

  @Test
  void a_file_without_notes_has_no_fingerprint() throws FileFailure {
    Analysis analysis = analyze(SmfBuilder.smf().track(t -> t.tempo(0, 90)).bytes());
    assertThat(analysis.noteHash).isNull();
    assertThat(analysis.noteHashTransposed).isNull();
    assertThat(analysis.hasMinhash).isFalse();
  }

  @Test
  void copies_that_differ_in_what_is_not_music_have_the_same_fingerprint() throws FileFailure {
    for (int round = 0; round < 200; round++) {
      String what = "seed " + SEED + ", round " + round;
      List<Note> song = song(1 + random.nextInt(200));
      Analysis original = analyze(plain(song).bytes());

      List<Note> shuffled = new ArrayList<>(song);
      Collections.shuffle(shuffled, random);
      byte[] dressed = SmfBuilder.smf().division(96).track(t -> {
        t.runningStatus().tempo(0, 50 + random.nextInt(200)).name("a name").text(10, 1, "text").control(0, 7, 90, 3);
        shuffled.forEach(n -> t.program(n.channel, random.nextInt(100), n.begin)
            .note(n.channel, n.pitch, 1 + random.nextInt(127), n.begin, n.length));
      }).bytes();
      assertSame(analyze(dressed), original, what + ", tempo, text, velocity, programs, running status");
      assertSame(analyze(split(shuffled)), original, what + ", a track for each note or few");
      assertSame(analyze(plain(mapped(song, n -> n.on(n.channel == DRUMS ? DRUMS : 3))).bytes()), original,
          what + ", one channel");
      assertSame(analyze(plain(mapped(song, n -> n.later(77))).bytes()), original, what + ", silence first");
      for (int division : new int[]{24 * 8, 480, 1920, 4800}) {
        assertSame(analyze(scaled(song, division)), original, what + ", division " + division);
      }

      Analysis transposed = analyze(plain(mapped(song, n -> n.up(5))).bytes());
      assertThat(transposed.noteHashTransposed).as(what).isEqualTo(original.noteHashTransposed);
      assertThat(transposed.minhash).as(what).isEqualTo(original.minhash);
      if (song.stream().anyMatch(n -> n.channel != DRUMS)) {
        assertThat(transposed.noteHash).as(what).isNotEqualTo(original.noteHash);
      }
    }
  }

  @Test
  void one_changed_note_changes_the_hashes() throws FileFailure {
    for (int round = 0; round < 200; round++) {
      List<Note> song = song(20);
      Note last = new Note(0, 60, 64, 5000, 96);
      song.add(last);
      Analysis original = analyze(plain(song).bytes());
      for (Note other : List.of(last.up(1), last.later(4), new Note(0, 60, 64, 5000, 192), last.on(DRUMS))) {
        song.set(song.size() - 1, other);
        Analysis changed = analyze(plain(song).bytes());
        assertThat(changed.noteHash).isNotEqualTo(original.noteHash);
        assertThat(changed.noteHashTransposed).isNotEqualTo(original.noteHashTransposed);
      }
    }
  }

  @Test
  void hashes_are_equal_where_the_sets_of_notes_are() throws FileFailure {
    Map<LongBuffer, UUID> hashes = new HashMap<>();
    Map<UUID, LongBuffer> sounds = new HashMap<>();
    int files = 0;
    for (; files < 6_000; files++) {
      // So few possibilities that many files agree.
      List<Note> song = new ArrayList<>();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        song.add(new Note(random.nextInt(2) * DRUMS, 60 + random.nextInt(2), 1, 96 * random.nextInt(3),
            48 << random.nextInt(2)));
      }
      byte[] file = plain(song).bytes();
      LongBuffer set = new SlowFingerprint(score(file)).sounds();
      UUID hash = analyze(file).noteHash;
      assertThat(hashes.computeIfAbsent(set, _ -> hash)).as("%s, seed %d", set, SEED).isEqualTo(hash);
      assertThat(sounds.computeIfAbsent(hash, _ -> set)).as("%s, seed %d", set, SEED).isEqualTo(set);
    }
    assertThat(hashes.size()).isBetween(20, files / 2);
  }

  @Test
  void the_sketch_is_that_of_a_slow_and_separate_one() throws FileFailure {
    for (int round = 0; round < 300; round++) {
      byte[] file = plain(song(1 + random.nextInt(400))).bytes();
      assertThat(sketch(analyze(file))).as("seed " + SEED + ", round " + round)
          .isEqualTo(new SlowFingerprint(score(file)).sketch());
    }
  }

  @Test
  void equal_values_estimate_the_share_of_common_grams() throws FileFailure {
    double error = 0;
    int rounds = 200;
    for (int round = 0; round < rounds; round++) {
      List<Note> song = song(300);
      List<Note> other = new ArrayList<>(song.subList(0, 300 - random.nextInt(150)));
      byte[] file = plain(song).bytes();
      byte[] changed = plain(other).bytes();
      double truth = SlowFingerprint.jaccard(new SlowFingerprint(score(file)).grams(),
          new SlowFingerprint(score(changed)).grams());
      short[] values = analyze(file).minhash.clone();
      short[] others = analyze(changed).minhash;
      int equal = 0;
      for (int i = 0; i < values.length; i++) {
        equal += values[i] == others[i] ? 1 : 0;
      }
      error += (double) equal / values.length - truth;
      assertThat(Math.abs((double) equal / values.length - truth)).as("round " + round).isLessThan(0.3);
    }
    assertThat(Math.abs(error / rounds)).isLessThan(0.02);
  }

  @Test
  void seconds_take_the_place_of_beats_where_there_are_none() throws FileFailure {
    byte[] coarse = SmfBuilder.smf().smpte(25, 40).track(t -> t.note(0, 60, 9, 0, 500).note(0, 62, 9, 500, 500))
        .bytes();
    byte[] fine = SmfBuilder.smf().smpte(25, 80).track(t -> t.note(0, 60, 9, 0, 1000).note(0, 62, 9, 1000, 1000))
        .bytes();
    byte[] beats = SmfBuilder.smf().division(480)
        .track(t -> t.tempo(0, 33).note(0, 60, 9, 0, 480).note(0, 62, 9, 480, 480))
        .bytes();
    assertThat(analyze(coarse).noteHash).isEqualTo(analyze(fine).noteHash).isEqualTo(analyze(beats).noteHash);
  }

  private static void assertSame(Analysis copy, Analysis original, String what) {
    assertThat(copy.noteHash).as(what).isEqualTo(original.noteHash);
    assertThat(copy.noteHashTransposed).as(what).isEqualTo(original.noteHashTransposed);
    assertThat(sketch(copy)).as(what).isEqualTo(sketch(original));
  }

  private static List<Integer> sketch(Analysis analysis) {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < analysis.minhash.length && analysis.hasMinhash; i++) {
      values.add(analysis.minhash[i] & 0xFFFF);
    }
    return values;
  }

  /** Notes on and off the grid, on four channels, overlapping as they come. */
  private List<Note> song(int notes) {
    List<Note> song = new ArrayList<>();
    int now = random.nextInt(500);
    for (int i = 0; i < notes; i++) {
      now += random.nextInt(3) * 24 + (random.nextInt(8) == 0 ? random.nextInt(20) : 0);
      int channel = random.nextInt(6) == 0 ? DRUMS : random.nextInt(3);
      song.add(new Note(channel, 40 + random.nextInt(30), 64, now, 1 + random.nextInt(300)));
    }
    return song;
  }

  private static List<Note> mapped(List<Note> song, UnaryOperator<Note> change) {
    return song.stream().map(change).toList();
  }

  private static SmfBuilder plain(List<Note> song) {
    return SmfBuilder.smf().division(96)
        .track(t -> song.forEach(n -> t.note(n.channel, n.pitch, n.velocity, n.begin, n.length)));
  }

  private static byte[] scaled(List<Note> song, int division) {
    long factor = division / 96;
    return SmfBuilder.smf().division((int) factor * 96).track(
        t -> song.forEach(n -> t.note(n.channel, n.pitch, n.velocity, n.begin * factor, n.length * factor))).bytes();
  }

  private byte[] split(List<Note> song) {
    SmfBuilder file = SmfBuilder.smf().division(96);
    for (int from = 0; from < song.size();) {
      List<Note> some = song.subList(from, Math.min(song.size(), from + 1 + random.nextInt(30)));
      file.track(t -> some.forEach(n -> t.note(n.channel, n.pitch, n.velocity, n.begin, n.length)));
      from += some.size();
    }
    return file.bytes();
  }

  private Score score(byte[] file) throws FileFailure { return analyzer.parse(NativeBytes.of(file), 0, file.length); }

  private Analysis analyze(byte[] file) throws FileFailure {
    Analysis analysis = new Analysis();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    return analysis;
  }
}
