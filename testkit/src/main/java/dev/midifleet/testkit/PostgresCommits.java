package dev.midifleet.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Reads what a client says to PostgreSQL (protocol 3, without encryption), and knows a COMMIT however it is sent: as a
 * simple query, or as a statement that was prepared once and has only a name from then on.
 */
class PostgresCommits {
  /** Knows none. */
  static final PostgresCommits NONE = new PostgresCommits("", () -> false) {
    @Override
    boolean completes(byte[] bytes, int count) { return false; }
  };

  /** The high half of the codes that ask for encryption or for a cancellation, where a version would stand. */
  private static final int REQUEST = 1234;

  private final String text;
  private final BooleanSupplier wanted;
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private final Set<String> commits = new HashSet<>();
  private final Set<String> marks = new HashSet<>();
  private boolean hasStarted;
  private boolean isMarked;

  /**
   * @param text
   *          in some statement of the transactions that are meant
   * @param wanted
   *          asked for each of their commits
   */
  PostgresCommits(String text, BooleanSupplier wanted) {
    this.text = text;
    this.wanted = wanted;
  }

  /** Whether these bytes complete a COMMIT that is wanted. */
  boolean completes(byte[] bytes, int count) {
    rest.write(bytes, 0, count);
    ByteBuffer all = ByteBuffer.wrap(rest.toByteArray());
    boolean found = false;
    while (true) {
      all.mark();
      if (all.remaining() < (hasStarted ? 5 : 8)) break;
      char kind = hasStarted ? (char) all.get() : ' ';
      int length = all.getInt() - Integer.BYTES;
      if (all.remaining() < length) break;
      ByteBuffer body = all.slice(all.position(), length);
      all.position(all.position() + length);
      if (hasStarted) {
        if (isWanted(kind, body)) {
          found = true;
        }
      } else {
        hasStarted = body.getShort() != REQUEST;
      }
    }
    all.reset();
    rest.reset();
    rest.write(all.array(), all.position(), all.remaining());
    return found;
  }

  private boolean isWanted(char kind, ByteBuffer body) {
    return switch (kind) {
      case 'P' -> {
        prepare(string(body), string(body));
        yield false;
      }
      case 'B' -> {
        string(body);
        yield run(string(body));
      }
      case 'Q' -> {
        prepare("", string(body));
        yield run("");
      }
      default -> false;
    };
  }

  private void prepare(String name, String sql) {
    commits.remove(name);
    marks.remove(name);
    if (sql.strip().toUpperCase(Locale.ROOT).equals("COMMIT")) {
      commits.add(name);
    } else if (sql.contains(text)) {
      marks.add(name);
    }
  }

  private boolean run(String name) {
    if (!commits.contains(name)) {
      isMarked = isMarked || marks.contains(name);
      return false;
    }
    boolean wasMarked = isMarked;
    isMarked = false;
    return wasMarked && wanted.getAsBoolean();
  }

  private static String string(ByteBuffer body) {
    int start = body.position();
    while (body.get() != 0) {
      // To its end.
    }
    byte[] bytes = new byte[body.position() - 1 - start];
    body.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
