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
  private static final int SMALL = 60_000;
  private static final int TIMES = 4;
  /** Four times the bytes may take so many times the time: 4 by the letter, 16 if something were quadratic. */
  private static final double GROWTH_MAX = 9;
  private static final int ROUNDS = 5;

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
      double small = nanos(worst.getValue().apply(SMALL));
      double large = nanos(worst.getValue().apply(TIMES * SMALL));
      System.out.printf("%-40s %8.0f us, four times the size %8.0f us%n", worst.getKey(), small / 1000, large / 1000);
      if (large > GROWTH_MAX * small) {
        slow.add(worst.getKey() + ": " + small / 1000 + " us, four times the size " + large / 1000 + " us");
      }
    }
    assertThat(slow).isEmpty();
  }

  private static Map<String, IntFunction<byte[]>> worstCases() {
    Map<String, IntFunction<byte[]>> cases = new LinkedHashMap<>();
    cases.put("a chord of all notes that nothing ends", size -> repeated(size, 0, 0x90, 60, 9));
    cases.put("one note after the other", size -> repeated(size, 0, 0x90, 60, 9, 9, 0x80, 60, 0));
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
