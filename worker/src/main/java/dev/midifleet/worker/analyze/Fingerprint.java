package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;

/**
 * By what files with the same music are found: {@link NoteHash} for the same notes, {@link MinHash} for nearly the same.
 * Both look at notes in the order of time, blind to tracks, channels and tempo, and count steps of {@link StepGrid} from the
 * first note; a file with SMPTE division has no beat, and there it is half a second, as it would be at 120 BPM.
 */
final class Fingerprint {
  private static final int KEEP = 1 << 18;
  private static final double SMPTE_BEAT_SECONDS = 0.5;

  private final StepGrid grid = new StepGrid();
  private final NoteHash noteHash = new NoteHash(grid);
  private final MinHash minHash = new MinHash(grid);
  /** By the place in the order of onsets: ends in ticks as {@link NoteHash} pairs them, steps. */
  private int[] ends = {};
  private int[] steps = {};

  void analyze(Score score, NotesByOnset notes, Tally tally, Analysis into) {
    grid.reset(beatTicks(score));
    prepare(notes);
    noteHash.analyze(notes, tally.pitches(), ends, steps, into);
    minHash.analyze(notes, ends, steps, into);
    if (steps.length > KEEP) {
      ends = new int[0];
      steps = new int[0];
    }
  }

  private void prepare(NotesByOnset notes) {
    int count = notes.count();
    if (steps.length < count) {
      ends = new int[count + (count >> 1)];
      steps = new int[ends.length];
    }
    grid.steps(notes.onsets(), steps, count);
  }

  private static double beatTicks(Score score) {
    TempoMap map = score.tempoMap();
    return map.isSmpte() ? SMPTE_BEAT_SECONDS / map.secondsPerTick(0) : score.division();
  }
}
