package dev.midifleet.worker.analyze;

import org.jspecify.annotations.Nullable;

/** Which characters are stored, and how many. */
final class TextLimits {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextLimits() {}

  /** Everything but control characters (PostgreSQL has no NUL) and the byte order mark; tabulators stay. */
  static boolean isKept(char c) {
    return (c >= ' ' && c < 0x7F) || (c >= 0xA0 && c != BYTE_ORDER_MARK) || c == '\t';
  }

  /** Without blanks around it, cut to the limit but not within a pair of surrogates; null if nothing is left. */
  static @Nullable String stripped(StringBuilder text, int charsMax) {
    int from = 0;
    int to = text.length();
    while (from < to && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    if (to - from > charsMax) {
      to = from + charsMax;
      if (charsMax > 0 && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
    }
    while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    return from == to ? null : text.substring(from, to);
  }
}
