package dev.midifleet.worker.analyze;

/** Builds small JSON texts for columns of type json in one reused buffer. */
final class JsonText {
  private static final long DECIMALS = 1_000_000;
  private static final char REPLACEMENT = '\uFFFD';
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder(256);

  JsonText clear() {
    out.setLength(0);
    return this;
  }

  /** Any punctuation or name, as it is. */
  JsonText raw(String text) {
    out.append(text);
    return this;
  }

  JsonText character(char c) {
    out.append(c);
    return this;
  }

  /** A comma, unless the text so far ends with an opening bracket. */
  JsonText comma() {
    if (out.charAt(out.length() - 1) != '[') {
      out.append(',');
    }
    return this;
  }

  JsonText number(long value) {
    out.append(value);
    return this;
  }

  /** Rounded to six digits after the point, without zeros at the end. */
  JsonText decimal(double value) {
    return parts(Math.round(value * DECIMALS), DECIMALS);
  }

  /**
   * A number of parts, without zeros at the end.
   *
   * @param one
   *          how many parts are 1: a power of ten
   */
  JsonText parts(long value, long one) {
    if (value < 0 && value > -one) {
      out.append('-');
    }
    out.append(value / one);
    long rest = Math.abs(value % one);
    if (rest == 0) return this;
    out.append('.');
    for (long unit = one / 10; rest > 0; unit /= 10) {
      out.append((char) ('0' + rest / unit));
      rest %= unit;
    }
    return this;
  }

  /** Quoted. A NUL, which json can say and jsonb cannot hold, is shown as what replaces unreadable letters. */
  JsonText string(CharSequence text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i) == 0 ? REPLACEMENT : text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      } else {
        out.append(c);
      }
    }
    out.append('"');
    return this;
  }

  String text() { return out.toString(); }

}
