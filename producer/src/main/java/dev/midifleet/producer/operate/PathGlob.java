package dev.midifleet.producer.operate;

import dev.midifleet.common.failure.MisuseException;

/**
 * A glob over stored paths, as a regular expression of PostgreSQL.
 *
 * <pre>
 * *        any characters but /
 * **       any characters
 * ?        one character but /
 * [a-z]    one of these, [!a-z] one that is none of these, never /
 * </pre>
 *
 * Everything else stands for itself, the backslash too: so that a path that was printed, with its {@code \xNN}, can be
 * given back as it is ({@code [*]} is a star). A glob without a slash is matched with the file's name, one with a slash
 * with the whole path below the library.
 */
final class PathGlob {
  private PathGlob() {}

  /**
   * @throws MisuseException
   *           when a range within brackets runs backwards
   */
  static String toRegex(String glob) {
    var regex = new StringBuilder(glob.indexOf('/') < 0 ? "(?:^|/)" : "^");
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      int end = c == '[' ? endOfClass(glob, i) : -1;
      if (end > 0) {
        appendClass(regex, glob.substring(i + 1, end), glob);
        i = end;
      } else if (c == '*' && glob.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        appendLiteral(regex, c);
      }
    }
    return regex.append('$').toString();
  }

  /** Where the class that opens here closes; -1 when it never does, and the bracket is a plain character. */
  private static int endOfClass(String glob, int open) {
    int first = glob.startsWith("!", open + 1) ? open + 2 : open + 1;
    return glob.indexOf(']', first + 1);
  }

  private static void appendClass(StringBuilder regex, String inner, String glob) {
    boolean negated = inner.startsWith("!");
    String members = negated ? inner.substring(1) : inner;
    regex.append("(?!/)[").append(negated ? "^" : "");
    for (int i = 0; i < members.length(); i++) {
      appendLiteral(regex, members.charAt(i));
      if (i + 2 < members.length() && members.charAt(i + 1) == '-') {
        if (members.charAt(i) > members.charAt(i + 2)) {
          throw new MisuseException("a range runs backwards in \"" + glob + "\": [" + inner + "]");
        }
        appendLiteral(regex.append('-'), members.charAt(i + 2));
        i += 2;
      }
    }
    regex.append(']');
  }

  private static void appendLiteral(StringBuilder regex, char c) {
    boolean special = c < 0x80 && !Character.isLetterOrDigit(c);
    regex.append(special ? "\\" : "").append(c);
  }
}
