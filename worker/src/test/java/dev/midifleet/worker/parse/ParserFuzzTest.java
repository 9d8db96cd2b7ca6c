package dev.midifleet.worker.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.CheckedAnalyzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages files at random: whatever comes of it is a score that keeps its promises, or a failure with a reason, never
 * another exception. {@code -Dmidifleet.seed=N} repeats a run.
 */
class ParserFuzzTest {
  private static final int ROUNDS = 6_000;
  private static final int CORPUS_FILES = 300;
  private static final int BYTES_MAX = 20_000;

  private final CheckedAnalyzer analyzer = new CheckedAnalyzer();

  @Test
  void a_damaged_file_is_read_or_refused_and_nothing_else_happens() throws IOException {
    long seed = Long.getLong("midifleet.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> files = files(random);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = damage(files.get(random.nextInt(files.size())), random);
      try {
        analyzer.check(file);
      } catch (FileFailure failure) {
        refused++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ", " + file.length + " bytes", e);
      }
    }
    System.out.println(refused + " of " + ROUNDS + " refused");
    assertThat(refused).isBetween(1, ROUNDS / 2);
  }

  static List<byte[]> files(Random random) throws IOException {
    List<byte[]> files = new ArrayList<>(List.of(SmfBuilder.scale(), SmfBuilder.smf().riff().track(t -> t.name("x")
        .note(0, 60, 1, 0, 100_000).sysex(3, 0x43, 0x10, 0x4C, 0, 0, 0x7E, 0, 0xF7).control(4, 0, 127, 4))
        .track(t -> t.program(0, 3, 9).runningStatus().note(0, 1, 2, 3, 4).note(0, 1, 2, 5, 4)).bytes(),
        SmfBuilder.smf().format(2).track(t -> t.tempo(0, 7).note(0, 60, 1, 0, 10)).chunk("XFIH", new byte[9])
            .track(t -> t.tempo(9, 300).text(3, 5, "la\u00e9").keySignature(0, 2, true).timeSignature(1, 6, 8)
                .note(9, 35, 9, 1, 2))
            .bytes(),
        SmfBuilder.smf().smpte(30, 80).track(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "\\la")
            .note(0, 60, 1, 0, 9)).bytes()));
    List<Path> corpus = Corpus.files();
    for (int i = 0; i < CORPUS_FILES && !corpus.isEmpty(); i++) {
      Path file = corpus.get(random.nextInt(corpus.size()));
      if (Files.size(file) < BYTES_MAX) {
        files.add(Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** One to eight of: a byte changed, a bit turned, bytes cut out, doubled, put in, the end cut off. */
  static byte[] damage(byte[] original, Random random) {
    byte[] file = original.clone();
    for (int i = random.nextInt(8); i >= 0 && file.length > 0; i--) {
      int at = random.nextInt(random.nextInt(4) == 0 ? Math.min(file.length, 40) : file.length);
      int some = Math.min(1 + random.nextInt(12), file.length - at);
      switch (random.nextInt(7)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> file[at] = (byte) 0xFF;
        case 3 -> file = joined(file, at, new byte[0], at + some);
        case 4 -> file = joined(file, at, Arrays.copyOfRange(file, at, at + some), at);
        case 5 -> {
          byte[] noise = new byte[some];
          random.nextBytes(noise);
          file = joined(file, at, noise, at);
        }
        default -> file = random.nextInt(5) == 0 ? Arrays.copyOf(file, at) : file;
      }
    }
    return file;
  }

  private static byte[] joined(byte[] file, int until, byte[] middle, int from) {
    byte[] joined = Arrays.copyOf(file, until + middle.length + file.length - from);
    System.arraycopy(middle, 0, joined, until, middle.length);
    System.arraycopy(file, from, joined, until + middle.length, file.length - from);
    return joined;
  }
}
