package dev.midifleet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What the streams of this process are connected to. */
final class Terminal {
  private static final int WIDTH_DEFAULT = 80;
  private static final Pattern TERMINALS = Pattern.compile("/dev/(pts/\\d+|tty\\w*|console)");
  private static final Pattern STTY_SIZE = Pattern.compile("\\d+ (\\d{1,4})\\s*");

  private Terminal() {}

  /** Whether standard output is a terminal. */
  static boolean isOutput() { return isTerminal(1); }

  /** Whether standard error is a terminal. */
  static boolean isError() { return isTerminal(2); }

  /** Whether standard output is a regular file. */
  static boolean isOutputFile() {
    return Files.isRegularFile(Path.of("/proc/self/fd/1"));
  }

  /** Whether colours are welcome: {@code NO_COLOR} unset or empty, and a terminal that is not dumb. */
  static boolean hasColor() {
    return hasColor(System.getenv());
  }

  static boolean hasColor(Map<String, String> environment) {
    String refused = environment.get("NO_COLOR");
    String kind = environment.get("TERM");
    return (refused == null || refused.isEmpty()) && kind != null && !kind.equals("dumb");
  }

  /** Whether the terminal obeys escape sequences that move the cursor. */
  static boolean canMoveCursor() {
    String kind = System.getenv("TERM");
    return kind != null && !kind.equals("dumb");
  }

  /** Columns of the terminal that controls this process, 80 where that cannot be found out. */
  static int width() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile())
          .redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (InputStream out = stty.getInputStream()) {
        var size = STTY_SIZE.matcher(new String(out.readAllBytes(), StandardCharsets.US_ASCII));
        boolean ended = stty.waitFor(1, TimeUnit.SECONDS);
        return ended && size.matches() && !size.group(1).equals("0") ? Integer.parseInt(size.group(1)) : WIDTH_DEFAULT;
      }
    } catch (IOException _) {
      return WIDTH_DEFAULT;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return WIDTH_DEFAULT;
    }
  }

  private static boolean isTerminal(int descriptor) {
    // System.console() asks for input and output together, and never for standard error.
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
      return TERMINALS.matcher(target.toString()).matches();
    } catch (IOException _) {
      return false;
    }
  }
}
