package dev.midifleet.faults;

import dev.midifleet.testkit.SmfBuilder;
import java.util.Locale;

/** Small songs that are told apart by their number, which is in their title too. */
final class MadeSong {
  private static final int NOTES = 12;

  private MadeSong() {}

  /** A few notes that no other number has. */
  static byte[] bytes(int number) {
    return SmfBuilder.smf().track(track -> {
      track.name(title(number));
      for (int i = 0; i < NOTES; i++) {
        track.note(0, 40 + ((number + i * 7) % 48), 1 + number % 127, i * 120L, 100);
      }
    }).bytes();
  }

  static String title(int number) { return String.format(Locale.ROOT, "song %d", number); }
}
