package dev.midifleet.bench;

import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.FileAnalyzer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MidiSystem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The parse of each {@link Shape} of input, and javax.sound.midi's of the same bytes. Times are per file. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ShapeBenchmark {
  private static final int FILES = 200;

  /** Which files. */
  @Param
  public Shape shape = Shape.RUNNING_STATUS;

  private final FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();
  private LoadedCorpus files = LoadedCorpus.none();

  /** Makes the files, and compares what both ways find in them. */
  @Setup
  public void load() throws IOException {
    files = LoadedCorpus.of(IntStream.range(0, FILES).mapToObj(shape::file).toList());
    Sums ours = ParserBenchmark.parsed(analyzer, files);
    Sums javax = JavaxSums.of(files);
    System.out.printf("%n%s: %s%n", shape, ours);
    if (!ours.equals(javax)) throw new IllegalStateException("the sums differ: " + ours + " and " + javax);
  }

  /** Notes paired into columns, tempo map merged. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void parse(Blackhole blackhole) { blackhole.consume(ParserBenchmark.parsed(analyzer, files)); }

  /** Event objects; nothing paired. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void javaxSoundMidi(Blackhole blackhole) throws IOException, InvalidMidiDataException {
    for (int i = 0; i < FILES; i++) {
      blackhole.consume(MidiSystem.getSequence(new ByteArrayInputStream(files.array(i))));
    }
  }
}
