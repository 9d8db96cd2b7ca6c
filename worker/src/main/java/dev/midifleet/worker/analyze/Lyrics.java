package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.TextEvents;
import org.jspecify.annotations.Nullable;

/**
 * The words of a song, from the track that has the most of them: FF 05, or FF 01 in files of the karaoke convention where
 * those are more.
 *
 * <p>RP-017: a carriage return ends a line; a line feed ends a paragraph where there are carriage returns too, else a line.
 * RP-026, where a lyric begins with one of its tags: what stands in braces is no lyric, what stands in brackets is the
 * reading of the characters before it and left out, and a backslash begins {@code \r}, {@code \n}, {@code \t} or takes
 * the next character as it is. Karaoke: {@code @} begins a comment, {@code \} a paragraph and {@code /} a line; files
 * without such comments follow it too where many texts of a track begin with those signs.
 */
final class Lyrics {
  private static final int WORDS_MIN = 8;
  private static final int BREAKS_MIN = 2;
  private static final int NONE = -1;

  private final int charsMax;
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private boolean tagged;
  private boolean rp26;
  private boolean returns;
  private int wordsTrack;
  private int words;
  private int breaks;
  private int lyricsTrack;
  private int lyrics;

  /**
   * @param charsMax
   *          kept of the words
   */
  Lyrics(int charsMax) { this.charsMax = charsMax; }

  /** Looks where a file's words are. */
  void survey(TextEvents texts) {
    tagged = false;
    rp26 = false;
    returns = false;
    wordsTrack = NONE;
    words = 0;
    breaks = 0;
    lyricsTrack = NONE;
    lyrics = 0;
    for (int from = 0; from < texts.size();) {
      int to = from + 1;
      while (to < texts.size() && texts.track(to) == texts.track(from)) {
        to++;
      }
      surveyTrack(texts, from, to);
      from = to;
    }
  }

  private void surveyTrack(TextEvents texts, int from, int to) {
    int texted = 0;
    int broken = 0;
    int sung = 0;
    for (int i = from; i < to; i++) {
      byte first = texts.bytes()[texts.start(i)];
      if (texts.type(i) == TextEvents.LYRIC) {
        sung++;
        rp26 |= TextTags.isRp26(texts, i);
        returns |= hasReturn(texts, i);
      } else if (texts.type(i) == TextEvents.TEXT) {
        boolean isComment = first == '@';
        tagged |= isComment && (TextTags.begins(texts, i, "@K") || TextTags.begins(texts, i, "@T"));
        texted += isComment ? 0 : 1;
        broken += first == '\\' || first == '/' ? 1 : 0;
      }
    }
    if (texted > 0 && (broken > 0 == breaks > 0 ? texted > words : broken > 0)) {
      wordsTrack = texts.track(from);
      words = texted;
      breaks = broken;
    }
    if (sung > lyrics) {
      lyricsTrack = texts.track(from);
      lyrics = sung;
    }
  }

  private static boolean hasReturn(TextEvents texts, int index) {
    for (int i = texts.start(index); i < texts.end(index); i++) {
      if (texts.bytes()[i] == '\r') return true;
    }
    return false;
  }

  /** Whether a lyric has a tag of RP-026. */
  boolean isRp26() { return rp26; }

  /** Whether the text follows the karaoke convention. */
  boolean isKaraoke() {
    return tagged || (words >= WORDS_MIN && breaks >= BREAKS_MIN);
  }

  /** All words; null where there are none. */
  @Nullable
  String words(TextEvents texts, TextDecoder decoder) {
    boolean isText = isKaraoke() && words > 0 && words >= lyrics;
    int type = isText ? TextEvents.TEXT : TextEvents.LYRIC;
    int track = isText ? wordsTrack : lyricsTrack;
    out.setLength(0);
    for (int i = 0; i < texts.size() && out.length() <= charsMax; i++) {
      if (texts.type(i) == type && texts.track(i) == track) {
        append(texts, i, decoder);
      }
    }
    return TextLimits.stripped(out, charsMax);
  }

  private void append(TextEvents texts, int index, TextDecoder decoder) {
    int start = texts.start(index);
    byte first = texts.bytes()[start];
    if (first == '@' && tagged) return;
    boolean isBreak = !rp26 && (first == '\\' || first == '/');
    if (isBreak) {
      newLine();
      if (first == '\\') {
        newLine();
      }
    }
    raw.setLength(0);
    decoder.append(texts.bytes(), isBreak ? start + 1 : start, texts.end(index), raw);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (rp26 && "\\{[".indexOf(c) >= 0) {
        i = special(raw, i, out);
      } else if (c == '\r') {
        newLine();
      } else if (c == '\n') {
        lineFeed(i > 0 && raw.charAt(i - 1) == '\r');
      } else if (TextLimits.isKept(c)) {
        out.append(c);
      }
    }
  }

  private void lineFeed(boolean isAfterReturn) {
    if (isAfterReturn) return;
    newLine();
    if (returns) {
      newLine();
    }
  }

  /** Ends a line; more than one that is empty are one. */
  private void newLine() {
    int length = out.length();
    if (length < 2 || out.charAt(length - 1) != '\n' || out.charAt(length - 2) != '\n') {
      out.append('\n');
    }
  }

  /** Appends what a reserved character of RP-026 stands for, and returns the place of the last character it takes. */
  private static int special(CharSequence text, int at, StringBuilder to) {
    char c = text.charAt(at);
    if (c != '\\') {
      return closing(text, at, c == '{' ? '}' : ']');
    }
    if (at + 1 < text.length()) {
      char next = text.charAt(at + 1);
      char meant = switch (next) {
        case 'r', 'n' -> '\n';
        case 't' -> '\t';
        default -> next;
      };
      if (meant == '\n' || TextLimits.isKept(meant)) {
        to.append(meant);
      }
    }
    return at + 1;
  }

  /** Where a brace or bracket closes; if nothing closes it, it stands alone. */
  private static int closing(CharSequence text, int at, char sign) {
    for (int i = at + 1; i < text.length(); i++) {
      if (text.charAt(i) == sign) return i;
      if (text.charAt(i) == '\\') {
        i++;
      }
    }
    return at;
  }

  /** Appends an item of song information, which ends at the first brace that closes, as one line. */
  static void item(CharSequence text, StringBuilder to) {
    for (int i = 0; i < text.length() && text.charAt(i) != '}'; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i = special(text, i, to);
      } else if (TextLimits.isKept(c)) {
        to.append(c);
      }
    }
    for (int i = 0; i < to.length(); i++) {
      if (to.charAt(i) == '\n') {
        to.setCharAt(i, ' ');
      }
    }
  }
}
