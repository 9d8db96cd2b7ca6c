package dev.midifleet.bench;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.analyze.Analysis;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FileAnalyzer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MidiSystem;

/**
 * What one thread does with files that lie in memory, in CPU time: javax.sound.midi's parse, ours, and the whole analysis.
 * Each call walks through all files once and gives µs a file; what a program refuses counts as a file too.
 */
public final class MemoryStages {
  private static final double NANOS_A_MICRO = 1e3;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final LoadedCorpus files;
  private final FileAnalyzer analyzer;
  private final Analysis analysis = new Analysis();
  private Sums sums = new Sums(0, 0, 0, 0, 0);

  public MemoryStages(LoadedCorpus files, AnalysisOptions options) {
    this.files = files;
    this.analyzer = new Workspace(Settings.of(Map.of()), options).analyzer();
  }

  FileAnalyzer analyzer() { return analyzer; }

  Analysis analysis() { return analysis; }

  /** What the last walk of {@link #parse} read. */
  public Sums sums() { return sums; }

  /** javax.sound.midi's parse. */
  public double javax() {
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < files.files(); i++) {
      try {
        MidiSystem.getSequence(new ByteArrayInputStream(files.array(i)));
      } catch (InvalidMidiDataException | IOException _) {
        // What it refuses has cost its time too.
      }
    }
    return microsAFile(start);
  }

  /** The product's parse, notes paired. */
  public double parse() {
    long bytes = 0;
    long notes = 0;
    int refused = 0;
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < files.files(); i++) {
      try {
        notes += analyzer.parse(files.segment(), files.offset(i), files.length(i)).noteCount();
        bytes += files.length(i);
      } catch (FileFailure _) {
        refused++;
      }
    }
    double micros = microsAFile(start);
    sums = new Sums(files.files() - refused, refused, bytes, notes, 0);
    return micros;
  }

  /** Hash, parse and all columns. */
  public double whole() {
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < files.files(); i++) {
      try {
        analyzer.analyze(files.segment(), files.offset(i), files.length(i), analysis);
      } catch (FileFailure _) {
        // What it refuses has cost its time too.
      }
    }
    return microsAFile(start);
  }

  private double microsAFile(long start) {
    return (threads.getCurrentThreadCpuTime() - start) / NANOS_A_MICRO / files.files();
  }
}
