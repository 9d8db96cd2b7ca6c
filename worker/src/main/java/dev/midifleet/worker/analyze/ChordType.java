package dev.midifleet.worker.analyze;

/**
 * Kinds of chords, by the shorthands of Harte et al. (2005), and how complex each is: 0 for the two plain triads to 1 for
 * ninths.
 */
public enum ChordType {
  MAJ("maj", 0),
  MIN("min", 0),
  DIM("dim", 0.5),
  SUS4("sus4", 0.25),
  SUS2("sus2", 0.25),
  AUG("aug", 0.5),
  //
  DOMINANT("7", 0.5),
  MAJ7("maj7", 0.5),
  MIN7("min7", 0.5),
  HALF_DIM7("hdim7", 0.75),
  DIM7("dim7", 0.75),
  //
  MIN_MAJ7("minmaj7", 0.75),
  MAJ6("maj6", 0.25),
  MIN6("min6", 0.25),
  NINTH("9", 1),
  MAJ9("maj9", 1),
  MIN9("min9", 1);

  private final String word;
  private final double complexity;

  ChordType(String word, double complexity) {
    this.word = word;
    this.complexity = complexity;
  }

  /** Harte's shorthand. */
  public String word() { return word; }

  double complexity() { return complexity; }

  /** Whether it has a seventh; ninths have. */
  boolean isSeventh() {
    return switch (this) {
      case DOMINANT, MAJ7, MIN7, HALF_DIM7, DIM7, MIN_MAJ7, NINTH, MAJ9, MIN9 -> true;
      case MAJ, MIN, DIM, SUS4, SUS2, AUG, MAJ6, MIN6 -> false;
    };
  }

  boolean isExtended() { return this == NINTH || this == MAJ9 || this == MIN9; }
}
