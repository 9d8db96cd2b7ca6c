package dev.midifleet.cli;

import java.util.Locale;

/** Numbers of things as people read them, grouped by commas in every locale. */
final class Amount {
  private Amount() {}

  /** Such as {@code 1 file} and {@code 1,200 batches}. */
  static String of(long count, String noun) {
    String plural = noun.endsWith("ch") ? noun + "es" : noun + "s";
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? noun : plural);
  }

  /** The next part of an enumeration, such as {@code , 3 dropped}; nothing where there are none. */
  static String more(long count, String what) {
    return count == 0 ? "" : String.format(Locale.ROOT, ", %,d%s", count, what);
  }
}
