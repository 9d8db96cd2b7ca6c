package dev.midifleet.worker.analyze;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one file's text to characters. What its character set cannot decode stays readable as {@code \xE9}. ASCII, which
 * most text is, takes neither a decoder nor a buffer.
 */
final class TextDecoder {
  private static final String HEX = "0123456789ABCDEF";
  private static final int CHARS_KEPT = 1 << 16;

  private final @Nullable CharsetDecoder[] decoders = new CharsetDecoder[TextCharset.values().length + 1];
  private CharBuffer decoded = CharBuffer.allocate(1024);
  private TextCharset charset = TextCharset.ASCII;
  private boolean cut;
  private boolean undecodable;

  /**
   * From now on text is read so.
   *
   * @param isCut
   *          whether a text may end within a character, which is then left out
   */
  void use(TextCharset set, boolean isCut) {
    charset = set;
    cut = isCut;
    undecodable = false;
    if (decoded.capacity() > CHARS_KEPT) {
      decoded = CharBuffer.allocate(1024);
    }
  }

  /** Whether something could not be decoded since {@link #use}. */
  boolean isUndecodable() { return undecodable; }

  /** Appends the characters of these bytes. */
  void append(byte[] bytes, int from, int to, StringBuilder out) {
    if (charset == TextCharset.ASCII) {
      for (int i = from; i < to; i++) {
        out.append((char) bytes[i]);
      }
    } else if (charset == TextCharset.UTF_16) {
      boolean isWide = Utf8.isMarkedUtf16(bytes, from, to);
      decode(isWide ? decoder(decoders.length - 1, StandardCharsets.UTF_16) : utf8(), bytes, from, to, out);
    } else {
      int begin = out.length();
      decode(decoder(charset.ordinal(), Charset.forName(charset.javaName())), bytes, from, to, out);
      if (charset == TextCharset.WINDOWS_1258) {
        out.replace(begin, out.length(), Normalizer.normalize(out.substring(begin), Normalizer.Form.NFC));
      }
    }
  }

  private CharsetDecoder utf8() { return decoder(TextCharset.UTF_8.ordinal(), StandardCharsets.UTF_8); }

  private CharsetDecoder decoder(int place, Charset of) {
    CharsetDecoder known = decoders[place];
    if (known != null) return known.reset();
    CharsetDecoder made = of.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
    decoders[place] = made;
    return made;
  }

  private void decode(CharsetDecoder decoder, byte[] bytes, int from, int to, StringBuilder out) {
    if (decoded.capacity() < 2 * (to - from)) {
      decoded = CharBuffer.allocate(4 * (to - from));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    while (true) {
      decoded.clear();
      CoderResult result = decoder.decode(in, decoded, false);
      out.append(decoded.flip());
      if (!result.isError()) break;
      for (int i = 0; i < result.length(); i++) {
        appendByte(in.get(), out);
      }
      decoder.reset();
    }
    while (!cut && in.hasRemaining()) {
      appendByte(in.get(), out);
    }
  }

  private void appendByte(byte b, StringBuilder out) {
    undecodable = true;
    out.append("\\x").append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
  }
}
