package dev.midifleet.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** How a command ended. {@code midifleet --help} shows this table. */
enum ExitCode {
  /** Everything that was asked for is done; files that cannot be used are data, and change nothing. */
  OK(0, "all that was asked for is done; files that cannot be used have been reported"),
  /** The command ran, but could not see or do all of it. */
  INCOMPLETE(1, "done in part: something was left out, and said so (a folder that cannot be read, for example)"),
  /** The command line or a setting makes no sense; nothing was done. */
  USAGE(2, "the command line or a setting makes no sense; nothing was done"),
  /** PostgreSQL or RabbitMQ cannot be reached, or the JDK is missing. */
  UNAVAILABLE(69, "a service cannot be reached, or no JDK 25 was found"),
  /** A fault of midifleet's own. */
  INTERNAL(70, "a fault of midifleet's own"),
  /** Standard output or a folder cannot be written to. */
  CANNOT_WRITE(73, "standard output or a folder cannot be written to"),
  /** Ctrl-C. The JVM ends with this code by itself, after the shutdown hooks. */
  INTERRUPTED(130, "stopped by Ctrl-C (143: by SIGTERM)"),
  /** What {@code | head} does: the reader of standard output has closed it. */
  READER_GONE(141, "the reader of standard output went away");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() { return code; }

  /** The table for people: codes in their order, with what each means. */
  static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    for (ExitCode exit : values()) {
      table.put(Integer.toString(exit.code), exit.meaning);
    }
    return table;
  }
}
