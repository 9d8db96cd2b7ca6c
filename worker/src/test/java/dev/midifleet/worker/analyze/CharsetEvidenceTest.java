package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.worker.score.TextEvents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * How often a text is read as it was written. The titles are none that the tables were made from. A single title is the
 * hardest case; three of a language together are what the names of tracks or a line of lyrics come to.
 */
class CharsetEvidenceTest {
  private static final Map<String, String> SETS = Map.ofEntries(Map.entry("pl", "windows-1250 ISO-8859-2"),
      Map.entry("cs", "windows-1250 ISO-8859-2"), Map.entry("hu", "windows-1250 ISO-8859-2"),
      Map.entry("ru", "windows-1251 KOI8-R IBM866"), Map.entry("uk", "windows-1251"), Map.entry("el", "windows-1253"),
      Map.entry("tr", "windows-1254"), Map.entry("he", "windows-1255"), Map.entry("ar", "windows-1256"),
      Map.entry("lt", "windows-1257"), Map.entry("th", "x-windows-874"), Map.entry("ja", "windows-31j EUC-JP"),
      Map.entry("ko", "x-windows-949"), Map.entry("zh-Hans", "GBK"), Map.entry("zh-Hant", "Big5"),
      Map.entry("vi", "windows-1258"));
  private static final String WESTERN = "windows-1252 IBM850 x-MacRoman";

  private final CharsetEvidence evidence = new CharsetEvidence();
  private final Map<String, int[]> counts = new TreeMap<>();

  @Test
  void single_titles_and_three_together_are_read_as_they_were_written() {
    for (String line : lines()) {
      String language = line.substring(0, line.indexOf(' '));
      List<String> titles = List.of(line.substring(line.indexOf(' ') + 1).split("\\|", -1));
      for (String name : SETS.getOrDefault(language, WESTERN).split(" ", -1)) {
        Charset charset = Charset.forName(name);
        List<String> encodable = titles.stream().map(title -> written(title, charset))
            .filter(charset.newEncoder()::canEncode).toList();
        for (int i = 0; i < encodable.size(); i++) {
          read(charset, 0, List.of(encodable.get(i)));
          read(charset, 1, List.of(encodable.get(i), encodable.get((i + 1) % encodable.size()),
              encodable.get((i + 2) % encodable.size())));
        }
      }
    }
    System.out.println("character set: titles, of these right alone, three together, of these right");
    counts
        .forEach((name, n) -> System.out.printf(Locale.ROOT, "%-14s %3d %3d  %3d %3d%n", name, n[0], n[2], n[1], n[3]));
    for (String name : List.of("windows-1252", "windows-1251", "windows-31j", "GBK", "Big5", "x-windows-949",
        "windows-1253", "windows-1255", "windows-1258", "KOI8-R")) {
      assertThat(share(name, 0)).as(name).isGreaterThanOrEqualTo(0.9);
      assertThat(share(name, 1)).as(name + ", three titles").isGreaterThanOrEqualTo(0.97);
    }
    for (String name : List.of("windows-1250", "windows-1254", "ISO-8859-2", "EUC-JP")) {
      assertThat(share(name, 0)).as(name).isGreaterThanOrEqualTo(0.7);
      assertThat(share(name, 1)).as(name + ", three titles").isGreaterThanOrEqualTo(0.85);
    }
  }

  @Test
  void what_reads_the_same_in_latin_1_is_latin_1() {
    for (String text : List.of("Copyright © 2001 by D. Galimberti", "© 1998 Bernd Krüger", "Prélude ©", "¡Olé!")) {
      assertThat(evidence.of(events(text.getBytes(StandardCharsets.ISO_8859_1)), false)).as(text)
          .isEqualTo(TextCharset.LATIN_1);
    }
    byte[] one = "Copyright © 2001 by Dario Galimberti - http://dariogalimberti.interfree.it"
        .getBytes(StandardCharsets.ISO_8859_1);
    byte[] two = "Copyright © 2001 by Dario Galimberti".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(evidence.of(events(one, two), false)).as("in two texts").isEqualTo(TextCharset.LATIN_1);
  }

  @Test
  void a_sign_or_a_stray_byte_in_english_says_nothing_of_another_language() {
    for (String text : List.of("you’re", "version© 1998", "Don’t stop", "It’s a “test” – really")) {
      assertThat(evidence.of(events(text.getBytes(Charset.forName("windows-1252"))), false)).as(text)
          .isIn(TextCharset.LATIN_1, TextCharset.WINDOWS_1252);
    }
    byte[] stray = {'-', '-', '-', '-', '-', 0, (byte) 0xFF};
    assertThat(evidence.of(events(stray), false)).isEqualTo(TextCharset.LATIN_1);
  }

  @Test
  void utf_8_may_end_within_a_character_only_where_text_was_cut() {
    byte[] whole = "Übermut, Tränen".getBytes(StandardCharsets.UTF_8);
    byte[] cut = Arrays.copyOf(whole, 13);
    assertThat(cut[12]).isEqualTo((byte) 0xC3);
    assertThat(evidence.of(events(cut), true)).isEqualTo(TextCharset.UTF_8);
    assertThat(evidence.of(events(cut), false)).isNotEqualTo(TextCharset.UTF_8);
  }

  /** Vietnamese as Windows writes it: letters with their circumflex, breve or horn, then the tone. */
  private static String written(String title, Charset charset) {
    if (!charset.name().equals("windows-1258")) return title;
    var text = new StringBuilder();
    title.codePoints().forEach(letter -> {
      String parts = Normalizer.normalize(Character.toString(letter), Normalizer.Form.NFD);
      text.append(Normalizer.normalize(parts.replaceAll("[\u0300\u0301\u0303\u0309\u0323]", ""),
          Normalizer.Form.NFC)).append(parts.replaceAll("[^\u0300\u0301\u0303\u0309\u0323]", ""));
    });
    return text.toString();
  }

  private double share(String name, int many) {
    int[] n = Objects.requireNonNull(counts.get(name));
    return n[2 + many] / (double) n[many];
  }

  private void read(Charset charset, int many, List<String> texts) {
    byte[][] written = texts.stream().map(text -> text.getBytes(charset)).toArray(byte[][]::new);
    if (Arrays.stream(written).allMatch(bytes -> isAscii(bytes))) return;
    Charset found = Charset.forName(Objects.requireNonNull(evidence.of(events(written), false)).javaName());
    List<String> read = new ArrayList<>();
    for (byte[] bytes : written) {
      read.add(new String(bytes, found));
    }
    int[] n = counts.computeIfAbsent(charset.name(), name -> new int[4]);
    n[many]++;
    n[2 + many] += read.equals(texts) ? 1 : 0;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) return false;
    }
    return true;
  }

  private static TextEvents events(byte[]... texts) {
    TextEvents events = new TextEvents(1 << 20);
    for (byte[] text : texts) {
      int at = events.add(TextEvents.TRACK_NAME, 0, 0, text.length);
      System.arraycopy(text, 0, events.bytes(), at, text.length);
    }
    return events;
  }

  private static List<String> lines() {
    try (InputStream in = Objects.requireNonNull(CharsetEvidenceTest.class.getResourceAsStream("titles.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
