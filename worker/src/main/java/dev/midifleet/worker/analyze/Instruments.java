package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.GmSystem;
import org.jspecify.annotations.Nullable;

/** Which programs, drum keys and channels play, and the sound set that the file asks for. */
final class Instruments {
  private static final int PROGRAMS = 128;
  private static final int FAMILY = 8;

  private Instruments() {}

  static void analyze(Tally tally, EventList resets, Extent extent, Analysis into) {
    into.drumKeysLow = Tally.bits(tally.pitches(), Tally.DRUMS);
    into.drumKeysHigh = Tally.bits(tally.pitches(), Tally.DRUMS + Long.SIZE);
    into.channels = tally.channels();
    programs(tally.programs(), into);
    into.gmSystem = system(resets, extent.firstTick());
  }

  private static void programs(int[] notesOfProgram, Analysis into) {
    into.programsLow = Tally.bits(notesOfProgram, 0);
    into.programsHigh = Tally.bits(notesOfProgram, Long.SIZE);
    into.families = 0;
    into.primaryProgram = Analysis.UNKNOWN;
    int most = 0;
    for (int program = 0; program < PROGRAMS; program++) {
      int notes = notesOfProgram[program];
      into.families |= (notes != 0 ? 1 : 0) << (program / FAMILY);
      if (notes > most) {
        most = notes;
        into.primaryProgram = program;
      }
    }
  }

  private static @Nullable GmSystem system(EventList resets, int firstTick) {
    GmSystem last = null;
    for (int i = 0; i < resets.size() && resets.tick(i) <= firstTick; i++) {
      last = GmSystem.ofCode(resets.value(i));
    }
    return last;
  }
}
