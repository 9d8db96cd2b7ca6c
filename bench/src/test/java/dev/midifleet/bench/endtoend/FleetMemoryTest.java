package dev.midifleet.bench.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a worker's process takes of memory, and how much it allocates, over files of all sizes and real services: the crew,
 * which reads, parses and analyses, and all others, who take, look up, store and ack.
 */
class FleetMemoryTest {
  private static final long RESIDENT_MAX = 512L << 20;
  /** Of a young worker, measured at 10,300: what rows keep, and vectors that are objects until the compiler is done. */
  private static final double YOUNG_CREW_BYTES_MAX = 20_000;
  /** What rows keep is some hundred bytes for a small file, 1,700 for a real one; AllocationTest looks at the rest. */
  private static final double CREW_BYTES_MAX = 4_000;
  private static final double ROW_BYTES_MAX = 8 << 10;
  private static final int WARM = 1500;

  @TempDir
  private Path temp;

  @Test
  @Tag("long")
  @Timeout(300)
  void five_thousand_files_stay_within_the_bounds() throws Exception { assertFrugal(5_000, YOUNG_CREW_BYTES_MAX); }

  @Test
  @Tag("long")
  @Timeout(1800)
  void a_hundred_thousand_files_stay_within_the_bounds() throws Exception { assertFrugal(100_000, CREW_BYTES_MAX); }

  private void assertFrugal(int files, double crewBytes) throws Exception {
    Path recording = temp.resolve("worker.jfr");
    new CorpusGenerator(99, 0).write(WARM, temp.resolve("warm"));
    write(files, temp.resolve("library"));
    long peak;
    try (var fleets = new BenchFleet(temp)) {
      try (var fleet = fleets.startRecorded(recording)) {
        fleet.enqueueAndSettle(temp.resolve("warm"));
        fleet.enqueueAndSettle(temp.resolve("library"));
        assertThat(fleet.counts().contents()).isEqualTo(WARM + files);
        peak = fleet.peakMemory().getFirst();
      }
    }
    var report = RecordingReport.of(recording);
    report.print(System.out);
    System.out.println("resident at most: " + (peak >> 20) + " MB");
    assertThat(report.files()).isEqualTo(files);
    assertThat(peak).isLessThan(RESIDENT_MAX);
    assertThat(report.crewBytesAFile()).isLessThan(crewBytes);
    assertThat(report.otherBytesAFile()).isLessThan(ROW_BYTES_MAX);
  }

  /** Distinct files: nine in ten are of some notes, the tenth is as large as real ones. */
  private static void write(int files, Path folder) throws IOException {
    var real = new CorpusGenerator(1, 0);
    for (int first = 0; first < files; first += 1000) {
      Files.createDirectories(folder.resolve(Integer.toString(first / 1000)));
    }
    IntStream.range(0, files).parallel().forEach(index -> {
      byte[] bytes = index % 10 == 0 ? real.file(index).bytes() : small(index);
      try {
        Files.write(folder.resolve(Integer.toString(index / 1000)).resolve(index + ".mid"), bytes);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  private static byte[] small(int index) {
    return SmfBuilder.smf().track(track -> {
      track.tempo(0, 60 + index % 120).name("song " + index);
      for (int note = 0; note <= index % 50; note++) {
        track.note(note % 4, 36 + (index + 7 * note) % 60, 1 + (index >> 7) % 127, note * 240L, 120 + index % 100);
      }
    }).bytes();
  }
}
