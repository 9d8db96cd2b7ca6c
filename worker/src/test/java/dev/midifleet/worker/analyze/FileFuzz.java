package dev.midifleet.worker.analyze;

import dev.midifleet.common.failure.FileFailure;

/** What {@code bench/fuzz} has Jazzer call, with bytes of its own making, as often as time allows. */
public final class FileFuzz {
  private static final CheckedAnalyzer ANALYZER = new CheckedAnalyzer();

  private FileFuzz() {}

  /** Jazzer finds this method by its name. */
  public static void fuzzerTestOneInput(byte[] file) {
    try {
      ANALYZER.check(file);
    } catch (FileFailure failure) {
      // Refused, with a reason and an offset that were checked.
    }
  }
}
