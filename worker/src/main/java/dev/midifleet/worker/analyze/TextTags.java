package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.TextEvents;
import org.jspecify.annotations.Nullable;

/**
 * What the conventions of karaoke files ({@code @T}, {@code @L} in FF 01) and RP-026 ({@code {@JP}}, {@code {#Title=...}}
 * in FF 05) write at the beginning of a text. All of it is ASCII, whatever the character set of the rest.
 */
final class TextTags {
  private TextTags() {}

  /** Whether a text begins so; capital and small letters are the same. */
  static boolean begins(TextEvents texts, int index, String beginning) {
    return begins(texts, texts.start(index), texts.end(index), beginning);
  }

  static boolean begins(TextEvents texts, int from, int end, String beginning) {
    if (end - from < beginning.length()) return false;
    for (int i = 0; i < beginning.length(); i++) {
      if (Character.toLowerCase((char) texts.bytes()[from + i]) != Character.toLowerCase(beginning.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The character set that a text tells of, null if it tells of none. */
  static @Nullable TextCharset charset(TextEvents texts, int index) {
    if (begins(texts, index, "{@JP}") || begins(texts, index, "@LJAP") || begins(texts, index, "@LJPN")) {
      return TextCharset.SHIFT_JIS;
    }
    if (begins(texts, index, "{@LATIN}")) return TextCharset.LATIN_1;
    if (begins(texts, index, "@LKOR")) return TextCharset.MS949;
    if (begins(texts, index, "@LRUS")) return TextCharset.WINDOWS_1251;
    if (begins(texts, index, "@LPOL") || begins(texts, index, "@LCZE")) return TextCharset.WINDOWS_1250;
    return begins(texts, index, "@LTUR") ? TextCharset.WINDOWS_1254 : null;
  }

  /** Whether a lyric event has a tag of RP-026. */
  static boolean isRp26(TextEvents texts, int index) {
    return texts.type(index) == TextEvents.LYRIC && (begins(texts, index, "{@") || begins(texts, index, "{#"));
  }
}
