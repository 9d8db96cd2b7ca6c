package dev.midifleet.worker.analyze;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What {@link CharsetEvidence} knows of languages: of each character set with a byte a letter, what each byte costs (minus
 * the logarithm of its probability, in 1/16 nat) by what stands before it, in each of its languages; of those with two
 * bytes a character, what each character costs. Read when the first file comes that needs it.
 */
final class LetterTables {
  static final int STEPS_A_NAT = 16;

  /** What stands before a byte: an ASCII vowel or consonant, a small or capital letter above 7F, or anything else. */
  static final int BOUNDARY = 0;
  static final int VOWEL = 1;
  static final int CONSONANT = 2;
  static final int SMALL = 3;
  static final int CAPITAL = 4;

  private static final int CONTEXTS = 5;
  private static final int NEXT = 4;
  private static final int BYTES = 128;

  /** One language in one character set with a byte a letter. */
  static final class Alphabet {
    private final TextCharset charset;
    private final byte[] costs;
    private final byte[] kinds = new byte[BYTES];

    Alphabet(TextCharset charset, byte[] costs) {
      this.charset = charset;
      this.costs = costs;
      Charset named = Charset.forName(charset.javaName());
      for (int i = 0; i < BYTES; i++) {
        String letter = new String(new byte[]{(byte) (i | 0x80)}, named);
        kinds[i] = (byte) (Character.isUpperCase(letter.charAt(0)) ? CAPITAL : SMALL);
      }
    }

    TextCharset charset() { return charset; }

    /** {@link #SMALL} or {@link #CAPITAL} of a byte above 7F, low seven bits. */
    int kind(int low) {
      return kinds[low];
    }

    /** Of a byte above 7F, low seven bits, where this stands before it. */
    int high(int context, int low, int before) {
      int kind = context < SMALL ? costs[context] : costs[CONTEXTS * BYTES + SMALL + before * NEXT + NEXT - 1];
      return (kind & 0xFF) + (costs[SMALL + context * BYTES + low] & 0xFF);
    }

    /** Of an ASCII character of this kind after a byte above 7F. */
    int after(int before, int kind) {
      return costs[CONTEXTS * BYTES + SMALL + before * NEXT + kind] & 0xFF;
    }
  }

  /** One character set of East Asia. */
  static final class Ideographs {
    private final TextCharset charset;
    private final short[] costs;

    Ideographs(TextCharset charset, short[] costs) {
      this.charset = charset;
      this.costs = costs;
    }

    TextCharset charset() { return charset; }

    /** Of a character by its two bytes; {@link #NOT_A_CHARACTER} if it is none. */
    int cost(int code) {
      return costs[code];
    }
  }

  static final short NOT_A_CHARACTER = Short.MAX_VALUE;

  private static final double ZIPF_SHIFT = 10;

  private final List<Alphabet> alphabets = new ArrayList<>();
  private final List<Ideographs> ideographs = new ArrayList<>();

  private LetterTables() {
    for (String line : lines("letters.txt")) {
      String[] words = line.split(" ", -1);
      alphabets.add(new Alphabet(TextCharset.of(words[0]), HexFormat.of().parseHex(words[2])));
    }
    for (String line : lines("common-characters.txt")) {
      String common = line.substring(line.indexOf(' ') + 1);
      switch (line.substring(0, line.indexOf(' '))) {
        case "ja" -> {
          add(TextCharset.SHIFT_JIS, "windows-31j", 0x889F, 0x9872, .06 / 2965, .27, common);
          add(TextCharset.EUC_JP, "windows-31j", 0x889F, 0x9872, .06 / 2965, .27, common);
        }
        case "ko" -> add(TextCharset.MS949, "x-windows-949", 0xB0A1, 0xC8FE, .2 / 2350, .75, common);
        case "zh-Hans" -> add(TextCharset.GBK, "GBK", 0xB0A1, 0xD7FE, .33 / 3755, .6, common);
        default -> add(TextCharset.BIG5, "Big5", 0xA440, 0xC67E, .33 / 5401, .6, common);
      }
    }
  }

  static LetterTables get() { return Holder.TABLES; }

  List<Alphabet> alphabets() { return alphabets; }

  List<Ideographs> ideographs() { return ideographs; }

  private static final class Holder {
    static final LetterTables TABLES = new LetterTables();
  }

  /**
   * @param levelName
   *          the character set whose codes {@code first} to {@code last} are the characters that schools teach
   */
  private void add(TextCharset charset, String levelName, int first, int last, double taught, double share,
      String common) {
    Charset level = Charset.forName(levelName);
    short[] costs = new short[1 << 16];
    Arrays.fill(costs, NOT_A_CHARACTER);
    Charset of = Charset.forName(charset.javaName());
    byte[] pair = new byte[2];
    double[] shares = zipf(common, share);
    for (int code = 0x8140; code < 0xFF00; code++) {
      pair[0] = (byte) (code >> 8);
      pair[1] = (byte) code;
      String text = new String(pair, of);
      if (text.length() != 1 || text.charAt(0) == '\uFFFD') continue;
      char c = text.charAt(0);
      byte[] coded = text.getBytes(level);
      int number = coded.length == 2 ? (coded[0] & 0xFF) << 8 | (coded[1] & 0xFF) : 0;
      // EUC-like codes run on below A1, where the rare characters are.
      boolean isTaught = number >= first && number <= last
          && (first == 0x889F || first == 0xA440 || (number & 0xFF) >= 0xA1);
      costs[code] = cost(shares[c] + (isTaught ? taught : rare(c, charset)));
    }
    ideographs.add(new Ideographs(charset, costs));
  }

  private static double[] zipf(String common, double share) {
    double[] shares = new double[1 << 16];
    double sum = 0;
    for (int i = 0; i < common.length(); i++) {
      sum += 1 / (i + ZIPF_SHIFT);
    }
    for (int i = 0; i < common.length(); i++) {
      shares[common.charAt(i)] += share / (i + ZIPF_SHIFT) / sum;
    }
    return shares;
  }

  /** Of a character that is not taught: kana and signs by their kind, the rest as all but unheard of. */
  private static double rare(char c, TextCharset charset) {
    boolean isJapanese = charset == TextCharset.SHIFT_JIS || charset == TextCharset.EUC_JP;
    if (c >= '\u3041' && c <= '\u3093') return isJapanese ? .42 / 60 : 1e-5;
    if (c >= '\u30A1' && c <= '\u30FC') return isJapanese ? .22 / 60 : 1e-5;
    if ("\u3000\u3001\u3002\u300C\u300D\u300E\u300F\uFF01\uFF1F\uFF0C\uFF5E\uFF08\uFF09\u2026\u30FB\u266A"
        .indexOf(c) >= 0)
      return .002;
    if (c >= '\uFF10' && c <= '\uFF5A') return .015 / 62;
    return Character.isLetter(c) ? 2e-6 : 2e-5;
  }

  private static short cost(double share) { return (short) Math.round(-Math.log(share) * STEPS_A_NAT); }

  private static List<String> lines(String resource) {
    try (InputStream in = LetterTables.class.getResourceAsStream(resource)) {
      if (in == null) throw new IllegalStateException("no resource " + resource);
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines()
          .filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
