package dev.midifleet.worker.analyze;

/**
 * How to analyse.
 *
 * @param tempoFromNotes
 *          estimates the tempo of every file from the times of its notes, blind to its tempo events and its tick grid
 */
public record AnalysisOptions(boolean tempoFromNotes) {
  /** As everything is analysed that is stored. */
  public static final AnalysisOptions DEFAULT = new AnalysisOptions(false);
}
