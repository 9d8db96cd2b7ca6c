package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TextEvents;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Title, copyright, lyrics and track names. All text of a file is UTF-8 if all of it can be, else Latin-1. NUL and other
 * control characters are left out, line ends are line feeds.
 *
 * <p>Lyrics are the FF 05 events in the order of the file; a carriage return or line feed in them ends a line (RP-017). In
 * karaoke files of the .kar convention they are FF 01 events: {@code @} begins a comment, {@code \} a paragraph and
 * {@code /} a line.
 */
final class Text {
  private static final int NAMES_MAX = 256;

  private final int charsMax;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
      .onUnmappableCharacter(CodingErrorAction.REPORT);
  private CharBuffer decoded = CharBuffer.allocate(1024);
  private final StringBuilder out = new StringBuilder();
  private final JsonText json = new JsonText();
  private @Nullable TextCharset charset;

  /**
   * @param charsMax
   *          kept of each text
   */
  Text(int charsMax) { this.charsMax = charsMax; }

  void analyze(Score score, Analysis into) {
    TextEvents texts = score.texts();
    into.title = null;
    into.copyright = null;
    into.lyrics = null;
    into.trackNames = null;
    into.isKaraoke = false;
    charset = texts.size() == 0 ? null : charsetOf(texts);
    into.charset = charset;
    if (charset == null) return;
    into.isKaraoke = isKaraoke(texts);
    into.title = title(texts, into.isKaraoke);
    into.copyright = first(texts, TextEvents.COPYRIGHT, "");
    into.trackNames = names(texts);
    into.lyrics = lyrics(texts, TextEvents.LYRIC);
    if (into.lyrics == null && into.isKaraoke) {
      into.lyrics = lyrics(texts, TextEvents.TEXT);
    }
  }

  private TextCharset charsetOf(TextEvents texts) {
    byte[] bytes = texts.bytes();
    int either = 0;
    for (int i = 0; i < texts.byteCount(); i++) {
      either |= bytes[i];
    }
    if (either >= 0) return TextCharset.ASCII;
    for (int i = 0; i < texts.size(); i++) {
      if (!decode(bytes, texts.start(i), texts.end(i))) return TextCharset.LATIN_1;
    }
    return TextCharset.UTF_8;
  }

  private boolean decode(byte[] bytes, int start, int end) {
    if (decoded.capacity() < end - start) {
      decoded = CharBuffer.allocate(2 * (end - start));
    }
    decoded.clear();
    return !utf8.reset().decode(ByteBuffer.wrap(bytes, start, end - start), decoded, true).isError();
  }

  private static boolean isKaraoke(TextEvents texts) {
    byte[] bytes = texts.bytes();
    for (int i = 0; i < texts.size(); i++) {
      int start = texts.start(i);
      if (texts.type(i) == TextEvents.TEXT && texts.end(i) - start >= 2 && bytes[start] == '@'
          && (bytes[start + 1] == 'K' || bytes[start + 1] == 'T')) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String title(TextEvents texts, boolean isKaraoke) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) == TextEvents.TRACK_NAME && texts.track(i) == 0) {
        String name = whole(texts, i, 0);
        if (name != null) return name;
      }
    }
    return isKaraoke ? first(texts, TextEvents.TEXT, "@T") : null;
  }

  /** The first text of a type that begins so and has more, without that beginning. */
  private @Nullable String first(TextEvents texts, int type, String beginning) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) == type && beginsWith(texts, i, beginning)) {
        String text = whole(texts, i, beginning.length());
        if (text != null) return text;
      }
    }
    return null;
  }

  private static boolean beginsWith(TextEvents texts, int index, String beginning) {
    int start = texts.start(index);
    if (texts.end(index) - start < beginning.length()) return false;
    for (int i = 0; i < beginning.length(); i++) {
      if (texts.bytes()[start + i] != beginning.charAt(i)) return false;
    }
    return true;
  }

  private @Nullable String names(TextEvents texts) {
    json.clear().raw("[");
    int listed = 0;
    for (int i = 0; i < texts.size() && listed < NAMES_MAX; i++) {
      if (texts.type(i) == TextEvents.TRACK_NAME) {
        String name = whole(texts, i, 0);
        if (name != null) {
          json.comma().string(name);
          listed++;
        }
      }
    }
    return listed == 0 ? null : json.raw("]").text();
  }

  private @Nullable String lyrics(TextEvents texts, int type) {
    out.setLength(0);
    for (int i = 0; i < texts.size() && out.length() < charsMax; i++) {
      if (texts.type(i) != type) continue;
      if (type == TextEvents.LYRIC) {
        append(texts, i, 0);
      } else {
        appendKaraoke(texts, i);
      }
    }
    return stripped();
  }

  private void appendKaraoke(TextEvents texts, int index) {
    byte first = texts.bytes()[texts.start(index)];
    if (first == '@') return;
    boolean isBreak = first == '\\' || first == '/';
    if (isBreak) {
      out.append(first == '\\' ? "\n\n" : "\n");
    }
    append(texts, index, isBreak ? 1 : 0);
  }

  private @Nullable String whole(TextEvents texts, int index, int skipped) {
    out.setLength(0);
    append(texts, index, skipped);
    return stripped();
  }

  private @Nullable String stripped() {
    int length = Math.min(out.length(), charsMax);
    // A pair of surrogates is not torn apart.
    if (length > 0 && length < out.length() && Character.isHighSurrogate(out.charAt(length - 1))) {
      length--;
    }
    String text = out.substring(0, length).strip();
    return text.isEmpty() ? null : text;
  }

  private void append(TextEvents texts, int index, int skipped) {
    byte[] bytes = texts.bytes();
    int start = texts.start(index) + skipped;
    int end = texts.end(index);
    if (charset == TextCharset.UTF_8 && decode(bytes, start, end)) {
      decoded.flip();
      for (int i = 0; i < decoded.length(); i++) {
        append(decoded.charAt(i), i == 0 ? ' ' : decoded.charAt(i - 1));
      }
      return;
    }
    for (int i = start; i < end; i++) {
      append((char) (bytes[i] & 0xFF), i == start ? ' ' : (char) (bytes[i - 1] & 0xFF));
    }
  }

  private void append(char c, char before) {
    if (c == '\r' || (c == '\n' && before != '\r')) {
      out.append('\n');
    } else if ((c >= ' ' && c != 0x7F) || c == '\t') {
      out.append(c);
    }
  }
}
