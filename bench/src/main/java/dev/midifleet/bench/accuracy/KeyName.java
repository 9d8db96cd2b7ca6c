package dev.midifleet.bench.accuracy;

import java.util.List;

/** Keys as numbers, so that C# major and Db major are one: 0 to 11 major from C up, 12 to 23 minor. */
final class KeyName {
  private static final int CLASSES = 12;
  private static final int FIFTH = 7;
  private static final int RELATIVE = 9;
  private static final List<Integer> NATURALS = List.of(9, 11, 0, 2, 4, 5, 7);

  private KeyName() {}

  /**
   * @param name
   *          begins like {@code F# minor}; what follows the mode is ignored
   */
  static int parse(String name) {
    String[] words = name.split(" ", 3);
    int tonic = NATURALS.get(words[0].charAt(0) - 'A');
    for (char accidental : words[0].substring(1).toCharArray()) {
      tonic += switch (accidental) {
        case '#' -> 1;
        case 'b' -> -1;
        default -> throw new IllegalArgumentException(name);
      };
    }
    return switch (words[1]) {
      case "major" -> Math.floorMod(tonic, CLASSES);
      case "minor" -> CLASSES + Math.floorMod(tonic, CLASSES);
      default -> throw new IllegalArgumentException(name);
    };
  }

  static boolean isMinor(int key) { return key >= CLASSES; }

  /** The minor key of the same signature, or the major one. */
  static int relative(int key) {
    return isMinor(key) ? (key - CLASSES + CLASSES - RELATIVE) % CLASSES : CLASSES + (key + RELATIVE) % CLASSES;
  }

  /**
   * MIREX's points: 1, .5 where the guess is a fifth above in the same mode (and, as in mir_eval, not a fifth below), .3 the
   * relative key, .2 the parallel one.
   */
  static double mirex(int truth, int guess) {
    if (guess == truth) return 1;
    if (isMinor(guess) == isMinor(truth)) return (truth + FIFTH) % CLASSES == guess % CLASSES ? 0.5 : 0;
    if (guess == relative(truth)) return 0.3;
    return guess % CLASSES == truth % CLASSES ? 0.2 : 0;
  }
}
