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
  /** By the place in the order of onsets: {@link Score#voices()}, ends in ticks, steps. */
  private int[] voices = {};
  private int[] ends = {};
  private int[] steps = {};

  void analyze(Score score, NotesByOnset notes, Analysis into) {
    grid.reset(beatTicks(score));
    gather(score, notes);
    noteHash.analyze(voices, notes.onsets(), ends, steps, notes.count(), into);
    minHash.analyze(voices, notes.onsets(), ends, steps, notes.count(), into);
    if (steps.length > KEEP) {
      voices = new int[0];
      ends = new int[0];
      steps = new int[0];
    }
  }

  private void gather(Score score, NotesByOnset notes) {
    int count = notes.count();
    if (steps.length < count) {
      voices = new int[count + (count >> 1)];
      ends = new int[voices.length];
      steps = new int[voices.length];
    }
    int[] order = notes.order();
    int[] onsets = notes.onsets();
    int[] fromVoices = score.voices();
    int[] fromEnds = score.ends();
    for (int i = 0; i < count; i++) {
      voices[i] = fromVoices[order[i]];
      ends[i] = fromEnds[order[i]];
      steps[i] = grid.step(onsets[i] - onsets[0]);
    }
  }

  private static double beatTicks(Score score) {
    TempoMap map = score.tempoMap();
    return map.isSmpte() ? SMPTE_BEAT_SECONDS / map.secondsPerTick(0) : score.division();
  }
}
