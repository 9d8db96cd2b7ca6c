package dev.midifleet.worker;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.analyze.AnalysisOptions;
import dev.midifleet.worker.analyze.FileAnalyzer;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.kernel.Kernels;

/**
 * What one thread needs to parse and analyse files, made once and reused for all of them. Its buffers grow with the files;
 * what only a giant file needed is given back when the next file is begun.
 */
public final class Workspace {
  private final Settings settings;
  private final AnalysisOptions options;
  private final Kernels kernels;
  private FileAnalyzer analyzer;

  public Workspace(Settings settings) { this(settings, AnalysisOptions.DEFAULT); }

  public Workspace(Settings settings, AnalysisOptions options) { this(settings, options, KernelSelector.kernels()); }

  Workspace(Settings settings, AnalysisOptions options, Kernels kernels) {
    this.settings = settings;
    this.options = options;
    this.kernels = kernels;
    this.analyzer = newAnalyzer();
  }

  public FileAnalyzer analyzer() { return analyzer; }

  /** Gives back all memory that the files so far made it take, as before a long rest. */
  public void shrink() {
    analyzer = newAnalyzer();
  }

  private FileAnalyzer newAnalyzer() {
    return new FileAnalyzer(settings.integer(Setting.FILE_NOTES_MAX), settings.integer(Setting.TEXT_CHARS_MAX), options,
        kernels);
  }
}
