package dev.midifleet.cli;

import dev.midifleet.common.catalog.StoredPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Paths on the command line whose bytes are not UTF-8. The JVM turns such bytes into U+FFFD before {@code main} sees
 * them; the system still has them in {@code /proc/self/cmdline}. In an argument that was restored from there, each byte
 * that is not UTF-8 is a lone surrogate U+DC80 to U+DCFF, which decoded text never holds.
 */
final class PathArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final char REPLACEMENT = '\uFFFD';
  private static final int SURROGATE_BASE = 0xDC00;

  private PathArguments() {}

  /** The arguments with their bytes restored, as far as the system tells them; all others as they are. */
  static String[] restore(String[] arguments) {
    boolean damaged = List.of(arguments).stream().anyMatch(argument -> argument.indexOf(REPLACEMENT) >= 0);
    if (!damaged) return arguments;
    try {
      return restore(arguments, Files.readAllBytes(COMMAND_LINE));
    } catch (IOException _) {
      return arguments;
    }
  }

  /**
   * @param commandLine
   *          the arguments of the process, each ended by a NUL; the last of them are those of {@code main}
   */
  static String[] restore(String[] arguments, byte[] commandLine) {
    List<byte[]> raw = split(commandLine);
    int skipped = raw.size() - arguments.length;
    String[] restored = arguments.clone();
    for (int i = 0; i < arguments.length && skipped >= 0; i++) {
      byte[] bytes = raw.get(skipped + i);
      if (arguments[i].equals(new String(bytes, StandardCharsets.UTF_8))) {
        restored[i] = decode(bytes);
      }
    }
    return restored;
  }

  /** The path of an argument that {@link #restore} has seen. */
  static Path toPath(String argument) {
    boolean restored = argument.codePoints().anyMatch(PathArguments::isRestored);
    if (!restored) return Path.of(argument);
    var bytes = new ByteArrayOutputStream();
    argument.codePoints().forEach(c -> {
      if (isRestored(c)) {
        bytes.write(c - SURROGATE_BASE);
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    });
    return StoredPath.ofBytes(bytes.toByteArray());
  }

  private static boolean isRestored(int codePoint) {
    return codePoint >= SURROGATE_BASE + 0x80 && codePoint <= SURROGATE_BASE + 0xFF;
  }

  private static String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) return out.flip().toString();
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (SURROGATE_BASE + (in.get() & 0xFF)));
      }
    }
  }

  private static List<byte[]> split(byte[] commandLine) {
    List<byte[]> arguments = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        arguments.add(Arrays.copyOfRange(commandLine, start, i));
        start = i + 1;
      }
    }
    return arguments;
  }
}
