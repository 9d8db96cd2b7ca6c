package dev.midifleet.worker.analyze;

import java.util.Arrays;

/** What the beats of one triad add to it: a sixth, a seventh, a ninth; and the root of a triad that is alike on several. */
final class ChordExtension {
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int THIRD = 4;
  /** Weights that a tone needs, as a share of the mean weight of the triad's tones. */
  private static final double SEVENTH = 0.5;
  private static final double SIXTH = 0.5;
  private static final double NINTH = 0.4;

  private final double[] weights = new double[CLASSES];
  private final int[] basses = new int[CLASSES];

  /**
   * The chord of some beats: its {@link ChordType} times 12, plus its root.
   *
   * @param state
   *          of these beats, as in {@link ChordModel}
   */
  int label(int state, BeatPitches pitches, int fromBeat, int toBeat) {
    int root = ChordModel.root(state);
    collect(pitches, fromBeat, toBeat);
    ChordType type = switch (ChordModel.triad(state)) {
      case 0 -> ofMajor(root);
      case 1 -> ofMinor(root);
      case 2 -> ofDiminished(root);
      case 3 -> ChordType.SUS4;
      case 4 -> ChordType.SUS2;
      default -> ChordType.AUG;
    };
    if (type == ChordType.AUG) {
      for (int other = root + THIRD; other < CLASSES; other += THIRD) {
        root = basses[other] > basses[root] ? other : root;
      }
    }
    return type.ordinal() * CLASSES + root;
  }

  private void collect(BeatPitches pitches, int fromBeat, int toBeat) {
    Arrays.fill(weights, 0);
    Arrays.fill(basses, 0);
    float[] all = pitches.weights();
    for (int beat = fromBeat; beat < toBeat; beat++) {
      for (int i = 0; i < CLASSES; i++) {
        weights[i] += all[beat * BeatPitches.STRIDE + i];
      }
      int low = pitches.lowest(beat);
      if (low != BeatPitches.NONE) {
        basses[BeatPitches.pitch(low) % CLASSES]++;
      }
    }
  }

  private ChordType ofMajor(int root) {
    double mean = mean(root, 4, 7);
    double minor = tone(root, 10);
    double major = tone(root, 11);
    if (Math.max(minor, major) >= SEVENTH * mean) {
      boolean isNinth = tone(root, 2) >= NINTH * mean;
      if (major > minor) return isNinth ? ChordType.MAJ9 : ChordType.MAJ7;
      return isNinth ? ChordType.NINTH : ChordType.DOMINANT;
    }
    return tone(root, 9) >= SIXTH * mean ? ChordType.MAJ6 : ChordType.MAJ;
  }

  private ChordType ofMinor(int root) {
    double mean = mean(root, 3, 7);
    double minor = tone(root, 10);
    double major = tone(root, 11);
    if (Math.max(minor, major) >= SEVENTH * mean) {
      if (major > minor) return ChordType.MIN_MAJ7;
      return tone(root, 2) >= NINTH * mean ? ChordType.MIN9 : ChordType.MIN7;
    }
    return tone(root, 9) >= SIXTH * mean ? ChordType.MIN6 : ChordType.MIN;
  }

  private ChordType ofDiminished(int root) {
    double mean = mean(root, 3, 6);
    double minor = tone(root, 10);
    double diminished = tone(root, 9);
    if (Math.max(minor, diminished) < SEVENTH * mean) return ChordType.DIM;
    return minor > diminished ? ChordType.HALF_DIM7 : ChordType.DIM7;
  }

  private double mean(int root, int third, int fifth) {
    return (tone(root, 0) + tone(root, third) + tone(root, fifth)) / 3;
  }

  private double tone(int root, int interval) { return weights[(root + interval) % CLASSES]; }
}
