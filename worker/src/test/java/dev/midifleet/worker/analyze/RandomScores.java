package dev.midifleet.worker.analyze;

import dev.midifleet.testkit.SmfBuilder;
import java.util.Random;

/** Files of random notes: on the grid and off it, of one part and of many, in beats and in frames. */
final class RandomScores {
  private static final int[][] SIGNATURES = {{2, 4}, {3, 4}, {4, 4}, {6, 8}, {12, 8}, {5, 4}, {7, 8}, {3, 2}, {9, 16}};
  private static final int[] DIVISIONS = {24, 96, 120, 192, 384, 480, 960, 1000, 77};

  private final Random random;
  private int division;
  /** Ticks of which all times are multiples, but for what a player adds. */
  private int step;
  private int jitter;
  private int length;
  private int channels;
  private int pitches;

  RandomScores(long seed) { random = new Random(seed); }

  byte[] next() {
    division = DIVISIONS[random.nextInt(DIVISIONS.length)];
    step = random.nextInt(5) == 0 ? 1 : Math.max(1, division / (random.nextInt(3) == 0 ? 6 : 4));
    jitter = random.nextInt(3) == 0 ? 1 + division / 20 : 1;
    length = 1 + random.nextInt(random.nextInt(6) == 0 ? 2000 : 150);
    channels = 1 + random.nextInt(12);
    pitches = 1 + random.nextInt(60);
    SmfBuilder smf = SmfBuilder.smf().division(division);
    if (random.nextInt(12) == 0) {
      smf.smpte(25, 40);
    }
    smf.track(this::signs);
    for (int track = random.nextInt(3); track >= 0; track--) {
      smf.track(this::notes);
    }
    return smf.bytes();
  }

  private void signs(SmfBuilder.Track track) {
    for (int i = random.nextInt(4); i > 0; i--) {
      track.tempo(random.nextInt(3) == 0 ? 0 : (long) random.nextInt(length) * step, 30 + random.nextInt(300));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      int[] signature = SIGNATURES[random.nextInt(SIGNATURES.length)];
      track.timeSignature(random.nextInt(2) == 0 ? 0 : (long) random.nextInt(length) * step, signature[0],
          signature[1]);
    }
  }

  private void notes(SmfBuilder.Track track) {
    int begin = random.nextInt(60) * step;
    int lowest = 20 + random.nextInt(128 - 20 - pitches);
    int longest = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 * division : 3 * division);
    for (int i = random.nextInt(200); i > 0; i--) {
      long tick = begin + (long) random.nextInt(length) * step + random.nextInt(jitter);
      int ticks = random.nextInt(3) == 0 ? random.nextInt(longest) : step * (1 + random.nextInt(8));
      track.note(random.nextInt(5) == 0 ? 9 : random.nextInt(channels), lowest + random.nextInt(pitches),
          1 + random.nextInt(127), tick, ticks);
    }
  }
}
