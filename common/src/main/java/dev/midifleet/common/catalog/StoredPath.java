package dev.midifleet.common.catalog;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Paths as text for PostgreSQL and JSON, and back, without the loss of a byte. A name on Linux is bytes, not text:
 *
 * <pre>
 * bytes of the path              text
 * valid UTF-8, no backslash      the same characters
 * a backslash                    \\
 * a byte that is not UTF-8       \xNN  (two lower-case hexadecimal digits)
 * </pre>
 *
 * <p>Every path has exactly one text, and different paths have different texts. {@link Path#toString()} would turn each
 * byte that is not UTF-8 into U+FFFD, after which the file can no longer be opened; the bytes are therefore taken from
 * and given to {@link Path} as a URI.
 */
public final class StoredPath {
  private static final Path ROOT = Path.of("/");
  private static final char REPLACEMENT = '\uFFFD';
  private static final char ESCAPE = '\\';
  private static final HexFormat HEX = HexFormat.of();
  private static final boolean NAMES_ARE_UTF8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

  private StoredPath() {}

  /** The text of a path, relative or absolute. */
  public static String toText(Path path) {
    String plain = path.toString();
    if (isFaithful(plain) && plain.indexOf(ESCAPE) < 0) return plain;
    return escape(toBytes(path));
  }

  /**
   * The path of a text that {@link #toText} made.
   *
   * @throws IllegalArgumentException
   *           when a backslash in it begins neither {@code \\} nor {@code \xNN}, or when it holds a NUL
   */
  public static Path toPath(String text) {
    if (isFaithful(text) && text.indexOf(ESCAPE) < 0) return Path.of(text);
    return ofBytes(unescape(text));
  }

  /** The bytes by which the system knows a path, relative or absolute. */
  public static byte[] toBytes(Path path) {
    String plain = path.toString();
    if (isFaithful(plain)) return plain.getBytes(StandardCharsets.UTF_8);
    String raw = ROOT.resolve(path).toUri().getRawPath();
    int start = path.isAbsolute() ? 0 : 1;
    // The URI of a folder that exists ends with a slash that is no part of its path.
    int end = raw.length() > 1 && raw.endsWith("/") ? raw.length() - 1 : raw.length();
    return percentDecode(raw, start, end);
  }

  /**
   * The path that has these bytes.
   *
   * @throws IllegalArgumentException
   *           when one of them is 0, which no name holds
   */
  public static Path ofBytes(byte[] bytes) {
    if (bytes.length == 0) return Path.of("");
    boolean absolute = bytes[0] == '/';
    var uri = new StringBuilder(absolute ? "file://" : "file:///");
    for (byte b : bytes) {
      if (b == '/') {
        uri.append('/');
      } else {
        HEX.toHexDigits(uri.append('%'), b);
      }
    }
    Path path = Path.of(URI.create(uri.toString()));
    return absolute ? path : ROOT.relativize(path);
  }

  /** Bytes to text, as the table above says. */
  static String escape(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    var text = new StringBuilder(bytes.length + 16);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      out.flip().chars().forEach(c -> text.append(c == ESCAPE ? "\\\\" : String.valueOf((char) c)));
      out.clear();
      if (!result.isError()) return text.toString();
      for (int i = 0; i < result.length(); i++) {
        HEX.toHexDigits(text.append("\\x"), in.get());
      }
    }
  }

  /** Text to bytes, the inverse of {@link #escape}. */
  static byte[] unescape(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      byte b = in[i];
      if (b == ESCAPE) {
        boolean doubled = i + 1 < in.length && in[i + 1] == ESCAPE;
        boolean hex = i + 3 < in.length && in[i + 1] == 'x' && HexFormat.isHexDigit(in[i + 2])
            && HexFormat.isHexDigit(in[i + 3]);
        if (!doubled && !hex) {
          throw new IllegalArgumentException(
              "not a stored path: a lone backslash at byte " + i + " of \"" + text + "\"");
        }
        b = doubled ? b : (byte) (HexFormat.fromHexDigit(in[i + 2]) << 4 | HexFormat.fromHexDigit(in[i + 3]));
        i += doubled ? 1 : 3;
      }
      out[length++] = b;
    }
    return Arrays.copyOf(out, length);
  }

  /** Whether a path's string still says all about its bytes. */
  private static boolean isFaithful(String plain) {
    return NAMES_ARE_UTF8 && plain.indexOf(REPLACEMENT) < 0;
  }

  private static byte[] percentDecode(String raw, int start, int end) {
    byte[] bytes = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) HexFormat.fromHexDigits(raw, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return Arrays.copyOf(bytes, length);
  }
}
