package dev.midifleet.bench.accuracy;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.parse.SmfParser;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads, parses and analyses files of a corpus with the product's own code. Not thread-safe. */
public final class Scores {
  private static final int NOTES_MAX = 10_000_000;
  private static final int TEXT_MAX = 4096;

  private final FileAnalyzer analyzer;

  /** What is to be done with a file's bytes, as {@link SmfParser} wants them. */
  @FunctionalInterface
  interface Use<T> {
    T of(MemorySegment bytes, long length) throws FileFailure;
  }

  public Scores(AnalysisOptions options) {
    analyzer = new FileAnalyzer(NOTES_MAX, TEXT_MAX, options, KernelSelector.kernels());
  }

  /**
   * The score of a file; good until the next call.
   *
   * @throws IOException
   *           when the file cannot be read or parsed
   */
  public Score parse(Path file) throws IOException { return parse(Files.readAllBytes(file)); }

  public Score parse(byte[] content) throws IOException {
    return use(content, (bytes, length) -> analyzer.parse(bytes, 0, length));
  }

  /** Parses with this parser alone, into its score: for those who train what the analysis then uses. */
  static void parse(byte[] content, SmfParser parser) throws IOException {
    use(content, (bytes, length) -> {
      parser.parse(bytes, 0, length);
      return length;
    });
  }

  /** A parser into such a score. */
  static SmfParser parser(Score into) { return new SmfParser(into, NOTES_MAX); }

  private static <T> T use(byte[] content, Use<T> use) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(content.length + (long) SmfParser.SLACK);
      MemorySegment.copy(content, 0, bytes, ValueLayout.JAVA_BYTE, 0, content.length);
      return use.of(bytes, content.length);
    } catch (FileFailure e) {
      throw new IOException("a file of the corpus was refused", e);
    }
  }

  /** The facts of a file, in an object of their own. */
  public Analysis analyze(byte[] content) throws IOException {
    parse(content);
    Analysis analysis = new Analysis();
    analyzer.analyze(analysis);
    return analysis;
  }
}
