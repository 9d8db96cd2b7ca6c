package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No file is refused that holds a note, and none takes more time than its size allows. */
class ToleranceTest {
  private static final int SMALL = 200_000;
  /** Twice the bytes may take so many times the time: 2 by the letter, 4 if something were quadratic. */
  private static final double GROWTH_MAX = 2.6;
  private static final int ROUNDS = 3;
  /** A machine that does other things too may spoil a measurement, but not all of them. */
  private static final int ATTEMPTS = 4;

  private final FileAnalyzer analyzer = new FileAnalyzer(1_000_000, 65_536, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final Analysis analysis = new Analysis();

  @Test
  void nothing_is_refused_in_which_a_crude_search_finds_a_note() throws IOException {
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (Path path : everyFile()) {
      byte[] file = Files.readAllBytes(path);
      try {
        analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
      } catch (FileFailure failure) {
        refused++;
        if (holdsNote(file)) {
          wrong.add(path + ": " + failure.reason());
        }
      } catch (RuntimeException e) {
        throw new AssertionError(path.toString(), e);
      }
    }
    System.out.println(refused + " files of the corpus refused");
    assertThat(wrong).isEmpty();
  }

  @Test
  void the_crude_search_finds_the_notes_of_made_files() {
    assertThat(holdsNote(SmfBuilder.scale())).isTrue();
    assertThat(holdsNote(SmfBuilder.smf().track(t -> t.name("MTrk")).bytes())).isFalse();
    assertThat(holdsNote("a\u0090<@".getBytes(StandardCharsets.ISO_8859_1))).isFalse();
  }

  /** Whether after some MTrk a note-on with a pitch and a velocity stands: knows nothing of lengths or events. */
  private static boolean holdsNote(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf("MTrk"); at >= 0 && at < file.length - 3; at++) {
      if ((file[at] & 0xF0) == 0x90 && file[at + 1] >= 0 && file[at + 2] > 0) return true;
    }
    return false;
  }

  /** All files of the corpus, those that are named otherwise too. */
  private static List<Path> everyFile() throws IOException {
    if (!Files.isDirectory(Corpus.folder())) return List.of();
    try (Stream<Path> files = Files.walk(Corpus.folder())) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void time_grows_with_the_size_and_no_faster() throws FileFailure {
    List<String> slow = new ArrayList<>();
    for (Map.Entry<String, IntFunction<byte[]>> worst : worstCases().entrySet()) {
      String measured = "";
      boolean isLinear = false;
      for (int attempt = 0; attempt < ATTEMPTS && !isLinear; attempt++) {
        // The large one first: what is not compiled yet must not make the small one look slow.
        double large = nanos(worst.getValue().apply(2 * SMALL));
        double small = nanos(worst.getValue().apply(SMALL));
        measured = "%-40s %8.0f us, twice the size %8.0f us".formatted(worst.getKey(), small / 1000, large / 1000);
        isLinear = large <= GROWTH_MAX * small;
      }
      System.out.println(measured);
      if (!isLinear) {
        slow.add(measured);
      }
    }
    assertThat(slow).isEmpty();
  }

  private static Map<String, IntFunction<byte[]>> worstCases() {
    Map<String, IntFunction<byte[]>> cases = new LinkedHashMap<>();
    cases.put("a chord of all notes that nothing ends", size -> repeated(size, 0, 0x90, 60, 9));
    cases.put("one note after the other", size -> repeated(size, 0, 0x90, 60, 9, 9, 0x80, 60, 0));
    cases.put("all notes at one tick, ended", size -> repeated(size, 0, 0x90, 60, 9, 0, 0x80, 60, 0));
    cases.put("all pitches and channels at one tick", size -> everyPitch(size, 0));
    cases.put("all pitches and channels, far apart", size -> everyPitch(size, 1000));
    cases.put("notes of one pitch one in the other", ToleranceTest::nested);
    cases.put("a note, then steps as far as they go",
        size -> repeated(size, 0, 0x90, 60, 9, 0xFF, 0xFF, 0xFF, 0x7F, 0x80, 60, 0));
    cases.put("one long note in each of many tracks", size -> chunks(size, 'M', 'T', 'r', 'k', 0, 0, 0, 14, 0, 0x90, 60,
        9, 0xFF, 0xFF, 0x7F, 0x80, 60, 0, 0, 0xFF, 0x2F, 0));
    cases.put("many tempi and many tracks", ToleranceTest::tempiAndTracks);
    cases.put("many signatures and many tracks", ToleranceTest::signaturesAndTracks);
    cases.put("a tempo before each note",
        size -> repeated(size, 1, 0xFF, 0x51, 3, 7, 0xA1, 0x20, 1, 0x90, 60, 9, 1, 0x80, 60, 0));
    cases.put("signatures that change",
        size -> repeated(size, 1, 0xFF, 0x58, 4, 3, 2, 24, 8, 1, 0xFF, 0x59, 2, 3, 0, 1, 0x90,
            60, 9, 1, 0x80, 60, 0));
    cases.put("programs that change",
        size -> repeated(size, 1, 0xC0, 7, 0, 0xB0, 0, 9, 1, 0x90, 60, 9, 1, 0x80, 60, 0));
    cases.put("texts of one character", size -> repeated(size, 0, 0xFF, 1, 1, '@', 0, 0xFF, 5, 1, '/'));
    cases.put("texts that nothing can decode", size -> repeated(size, 0, 0xFF, 1, 2, 0x81, 0xFF, 0, 0xFF, 3, 1, 0xFD));
    cases.put("song information without end",
        size -> repeated(size, 0, 0xFF, 5, 9, '{', '#', 'T', 'i', 't', 'l', 'e', '=', ' '));
    cases.put("exclusive events without end", size -> repeated(size, 0, 0xF0, 0xFF, 0xFF, 0xFF, 0x7F, 0xF7));
    cases.put("empty tracks", size -> chunks(size, 'M', 'T', 'r', 'k', 0, 0, 0, 0));
    cases.put("tracks of wrong length", size -> chunks(size, 'M', 'T', 'r', 'k', 0x7F, 0, 0, 0, 0, 0x90, 60, 9));
    cases.put("alien chunks", size -> chunks(size, 'X', 'X', 'X', 'X', 0, 0, 0, 0));
    cases.put("headers", size -> chunks(size, 'M', 'T', 'h', 'd', 0, 0, 0, 0));
    cases.put("noise", size -> noise(size));
    return cases;
  }

  private static byte[] repeated(int size, int... event) {
    int[] track = new int[size / event.length * event.length];
    for (int i = 0; i < track.length; i++) {
      track[i] = event[i % event.length];
    }
    return SmfBuilder.smf().rawTrack(track).bytes();
  }

  private static byte[] chunks(int size, int... chunk) {
    int[] all = new int[size / chunk.length * chunk.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = chunk[i % chunk.length];
    }
    return SmfBuilder.smf().rawTrack(0, 0xFF, 0x2F, 0).junk(all).bytes();
  }

  /** Notes of 24 ticks, each on the next pitch and channel. */
  private static byte[] everyPitch(int size, int apart) {
    return SmfBuilder.smf().track(t -> {
      for (int i = 0; i < size / 8; i++) {
        t.note(i % 16, i % 128, 64, (long) apart * i, 24);
      }
    }).bytes();
  }

  private static byte[] nested(int size) {
    int notes = size / 8;
    int[] track = new int[8 * notes];
    for (int i = 0; i < track.length; i += 4) {
      int[] event = {1, i < 4 * notes ? 0x90 : 0x80, 60, 9};
      System.arraycopy(event, 0, track, i, 4);
    }
    return SmfBuilder.smf().rawTrack(track).bytes();
  }

  /** Each track has a note where the tempi begin and one where they end. */
  private static byte[] tempiAndTracks(int size) {
    int tempi = size / 14;
    SmfBuilder smf = SmfBuilder.smf().track(t -> {
      for (int i = 0; i < tempi; i++) {
        t.tempoMicros(i, 500_000 + i % 7);
      }
    });
    return tracks(smf, size / 2, tempi);
  }

  private static byte[] signaturesAndTracks(int size) {
    int changes = size / 16;
    SmfBuilder smf = SmfBuilder.smf().track(t -> {
      for (int i = 0; i < changes; i++) {
        t.timeSignature(i, 3 + i % 2, 4);
      }
    });
    return tracks(smf, size / 2, changes);
  }

  private static byte[] tracks(SmfBuilder smf, int size, int end) {
    for (int i = 0; i < size / 30; i++) {
      smf.track(t -> t.note(0, 60, 64, 0, 10).note(0, 62, 64, end, 10));
    }
    return smf.bytes();
  }

  private static byte[] noise(int size) {
    Random random = new Random(size);
    return SmfBuilder.smf().rawTrack(random.ints(size, 0, 256).toArray()).bytes();
  }

  /** CPU time of the fastest of some rounds. */
  private double nanos(byte[] file) throws FileFailure {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    MemorySegment bytes = NativeBytes.of(file);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getCurrentThreadCpuTime();
      analyzer.analyze(bytes, 0, file.length, analysis);
      least = Math.min(least, threads.getCurrentThreadCpuTime() - before);
    }
    return least;
  }
}
