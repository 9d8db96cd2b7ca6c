package dev.midifleet.bench.charset;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.DateFormatSymbols;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Stream;

/**
 * Writes {@code letters.txt}: how likely each byte above 127 is in each language and character set, by what stands before
 * it. The texts that are counted are the names of countries, languages, currencies and time zones, months and days that
 * the JDK's own locale data (CLDR, Unicode licence) has in each language.
 *
 * <p>Its only argument is the file to write. {@code bench/letters} runs it for the one in {@code worker}.
 */
public final class LetterTablesCommand {
  private static final String[] TABLES = {"windows-1252 en fr de es pt it sv da nb fi nl is ca",
      "windows-1250 pl cs sk hu ro hr sl", "windows-1251 ru uk bg sr mk be", "windows-1253 el", "windows-1254 tr",
      "windows-1255 he", "windows-1256 ar fa", "windows-1257 lt lv et", "windows-1258 vi", "x-windows-874 th",
      "ISO-8859-2 pl cs sk hu hr",
      "KOI8-R ru bg", "IBM866 ru bg", "IBM850 fr de es pt it sv da nb fi", "x-MacRoman fr de es pt it sv da nb"};
  private static final String OTHER_SCRIPTS = " ru uk bg sr mk be el he ar fa th ";
  private static final int BOUNDARY = 0;
  private static final int VOWEL = 1;
  private static final int CONSONANT = 2;
  private static final int SMALL = 3;
  private static final int CAPITAL = 4;
  private static final int CONTEXTS = 5;
  private static final int NEXT = 4;
  private static final int BYTES = 128;
  /** Weight of a text's copy in capitals. */
  private static final double CAPITALS = 0.2;
  /** Of a context's share, what is taken from all contexts together: syllables of lyrics begin anywhere. */
  private static final double ANYWHERE = 0.1;
  private static final double UNSEEN_LETTER = 0.1;
  private static final double UNSEEN = 0.005;
  private static final String SIGNS = "\u2019\u2018\u201C\u201D\u2026\u2013\u2014\u00A9\u00AB\u00BB\u00B0\u00AE\u2122\u00A1\u00BF";
  private static final String AFTER_WORDS = "\u00A9\u00AE\u2122\u2026\u201D\u00BB";
  private static final double SIGN = 0.02;
  /** Small words that names do not have. */
  private static final Map<String, String> SMALL_WORDS = Map.ofEntries(
      Map.entry("en", "don\u2019t you\u2019re it\u2019s I\u2019m we\u2019ll can\u2019t let\u2019s café"),
      Map.entry("fr", "à À là où été voilà même très après à ça déjà c\u0153ur âme première"),
      Map.entry("de", "für über schön süß große Mädchen für Baß Frühling müde"),
      Map.entry("es", "él tú mí está qué más sí también cómo día corazón canción niño señor mañana"),
      Map.entry("pt", "à é não está você até também já só é coração canção mãe São"),
      Map.entry("it", "è È è più perché così già là ciò può sarà città di là giù libertà"),
      Map.entry("sv", "å på är från då så när över må små få för också"),
      Map.entry("da", "på så når år få gå også få blå må å"),
      Map.entry("nb", "på så når år få gå også få blå må å"), Map.entry("fi", "älä yötä minä sä mä kesä hyvää ystävä"),
      Map.entry("pl",
          "się są też już był będę że i\u015B\u0107 gdzie\u015B nigdy mi\u0142o\u015B\u0107 pie\u015B\u0144"),
      Map.entry("cs", "až že při už já mé láska píse\u0148 d\u011Bv\u010De"),
      Map.entry("hu", "és ő új dal szív él h\u0171 \u0151"),
      Map.entry("tr", "için değil çok gün aşk ayrılık şarkı gözlerin ışık"));
  private static final double SMALL_WORD = 5;
  private static final int STEPS_A_NAT = 16;

  private LetterTablesCommand() {}

  public static void main(String[] args) throws IOException {
    try (PrintStream out = new PrintStream(Path.of(args[0]).toFile(), StandardCharsets.US_ASCII)) {
      out.println("# Made by dev.midifleet.bench.charset.LetterTablesCommand from the JDK's locale data (CLDR).");
      out.println("# Character set, language, costs (minus logarithm of the probability in 1/16 nat, two hexadecimal");
      out.println(
          "# digits each): of a byte above 7F after anything else, an ASCII vowel, an ASCII consonant; of each");
      out.println(
          "# byte 80 to FF in its place after each of these and after a small and a capital letter above 7F; of");
      out.println("# anything else, an ASCII vowel, an ASCII consonant, a byte above 7F after each byte 80 to FF.");
      for (String table : TABLES) {
        String[] words = table.split(" ", -1);
        for (String language : Arrays.copyOfRange(words, 1, words.length)) {
          out.println(words[0] + " " + language + " " + costs(Charset.forName(words[0]), Locale.of(language)));
        }
      }
    }
  }

  private static String costs(Charset charset, Locale locale) {
    double[][] counts = new double[CONTEXTS][BYTES];
    double[][] nexts = new double[BYTES][NEXT];
    double[] contexts = new double[CONTEXTS];
    for (String text : texts(locale)) {
      count(text, charset, 1, counts, nexts, contexts);
      count(text.toUpperCase(locale), charset, CAPITALS, counts, nexts, contexts);
    }
    for (String word : SMALL_WORDS.getOrDefault(locale.getLanguage(), "").split(" ", -1)) {
      count(word, charset, SMALL_WORD, counts, nexts, contexts);
    }
    boolean isOtherScript = OTHER_SCRIPTS.contains(" " + locale.getLanguage() + " ");
    StringBuilder hex = new StringBuilder();
    for (int context = 0; context <= CONSONANT; context++) {
      double seen = (Arrays.stream(counts[context]).sum() + 0.1) / (contexts[context] + 1);
      append(hex, isOtherScript ? context == BOUNDARY ? 0.5 : 0.003 : seen);
    }
    for (double[] shares : smoothed(counts, charset)) {
      for (double share : shares) {
        append(hex, share);
      }
    }
    for (double[] next : nexts(nexts, isOtherScript)) {
      for (double share : next) {
        append(hex, share);
      }
    }
    return hex.toString();
  }

  private static void append(StringBuilder hex, double share) {
    long cost = Math.min(255, Math.round(-Math.log(share) * STEPS_A_NAT));
    hex.append(String.format(Locale.ROOT, "%02x", cost));
  }

  private static List<String> texts(Locale locale) {
    List<String> texts = new ArrayList<>();
    for (String country : Locale.getISOCountries()) {
      texts.add(Locale.of("", country).getDisplayCountry(locale));
    }
    for (String language : Locale.getISOLanguages()) {
      texts.add(Locale.of(language).getDisplayLanguage(locale));
    }
    Currency.getAvailableCurrencies().stream().sorted((a, b) -> a.getCurrencyCode().compareTo(b.getCurrencyCode()))
        .forEach(currency -> texts.add(currency.getDisplayName(locale)));
    for (String zone : zonesByPlace()) {
      texts.add(TimeZone.getTimeZone(zone).getDisplayName(locale));
    }
    DateFormatSymbols dates = DateFormatSymbols.getInstance(locale);
    texts.addAll(List.of(dates.getMonths()));
    texts.addAll(Arrays.asList(dates.getWeekdays()).subList(1, 8));
    return texts.stream().distinct().toList();
  }

  /** Their abbreviations are deprecated. */
  private static List<String> zonesByPlace() {
    return Arrays.stream(TimeZone.getAvailableIDs()).filter(zone -> zone.indexOf('/') > 0).toList();
  }

  private static void count(String text, Charset charset, double weight, double[][] counts, double[][] nexts,
      double[] contexts) {
    byte[] bytes = (charset.name().equals("windows-1258") ? withTones(text) : text).getBytes(charset);
    int context = BOUNDARY;
    for (int i = 0; i <= bytes.length; i++) {
      byte b = i < bytes.length ? bytes[i] : (byte) ' ';
      contexts[context] += weight;
      if (b < 0) {
        counts[context][b & 0x7F] += weight;
      }
      if (context >= SMALL) {
        nexts[bytes[i - 1] & 0x7F][b < 0 ? NEXT - 1 : asciiKind(b)] += weight;
      }
      context = b >= 0 ? asciiKind(b) : Character.isUpperCase(decoded(b & 0x7F, charset)) ? CAPITAL : SMALL;
    }
  }

  /** Vietnamese as Windows writes it: letters with their circumflex, breve or horn, then the tone. */
  private static String withTones(String text) {
    var written = new StringBuilder();
    for (char letter : Normalizer.normalize(text, Normalizer.Form.NFC).toCharArray()) {
      String parts = Normalizer.normalize(String.valueOf(letter), Normalizer.Form.NFD);
      String tones = parts.replaceAll("[^\u0300\u0301\u0303\u0309\u0323]", "");
      written.append(Normalizer.normalize(parts.replaceAll("[\u0300\u0301\u0303\u0309\u0323]", ""),
          Normalizer.Form.NFC)).append(tones);
    }
    return written.toString();
  }

  private static int asciiKind(byte b) {
    char letter = (char) (b | 0x20);
    if (letter < 'a' || letter > 'z') return BOUNDARY;
    return "aeiouy".indexOf(letter) >= 0 ? VOWEL : CONSONANT;
  }

  private static double[][] smoothed(double[][] counts, Charset charset) {
    double[] all = new double[BYTES];
    double total = 1;
    for (double[] context : counts) {
      for (int i = 0; i < BYTES; i++) {
        all[i] += context[i];
        total += context[i];
      }
    }
    double[][] shares = new double[CONTEXTS][BYTES];
    for (int c = 0; c < CONTEXTS; c++) {
      double of = Arrays.stream(counts[c]).sum() + 20;
      for (int i = 0; i < BYTES; i++) {
        char letter = decoded(i, charset);
        double back = (all[i] + (Character.isLetter(letter) ? UNSEEN_LETTER : UNSEEN)) / total;
        double anywhere = ANYWHERE + 20 * (1 - ANYWHERE) / of;
        shares[c][i] = (1 - ANYWHERE) * counts[c][i] / of + anywhere * back + sign(letter, c);
      }
      double sum = Arrays.stream(shares[c]).sum();
      for (int i = 0; i < BYTES; i++) {
        shares[c][i] /= sum;
      }
    }
    return shares;
  }

  /** Signs stand beside words, seldom right behind them; only the apostrophe stands in them. */
  private static double sign(char c, int context) {
    if (SIGNS.indexOf(c) < 0) return 0;
    if (c == '\u2019' || context == BOUNDARY) return SIGN;
    return AFTER_WORDS.indexOf(c) >= 0 ? SIGN / 10 : 0;
  }

  private static double[][] nexts(double[][] counts, boolean isOtherScript) {
    double[] all = new double[NEXT];
    for (double[] count : counts) {
      for (int i = 0; i < NEXT; i++) {
        all[i] += count[i];
      }
    }
    if (isOtherScript) {
      double of = all[BOUNDARY] + all[NEXT - 1];
      double[] same = {.99 * all[BOUNDARY] / of, .005, .005, .99 * all[NEXT - 1] / of};
      return Stream.generate(() -> same).limit(BYTES).toArray(double[][]::new);
    }
    double total = Arrays.stream(all).sum();
    double[][] shares = new double[BYTES][NEXT];
    for (int b = 0; b < BYTES; b++) {
      double of = Arrays.stream(counts[b]).sum() + 4;
      for (int i = 0; i < NEXT; i++) {
        shares[b][i] = (counts[b][i] + 4 * all[i] / total) / of;
      }
    }
    return shares;
  }

  private static char decoded(int low, Charset charset) {
    return new String(new byte[]{(byte) (low | 0x80)}, charset).charAt(0);
  }
}
