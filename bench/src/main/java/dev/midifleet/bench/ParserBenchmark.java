package dev.midifleet.bench;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.score.Score;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/**
 * Bytes in memory to notes, and to facts; javax.sound.midi on the same bytes. Times are per file. Before each trial the
 * sums of what every way computes are printed; over generated files they must be equal.
 *
 * <p>{@code bench/jmh ParserBenchmark -p corpus=/some/folder} takes real files.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ParserBenchmark {
  private static final int FILES = 400;

  /** {@link LoadedCorpus#GENERATED}, or a folder. */
  @Param(LoadedCorpus.GENERATED)
  public String corpus = LoadedCorpus.GENERATED;

  private final FileAnalyzer analyzer = new Workspace(Settings.of(Map.of())).analyzer();
  private final Analysis analysis = new Analysis();
  private LoadedCorpus files = LoadedCorpus.none();

  /** Loads the corpus, and compares what the ways compute. */
  @Setup
  public void load() throws IOException {
    files = LoadedCorpus.load(corpus, FILES);
    Sums ours = parsed();
    Sums javax = JavaxSums.of(files);
    System.out.printf("%nmidifleet        %s%njavax.sound.midi %s%n", ours, javax);
    if (corpus.equals(LoadedCorpus.GENERATED) && !ours.equals(javax)) {
      throw new IllegalStateException("the sums differ: " + ours + " and " + javax);
    }
  }

  /** Notes paired into columns, tempo map merged. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void parse(Blackhole blackhole) { blackhole.consume(parsed()); }

  /** Hash, parse and all facts. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void analyze(Blackhole blackhole) {
    for (int i = 0; i < FILES; i++) {
      try {
        analyzer.analyze(files.segment(), files.offset(i), files.length(i), analysis);
      } catch (FileFailure e) {
        blackhole.consume(e.byteOffset());
      }
      blackhole.consume(analysis);
    }
  }

  /** Event objects; nothing paired. */
  @Benchmark
  @OperationsPerInvocation(FILES)
  public void javaxSoundMidi(Blackhole blackhole) throws IOException {
    for (int i = 0; i < FILES; i++) {
      try {
        blackhole.consume(MidiSystem.getSequence(new ByteArrayInputStream(files.array(i))));
      } catch (InvalidMidiDataException e) {
        blackhole.consume(e);
      }
    }
  }

  private Sums parsed() { return parsed(analyzer, files); }

  /** Parses all files; what is refused counts as that. */
  static Sums parsed(FileAnalyzer analyzer, LoadedCorpus files) {
    int refused = 0;
    long bytes = 0;
    long notes = 0;
    long tempoChanges = 0;
    for (int i = 0; i < files.files(); i++) {
      try {
        Score score = analyzer.parse(files.segment(), files.offset(i), files.length(i));
        bytes += files.length(i);
        notes += score.noteCount();
        tempoChanges += score.tempoEventCount();
      } catch (FileFailure e) {
        refused++;
      }
    }
    return new Sums(files.files(), refused, bytes, notes, tempoChanges);
  }
}
