package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A score as oracles like it; what several of them need is made once, when the first one asks. */
final class SlowScore {
  final Score score;
  /** In the order of the score. */
  final List<SlowNote> notes;
  /** The same without drums. */
  final List<SlowNote> pitched;
  private @Nullable RhythmOracle rhythm;
  private @Nullable SlowBeats beats;

  SlowScore(Score score) {
    this.score = score;
    notes = SlowNote.of(score);
    pitched = notes.stream().filter(note -> !note.isDrum()).toList();
  }

  TempoMap tempoMap() { return score.tempoMap(); }

  RhythmOracle rhythm() {
    RhythmOracle made = rhythm == null ? new RhythmOracle(this) : rhythm;
    rhythm = made;
    return made;
  }

  /** Needs a note. */
  SlowBeats beats() {
    SlowBeats made = beats == null ? new SlowBeats(this) : beats;
    beats = made;
    return made;
  }
}
