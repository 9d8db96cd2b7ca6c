package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What {@code bench/fuzz} begins with, and what it has found: none of it may fail again. Each file is named for what it
 * is or once did.
 */
class FuzzSeedsTest {
  @Test
  void every_seed_is_read_or_refused() throws Exception {
    CheckedAnalyzer analyzer = new CheckedAnalyzer();
    List<Path> seeds = seeds();
    assertThat(seeds).isNotEmpty();
    for (Path seed : seeds) {
      try {
        analyzer.check(Files.readAllBytes(seed));
      } catch (FileFailure failure) {
        assertThat(failure.reason()).as(seed.toString()).isNotBlank();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(seed.toString(), e);
      }
    }
  }

  private static List<Path> seeds() throws Exception {
    Path folder = Path.of(Objects.requireNonNull(FuzzSeedsTest.class.getResource("FileFuzzInputs")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(folder.toString(), e);
    }
  }
}
