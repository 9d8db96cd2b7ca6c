package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Issue;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TextEvents;
import org.jspecify.annotations.Nullable;

/**
 * Title, artist, copyright, lyrics and track names, all read in the one character set that {@link CharsetEvidence} finds.
 * NUL and other control characters are left out, line ends are line feeds, spaces where one line is wanted.
 *
 * <p>Title: {@code {#Title=...}} of RP-026; else the first {@code @T} of a karaoke file; else the first track's name.
 * Artist: {@code {#Artist=...}}; else the second {@code @T}; else what follows words like "performed by" at the beginning
 * of an FF 01; else {@code {#Composer=...}} or what follows "composed by" and the like.
 *
 * <p>Lyrics are the words of {@link Lyrics}.
 */
final class Text {
  private static final int NAMES_MAX = 256;
  /** Bytes of an item of song information. */
  private static final int INFORMATION_MAX = 1024;
  private static final String[] PERFORMERS = {"artist:", "performer:", "performed by", "as performed by", "recorded by",
      "interpret:", "singer:"};
  private static final String[] COMPOSERS = {"composer:", "composed by", "music by", "music:", "written by", "by "};
  /** What a karaoke file's second title line may say beside its artist. */
  private static final String[] NO_ARTISTS = {"sequenc", "arrang", "midi", "kar", "copyright", "(c)", "words", "lyrics",
      "http", "www", "unknown", "file"};

  private final int charsMax;
  private final CharsetEvidence evidence = new CharsetEvidence();
  private final TextDecoder decoder = new TextDecoder();
  private final Lyrics lyrics;
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private final JsonText json = new JsonText();

  /**
   * @param charsMax
   *          kept of each text
   */
  Text(int charsMax) {
    this.charsMax = charsMax;
    lyrics = new Lyrics(charsMax);
  }

  void analyze(Score score, Analysis into) {
    TextEvents texts = score.texts();
    boolean isCut = Issue.TEXT_CUT.isIn(score.issues());
    TextCharset charset = evidence.of(texts, isCut);
    into.title = null;
    into.artist = null;
    into.copyright = null;
    into.lyrics = null;
    into.trackNames = null;
    into.isKaraoke = false;
    into.charset = charset;
    if (charset == null) return;
    decoder.use(charset, isCut);
    lyrics.survey(texts);
    into.isKaraoke = lyrics.isKaraoke();
    into.title = title(texts);
    into.artist = artist(texts);
    into.copyright = first(texts, TextEvents.COPYRIGHT, "");
    into.trackNames = names(texts);
    into.lyrics = lyrics.words(texts, decoder);
    if (decoder.isUndecodable()) {
      into.issueBits |= Issue.TEXT_UNDECODABLE.bit();
    }
  }

  private @Nullable String title(TextEvents texts) {
    String told = information(texts, "{#Title=");
    if (told == null && lyrics.isKaraoke()) {
      told = first(texts, TextEvents.TEXT, "@T");
    }
    if (told != null) return told;
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) == TextEvents.TRACK_NAME && texts.track(i) == 0) {
        String name = whole(texts, i, texts.start(i));
        if (name != null) return name;
      }
    }
    return null;
  }

  private @Nullable String artist(TextEvents texts) {
    String told = information(texts, "{#Artist=");
    if (told == null && lyrics.isKaraoke()) {
      told = secondTitle(texts);
    }
    if (told == null) {
      told = afterOneOf(texts, PERFORMERS);
    }
    if (told == null) {
      told = information(texts, "{#Composer=");
    }
    return told == null ? afterOneOf(texts, COMPOSERS) : told;
  }

  private @Nullable String secondTitle(TextEvents texts) {
    boolean isSecond = false;
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) != TextEvents.TEXT || !TextTags.begins(texts, i, "@T")) continue;
      if (isSecond) {
        int from = texts.start(i) + 2;
        for (String none : NO_ARTISTS) {
          if (TextTags.begins(texts, from, texts.end(i), none)) return null;
        }
        return whole(texts, i, TextTags.begins(texts, from, texts.end(i), "by ") ? from + 3 : from);
      }
      isSecond = true;
    }
    return null;
  }

  /** What follows one of these words at the beginning of a text event at tick 0. */
  private @Nullable String afterOneOf(TextEvents texts, String[] beginnings) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) != TextEvents.TEXT || texts.tick(i) > 0) continue;
      for (String beginning : beginnings) {
        if (TextTags.begins(texts, i, beginning)) {
          String text = whole(texts, i, texts.start(i) + beginning.length());
          if (text != null && text.startsWith(":")) {
            text = text.substring(1).strip();
          }
          if (text != null && !text.isEmpty()) return text;
        }
      }
    }
    return null;
  }

  /** An item of song information by RP-026: what stands between its beginning and the brace that closes it. */
  private @Nullable String information(TextEvents texts, String beginning) {
    if (!lyrics.isRp26()) return null;
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) != TextEvents.LYRIC) continue;
      for (int at = texts.start(i); at < texts.end(i); at++) {
        if (texts.bytes()[at] != '{' || !TextTags.begins(texts, at, texts.end(i), beginning)) continue;
        raw.setLength(0);
        int from = at + beginning.length();
        decoder.append(texts.bytes(), from, Math.min(texts.end(i), from + INFORMATION_MAX), raw);
        out.setLength(0);
        Lyrics.item(raw, out);
        String text = TextLimits.stripped(out, charsMax);
        if (text != null) return text;
      }
    }
    return null;
  }

  /** The first text of a type that begins so and has more, without that beginning. */
  private @Nullable String first(TextEvents texts, int type, String beginning) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.type(i) == type && TextTags.begins(texts, i, beginning)) {
        String text = whole(texts, i, texts.start(i) + beginning.length());
        if (text != null) return text;
      }
    }
    return null;
  }

  private @Nullable String names(TextEvents texts) {
    json.clear().raw("[");
    int listed = 0;
    for (int i = 0; i < texts.size() && listed < NAMES_MAX; i++) {
      if (texts.type(i) == TextEvents.TRACK_NAME) {
        String name = whole(texts, i, texts.start(i));
        if (name != null) {
          json.comma().string(name);
          listed++;
        }
      }
    }
    return listed == 0 ? null : json.raw("]").text();
  }

  /** A text from {@code from} on as one line; null if nothing is left of it. */
  private @Nullable String whole(TextEvents texts, int index, int from) {
    raw.setLength(0);
    decoder.append(texts.bytes(), from, texts.end(index), raw);
    out.setLength(0);
    for (int i = 0; i < raw.length() && out.length() <= charsMax; i++) {
      char c = raw.charAt(i);
      if (c == '\n' || c == '\r') {
        out.append(' ');
      } else if (TextLimits.isKept(c)) {
        out.append(c);
      }
    }
    return TextLimits.stripped(out, charsMax);
  }
}
