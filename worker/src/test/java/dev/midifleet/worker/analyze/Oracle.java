package dev.midifleet.worker.analyze;

/** The definition of one feature, done slowly and apart from the program: fails where that says something else. */
@FunctionalInterface
interface Oracle {
  /**
   * @param facts
   *          what the program says of the score
   * @throws AssertionError
   *           where the two disagree
   */
  void check(SlowScore score, Analysis facts) throws Exception;
}
