package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.ArrayList;
import java.util.List;

/** A note on its own, for those who need not be fast. Ticks. */
record SlowNote(int track, int channel, int pitch, int velocity, boolean isDrum, int onset, int end) {
  /** In the order of the score. */
  static List<SlowNote> of(Score score) {
    List<SlowNote> notes = new ArrayList<>();
    for (int track = 0; track < score.trackCount(); track++) {
      for (int i = score.firstNote(track); i < score.firstNote(track + 1); i++) {
        int voice = score.voices()[i];
        notes.add(new SlowNote(track, Score.channel(voice), Score.pitch(voice), Score.velocity(voice),
            Score.isDrum(voice), score.onsets()[i], score.ends()[i]));
      }
    }
    return notes;
  }
}
