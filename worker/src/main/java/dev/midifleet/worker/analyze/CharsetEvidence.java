package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.LetterTables.Alphabet;
import dev.midifleet.worker.analyze.LetterTables.Ideographs;
import dev.midifleet.worker.score.TextEvents;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Which character set the text of a file is in. All of its text is one sample: ASCII if no byte is above 127, UTF-8 if
 * all of it can be, else the character set under which its bytes are the least surprising: a byte a letter by the letters
 * of some forty languages and what stands before them, two bytes a character by kana, hangul and common ideographs. What
 * the file itself says of its language counts, and so does how often each set is met.
 *
 * <p>Only bytes above 127 with their neighbours are looked at, at most {@value #SAMPLE_MAX}.
 */
final class CharsetEvidence {
  private static final int SAMPLE_MAX = 256;
  /** In 1/16 nat, as all costs: a byte that cannot be. */
  private static final int IMPOSSIBLE = 240;
  /** An ASCII character, where a character of two bytes may have swallowed it. */
  private static final int ASCII_COST = 48;
  private static final int NO_HINT = 80;

  private static final int OTHER = 0;
  private static final int LETTER = 1;
  private static final int WIDE = 2;
  private static final int HALF = 3;
  /** Of East Asian scripts, what the same four cost after each other: anything else, ASCII letter, wide, half width. */
  private static final int[][] STEPS = {{16, 32, 10, 64}, {16, 8, 72, 96}, {32, 80, 3, 80}, {32, 80, 64, 2}};
  /** Each of the 63 kana of half width. */
  private static final int HALF_KANA = 66;

  private final byte[] sample = new byte[SAMPLE_MAX + 4];
  private int length;

  /**
   * How the bytes of all texts are to be read; null where there are none.
   *
   * @param isCut
   *          whether a text may end within a character
   */
  @Nullable
  TextCharset of(TextEvents texts, boolean isCut) {
    if (texts.byteCount() == 0) return null;
    if (isAscii(texts.bytes(), texts.byteCount())) return TextCharset.ASCII;
    if (isUtf8(texts, isCut)) return TextCharset.UTF_8;
    if (isUtf16(texts)) return TextCharset.UTF_16;
    collect(texts);
    return leastSurprising(hint(texts));
  }

  private static boolean isAscii(byte[] bytes, int count) {
    int either = 0;
    for (int i = 0; i < count; i++) {
      either |= bytes[i];
    }
    return either >= 0;
  }

  private static boolean isUtf16(TextEvents texts) {
    for (int i = 0; i < texts.size(); i++) {
      if (Utf8.isMarkedUtf16(texts.bytes(), texts.start(i), texts.end(i))) return true;
    }
    return false;
  }

  private static boolean isUtf8(TextEvents texts, boolean isCut) {
    byte[] bytes = texts.bytes();
    for (int i = 0; i < texts.size(); i++) {
      int end = texts.end(i);
      for (int at = texts.start(i); at < end;) {
        int size = Utf8.sizeAt(bytes, at, end);
        if (size == 0 && !(isCut && Utf8.isCut(bytes, at, end))) return false;
        at += size == 0 ? end - at : size;
      }
    }
    return true;
  }

  /** High bytes, one ASCII character before them and two after; one boundary between what is apart. */
  private void collect(TextEvents texts) {
    byte[] bytes = texts.bytes();
    length = 0;
    for (int i = 0; i < texts.size() && length < SAMPLE_MAX; i++) {
      int end = texts.end(i);
      int since = 2;
      sample[length++] = ' ';
      for (int at = texts.start(i); at < end && length < SAMPLE_MAX; at++) {
        since = bytes[at] < 0 ? 0 : since + 1;
        if (since <= 2) {
          sample[length++] = bytes[at];
        } else if (at + 1 < end && bytes[at + 1] < 0) {
          sample[length++] = bytes[at];
        }
      }
      if (since > 2 && length > 0 && sample[length - 1] == ' ') {
        length--;
      }
    }
  }

  private TextCharset leastSurprising(@Nullable TextCharset hint) {
    TextCharset best = TextCharset.LATIN_1;
    int least = Integer.MAX_VALUE;
    LetterTables tables = LetterTables.get();
    boolean hasWord = hasTwoInARow();
    for (int i = 0; i < tables.alphabets().size(); i++) {
      Alphabet alphabet = tables.alphabets().get(i);
      if (!hasWord && isOtherScript(alphabet.charset())) continue;
      int cost = prior(alphabet.charset(), hint) + costOf(alphabet, least);
      if (cost < least) {
        least = cost;
        best = alphabet.charset();
      }
    }
    for (int i = 0; i < tables.ideographs().size(); i++) {
      Ideographs ideographs = tables.ideographs().get(i);
      int cost = prior(ideographs.charset(), hint) + costOf(ideographs, least);
      if (cost < least) {
        least = cost;
        best = ideographs.charset();
      }
    }
    TextCharset western = hasWindowsSigns() ? TextCharset.WINDOWS_1252 : TextCharset.LATIN_1;
    return best == TextCharset.LATIN_1 || readsAlike(best, western) ? western : best;
  }

  /** What is the same in both, such as a copyright sign and nothing else, says nothing of a language. */
  private boolean readsAlike(TextCharset one, TextCharset other) {
    return new String(sample, 0, length, Charset.forName(one.javaName()))
        .equals(new String(sample, 0, length, Charset.forName(other.javaName())));
  }

  private boolean hasTwoInARow() {
    for (int i = 1; i < length; i++) {
      if (sample[i - 1] < 0 && sample[i] < 0) return true;
    }
    return false;
  }

  /** Whether words in it have no ASCII letters: of these a stray byte says nothing. */
  private static boolean isOtherScript(TextCharset charset) {
    return switch (charset) {
      case WINDOWS_1251, WINDOWS_1253, WINDOWS_1255, WINDOWS_1256, WINDOWS_874, KOI8_R, IBM866 -> true;
      default -> false;
    };
  }

  private boolean hasWindowsSigns() {
    for (int i = 0; i < length; i++) {
      if ((sample[i] & 0xE0) == 0x80) return true;
    }
    return false;
  }

  private int costOf(Alphabet alphabet, int enough) {
    int cost = 0;
    int context = LetterTables.BOUNDARY;
    int before = 0;
    for (int i = 0; i < length && cost < enough; i++) {
      byte b = sample[i];
      if (b < 0) {
        int low = b & 0x7F;
        cost += alphabet.high(context, low, before);
        context = alphabet.kind(low);
        before = low;
      } else {
        int kind = asciiKind(b);
        cost += ASCII_COST + (context >= LetterTables.SMALL ? alphabet.after(before, kind) : 0);
        context = kind;
      }
    }
    return cost;
  }

  private int costOf(Ideographs ideographs, int enough) {
    boolean hasHalfKana = ideographs.charset() == TextCharset.SHIFT_JIS;
    int cost = 0;
    int context = OTHER;
    for (int i = 0; i < length && cost < enough; i++) {
      byte b = sample[i];
      if (b >= 0) {
        int kind = asciiKind(b) == LetterTables.BOUNDARY ? OTHER : LETTER;
        cost += ASCII_COST + (context >= WIDE ? STEPS[context][kind] : 0);
        context = kind;
        continue;
      }
      int code = (b & 0xFF) << 8 | (i + 1 < length ? sample[i + 1] & 0xFF : 0);
      if (ideographs.cost(code) != LetterTables.NOT_A_CHARACTER) {
        cost += STEPS[context][WIDE] + ideographs.cost(code);
        context = WIDE;
        i++;
      } else if (hasHalfKana && (b & 0xFF) >= 0xA1 && (b & 0xFF) <= 0xDF) {
        cost += STEPS[context][HALF] + HALF_KANA;
        context = HALF;
      } else {
        cost += IMPOSSIBLE;
        context = WIDE;
      }
    }
    return cost;
  }

  private static int asciiKind(byte b) {
    return switch (b | 0x20) {
      case 'a', 'e', 'i', 'o', 'u', 'y' -> LetterTables.VOWEL;
      default -> (b | 0x20) >= 'a' && (b | 0x20) <= 'z' ? LetterTables.CONSONANT : LetterTables.BOUNDARY;
    };
  }

  /** How seldom files are in it, in 1/16 nat. */
  private static int prior(TextCharset charset, @Nullable TextCharset hint) {
    int seldom = switch (charset) {
      case ASCII, UTF_8, UTF_16, LATIN_1, WINDOWS_1252 -> 0;
      case SHIFT_JIS -> 24;
      case WINDOWS_1251, WINDOWS_1250, MS949, GBK, BIG5 -> 40;
      case WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, WINDOWS_874 -> 56;
      case EUC_JP, ISO_8859_2, KOI8_R, IBM866, IBM850, MAC_ROMAN -> 72;
    };
    return seldom + (hint == null || hint == charset ? 0 : NO_HINT);
  }

  /** What the file says of its language: {@code @JP} or {@code @LATIN} by RP-026, {@code @L} of karaoke files. */
  private static @Nullable TextCharset hint(TextEvents texts) {
    for (int i = 0; i < texts.size(); i++) {
      TextCharset hint = TextTags.charset(texts, i);
      if (hint != null) return hint;
    }
    return null;
  }
}
