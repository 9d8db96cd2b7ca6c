package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.GmSystem;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which programs, drum keys and channels play, and the sound set that the file asks for. */
final class Instruments {
  private static final int PROGRAMS = 128;
  private static final int FAMILY = 8;

  private final int[] notesOfProgram = new int[PROGRAMS];

  void analyze(Score score, Extent extent, Analysis into) {
    Arrays.fill(notesOfProgram, 0);
    into.drumKeysLow = 0;
    into.drumKeysHigh = 0;
    int[] voices = score.voices();
    int channels = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      channels |= 1 << Score.channel(voice);
      if (!Score.isDrum(voice)) {
        notesOfProgram[Score.program(voice)]++;
      } else if (Score.pitch(voice) < Long.SIZE) {
        into.drumKeysLow |= 1L << Score.pitch(voice);
      } else {
        into.drumKeysHigh |= 1L << Score.pitch(voice);
      }
    }
    into.channels = channels;
    programs(into);
    into.gmSystem = system(score.systems(), extent.firstTick());
  }

  private void programs(Analysis into) {
    into.programsLow = 0;
    into.programsHigh = 0;
    into.families = 0;
    into.primaryProgram = Analysis.UNKNOWN;
    int most = 0;
    for (int program = 0; program < PROGRAMS; program++) {
      int notes = notesOfProgram[program];
      if (notes == 0) continue;
      into.programsLow |= program < Long.SIZE ? 1L << program : 0;
      into.programsHigh |= program < Long.SIZE ? 0 : 1L << program;
      into.families |= 1 << (program / FAMILY);
      if (notes > most) {
        most = notes;
        into.primaryProgram = program;
      }
    }
  }

  private static @Nullable GmSystem system(EventList resets, int firstTick) {
    if (resets.isEmpty()) return null;
    int last = 0;
    for (int i = 1; i < resets.size() && resets.tick(i) <= firstTick; i++) {
      last = i;
    }
    return GmSystem.ofCode(resets.value(last));
  }
}
