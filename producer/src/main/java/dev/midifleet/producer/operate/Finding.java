package dev.midifleet.producer.operate;

import org.jspecify.annotations.Nullable;

/**
 * What the doctor has seen at one place.
 *
 * @param check
 *          a word for the place, such as {@code queues}
 * @param text
 *          what there is, for people; without passwords
 * @param advice
 *          what to do about it; null where nothing is wrong
 */
public record Finding(String check, String text, @Nullable String advice) {

  static Finding fine(String check, String text) { return new Finding(check, text, null); }

  static Finding wrong(String check, String text, String advice) { return new Finding(check, text, advice); }

  /** Whether something is to be done. */
  public boolean isWrong() { return advice != null; }
}
