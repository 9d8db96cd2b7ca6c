package dev.midifleet.worker.analyze;

import java.nio.charset.Charset;

/**
 * How the bytes of a file's text events were read. Its place in this list is the stored code: never reorder, only append.
 */
public enum TextCharset {
  ASCII("US-ASCII"),
  UTF_8("UTF-8"),
  /** ISO 8859-1, where windows-1252 says the same. */
  LATIN_1("windows-1252"),
  /** With curly quotation marks, dashes or another of the signs that ISO 8859-1 does not have. */
  WINDOWS_1252("windows-1252"),
  /** As Windows has it (code page 932). */
  SHIFT_JIS("windows-31j"),
  EUC_JP("EUC-JP"),
  /** EUC-KR with Microsoft's extension (code page 949). */
  MS949("x-windows-949"),
  /** Simplified Chinese. */
  GBK("GBK"),
  /** Traditional Chinese. */
  BIG5("Big5"),
  /** Central European. */
  WINDOWS_1250("windows-1250"),
  /** Cyrillic. */
  WINDOWS_1251("windows-1251"),
  /** Greek. */
  WINDOWS_1253("windows-1253"),
  /** Turkish. */
  WINDOWS_1254("windows-1254"),
  /** Hebrew. */
  WINDOWS_1255("windows-1255"),
  /** Arabic. */
  WINDOWS_1256("windows-1256"),
  /** Baltic. */
  WINDOWS_1257("windows-1257"),
  /** Thai. */
  WINDOWS_874("x-windows-874"),
  /** Central European. */
  ISO_8859_2("ISO-8859-2"),
  /** Cyrillic. */
  KOI8_R("KOI8-R"),
  /** Cyrillic of DOS. */
  IBM866("IBM866"),
  /** Western European of DOS. */
  IBM850("IBM850"),
  /** Western European of the Macintosh. */
  MAC_ROMAN("x-MacRoman"),
  /** Texts that begin with a byte order mark; all others are UTF-8 (RP-026). */
  UTF_16("UTF-16"),
  /** Vietnamese, with combining tones; read as composed letters. */
  WINDOWS_1258("windows-1258");

  private final String javaName;

  TextCharset(String javaName) { this.javaName = javaName; }

  /** As {@link Charset} knows it. */
  String javaName() { return javaName; }

  /** What Java calls so; {@link #LATIN_1} before {@link #WINDOWS_1252}. */
  static TextCharset of(String javaName) {
    for (TextCharset charset : values()) {
      if (charset.javaName.equals(javaName)) return charset;
    }
    throw new IllegalArgumentException("no character set " + javaName);
  }
}
