package dev.midifleet.common.config;

/** The version of the definitions by which facts are computed. */
public final class AnalyzerVersion {
  /** Raised whenever a column's definition changes, so that old rows can be found and redone. */
  public static final int CURRENT = 2;

  private AnalyzerVersion() {}
}
