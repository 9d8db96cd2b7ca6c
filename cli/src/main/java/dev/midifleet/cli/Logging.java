package dev.midifleet.cli;

/** How much of the log is shown on standard error; {@code logback.xml} reads it when the first logger is made. */
final class Logging {
  private static final String LEVEL = "midifleet.log.level";

  private Logging() {}

  /**
   * Sets the level, unless a person has set it ({@code -Dmidifleet.log.level=...}) or an earlier call has. Must be called
   * before the first logger is made.
   *
   * @param level
   *          ERROR, WARN, INFO, DEBUG or TRACE
   */
  static void level(String level) {
    if (System.getProperty(LEVEL) == null) {
      System.setProperty(LEVEL, level);
    }
  }
}
