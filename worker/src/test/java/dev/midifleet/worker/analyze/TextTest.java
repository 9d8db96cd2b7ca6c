package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Issue;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TextTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 64, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Analysis analysis = new Analysis();

  @Test
  void the_title_is_the_first_tracks_name() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> t.name(" Für Elise ").text(0, 2, "none"))
        .track(t -> t.name("left \"hand\""))
        .bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    assertThat(analysis.title).isEqualTo("Für Elise");
    assertThat(analysis.copyright).isEqualTo("none");
    assertThat(analysis.trackNames).isEqualTo("[\"Für Elise\",\"left \\\"hand\\\"\"]");
    assertThat(analysis.charset).isEqualTo(TextCharset.UTF_8);
  }

  @Test
  void what_is_not_utf_8_is_read_as_latin_1() throws FileFailure {
    analyze(t -> t.meta(0, 3, "Für".getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(analysis.title).isEqualTo("Für");
    assertThat(analysis.charset).isEqualTo(TextCharset.LATIN_1);
    analyze(t -> t.name("plain"));
    assertThat(analysis.charset).isEqualTo(TextCharset.ASCII);
  }

  @Test
  void nul_and_other_control_characters_are_left_out() throws FileFailure {
    analyze(t -> t.meta(0, 3, new byte[]{0, 'a', 0, 1, 'b', 0x7F, '\t', 'c', 0}));
    assertThat(analysis.title).isEqualTo("ab\tc");
    analyze(t -> t.meta(0, 3, new byte[]{0, 0}));
    assertThat(analysis.title).isNull();
    assertThat(analysis.trackNames).isNull();
  }

  @Test
  void lyrics_are_joined_and_their_line_ends_are_line_feeds() throws FileFailure {
    analyze(
        t -> t.text(0, 5, "Hel").text(10, 5, "lo ").text(20, 5, "you\r").text(30, 5, "there\r\n").text(40, 5, "end"));
    assertThat(analysis.lyrics).isEqualTo("Hello you\nthere\nend");
    assertThat(analysis.isKaraoke).isFalse();
  }

  @Test
  void karaoke_words_come_from_text_events() throws FileFailure {
    analyze(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "@TThe Song").text(0, 1, "@TThe Singer")
        .text(0, 1, "\\One ").text(10, 1, "two").text(20, 1, "/three").text(30, 1, "\\four"));
    assertThat(analysis.isKaraoke).isTrue();
    assertThat(analysis.title).isEqualTo("The Song");
    assertThat(analysis.lyrics).isEqualTo("One two\nthree\n\nfour");
  }

  @Test
  void text_is_cut_to_the_limit_and_never_within_a_character() throws FileFailure {
    analyze(t -> t.text(0, 5, "x".repeat(1000)).text(0, 3, "y".repeat(63) + "\uD834\uDD1E and more"));
    assertThat(analysis.lyrics).isEqualTo("x".repeat(64));
    assertThat(analysis.title).isEqualTo("y".repeat(63));
  }

  @Test
  void each_character_set_is_read_and_named() throws FileFailure {
    assertRead(TextCharset.SHIFT_JIS, "windows-31j", "荒城の月", "春高楼の花の宴");
    assertRead(TextCharset.EUC_JP, "EUC-JP", "荒城の月", "春高楼の花の宴");
    assertRead(TextCharset.MS949, "x-windows-949", "고향의 봄", "나의 살던 고향은 꽃피는 산골");
    assertRead(TextCharset.GBK, "GBK", "茉莉花", "好一朵美丽的茉莉花");
    assertRead(TextCharset.BIG5, "Big5", "望春風", "獨夜無伴守燈下");
    assertRead(TextCharset.WINDOWS_1250, "windows-1250", "Życzenie i pieśń", "Gdybym ja była słoneczkiem na niebie");
    assertRead(TextCharset.ISO_8859_2, "ISO-8859-2", "Życzenie i pieśń",
        "Gdybym ja była gdzieś słoneczkiem, nie świeciłabym");
    assertRead(TextCharset.WINDOWS_1251, "windows-1251", "Катюша", "Расцветали яблони и груши");
    assertRead(TextCharset.KOI8_R, "KOI8-R", "Катюша", "Расцветали яблони и груши");
    assertRead(TextCharset.IBM866, "IBM866", "Катюша", "Расцветали яблони и груши");
    assertRead(TextCharset.WINDOWS_1253, "windows-1253", "Τα παιδιά του Πειραιά", "Απ' το παράθυρό μου στέλνω");
    assertRead(TextCharset.WINDOWS_1254, "windows-1254", "Uzun ince bir yoldayım",
        "Gidiyorum gündüz gece, şaştım, ağlarım");
    assertRead(TextCharset.WINDOWS_1255, "windows-1255", "הבה נגילה", "הבה נגילה ונשמחה");
    assertRead(TextCharset.WINDOWS_1256, "windows-1256", "طلع البدر علينا", "من ثنيات الوداع");
    assertRead(TextCharset.WINDOWS_1257, "windows-1257", "Ant kalno mūrai", "Žemėj Lietuvos ąžuolai žaliuos");
    assertRead(TextCharset.WINDOWS_874, "x-windows-874", "ลอยกระทง", "วันเพ็ญเดือนสิบสอง");
    assertRead(TextCharset.IBM850, "IBM850", "Für Élise à la carte", "Près de la fontaine, été, là");
    assertRead(TextCharset.MAC_ROMAN, "x-MacRoman", "Élise à la carte", "Près de la fontaine, l'été, là où");
    assertRead(TextCharset.LATIN_1, "ISO-8859-1", "Élise à la carte", "Près de la fontaine");
    assertRead(TextCharset.WINDOWS_1252, "windows-1252", "Élise – à la carte", "Près de l’été");
  }

  @Test
  void vietnamese_tones_become_one_with_their_letters() throws FileFailure {
    byte[] title = "CHUY\u00CA\u00F2N \u00D0O\u00ECA".getBytes(StandardCharsets.ISO_8859_1);
    analyze(t -> t.meta(0, 3, title));
    assertThat(analysis.charset).isEqualTo(TextCharset.WINDOWS_1258);
    assertThat(analysis.title).isEqualTo("CHUYỆN ĐÓA");
  }

  private void assertRead(TextCharset expected, String charset, String title, String words) throws FileFailure {
    Charset set = Charset.forName(charset);
    analyze(t -> t.meta(0, 3, title.getBytes(set)).meta(0, 5, words.getBytes(set)));
    assertThat(analysis.charset).as(title).isEqualTo(expected);
    assertThat(analysis.title).isEqualTo(title);
    assertThat(analysis.lyrics).isEqualTo(words);
    assertThat(Issue.TEXT_UNDECODABLE.isIn(analysis.issueBits)).isFalse();
  }

  @Test
  void utf_16_is_read_where_a_byte_order_mark_says_so() throws FileFailure {
    analyze(t -> t.meta(0, 3, "Ünder".getBytes(StandardCharsets.UTF_16)).meta(0, 2,
        new byte[]{(byte) 0xFF, (byte) 0xFE, (byte) 0xE9, 0, 0, (byte) 0xD8}).name("plain"));
    assertThat(analysis.charset).isEqualTo(TextCharset.UTF_16);
    assertThat(analysis.title).isEqualTo("Ünder");
    assertThat(analysis.copyright).isEqualTo("é\\x00\\xD8");
    assertThat(Issue.TEXT_UNDECODABLE.isIn(analysis.issueBits)).isTrue();
  }

  @Test
  void bytes_that_nothing_can_decode_stay_readable_and_set_a_bit() throws FileFailure {
    analyze(t -> t.meta(0, 3, new byte[]{'F', (byte) 0xFC, 'r', ' ', (byte) 0x81, 'x'}));
    assertThat(analysis.title).isEqualTo("Für \\x81x");
    assertThat(Issue.TEXT_UNDECODABLE.isIn(analysis.issueBits)).isTrue();
    assertThat(Issue.TEXT_CUT.isIn(analysis.issueBits)).isFalse();
  }

  @Test
  void text_that_the_limit_cuts_within_a_character_is_still_utf_8() throws FileFailure {
    analyze(t -> t.text(0, 5, "x" + "é".repeat(300)));
    assertThat(analysis.charset).isEqualTo(TextCharset.UTF_8);
    assertThat(analysis.lyrics).isEqualTo("x" + "é".repeat(63));
    assertThat(Issue.TEXT_CUT.isIn(analysis.issueBits)).isTrue();
    assertThat(Issue.TEXT_UNDECODABLE.isIn(analysis.issueBits)).isFalse();
  }

  @Test
  void the_language_that_a_file_tells_of_counts() throws FileFailure {
    byte[] either = {(byte) 0xB1, (byte) 0xB2, (byte) 0xB3, (byte) 0xB4};
    analyze(t -> t.text(0, 5, "{@JP}").meta(0, 3, either));
    assertThat(analysis.title).isEqualTo("ｱｲｳｴ");
    analyze(t -> t.text(0, 1, "@LKORE").meta(0, 3, either));
    assertThat(analysis.charset).isEqualTo(TextCharset.MS949);
  }

  @Test
  void tags_of_rp_26_are_no_lyrics_and_song_information_is_used() throws FileFailure {
    analyze(t -> t.name("track").text(0, 5, "{@LATIN}{#Title=A \\{fine\\} song}{#Composer=C}{#Artist= Someone }{#}")
        .text(1, 5, "Kan[ka]").text(2, 5, "ji\\r").text(3, 5, "\\[x\\]\\\\ [open").text(4, 5, "{#}end"));
    assertThat(analysis.title).isEqualTo("A {fine} song");
    assertThat(analysis.artist).isEqualTo("Someone");
    assertThat(analysis.lyrics).isEqualTo("Kanji\n[x]\\ openend");
  }

  @Test
  void a_line_feed_ends_a_paragraph_where_returns_end_lines() throws FileFailure {
    analyze(t -> t.text(0, 5, "one\r").text(1, 5, "two\r").text(2, 5, "\n").text(3, 5, "three"));
    assertThat(analysis.lyrics).isEqualTo("one\ntwo\n\nthree");
    analyze(t -> t.text(0, 5, "one\n").text(1, 5, "two"));
    assertThat(analysis.lyrics).isEqualTo("one\ntwo");
  }

  @Test
  void the_second_title_line_of_karaoke_is_the_artist_unless_it_says_otherwise() throws FileFailure {
    analyze(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "@TSong").text(0, 1, "@Tby The Singer"));
    assertThat(analysis.artist).isEqualTo("The Singer");
    analyze(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "@TSong").text(0, 1, "@TSequenced by Me"));
    assertThat(analysis.artist).isNull();
    analyze(t -> t.name("Song").text(0, 1, "Composed by J. S. B."));
    assertThat(analysis.artist).isEqualTo("J. S. B.");
    analyze(t -> t.name("Song").text(0, 1, "Performed by: X").text(0, 1, "By Y"));
    assertThat(analysis.artist).isEqualTo("X");
    analyze(t -> t.name("By chance").text(9, 1, "by and by").text(0, 2, "Copyright by Z"));
    assertThat(analysis.artist).isNull();
  }

  @Test
  void words_come_from_the_track_that_has_most_of_them() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> t.text(0, 1, "@KMIDI KARAOKE FILE").text(0, 1, "a remark"))
        .track(t -> t.text(0, 1, "\\La").text(9, 1, "la").text(10, 1, "/li").text(20, 5, "other"))
        .bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    assertThat(analysis.lyrics).isEqualTo("Lala\nli");
  }

  @Test
  void words_with_breaks_are_karaoke_without_its_tags_too() throws FileFailure {
    analyze(t -> {
      for (int i = 0; i < 8; i++) {
        t.text(i, 1, (i % 4 == 0 ? "/" : "") + "la ");
      }
    });
    assertThat(analysis.isKaraoke).isTrue();
    assertThat(analysis.lyrics).isEqualTo("la la la la \nla la la la");
    analyze(t -> {
      for (int i = 0; i < 20; i++) {
        t.text(i, 1, "a remark");
      }
    });
    assertThat(analysis.isKaraoke).as("no breaks").isFalse();
    analyze(t -> t.text(0, 1, "/usr/bin").text(0, 1, "/x"));
    assertThat(analysis.isKaraoke).isFalse();
    assertThat(analysis.lyrics).isNull();
  }

  private void analyze(Consumer<SmfBuilder.Track> track) throws FileFailure {
    byte[] file = SmfBuilder.smf().track(track).bytes();
    analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
  }
}
