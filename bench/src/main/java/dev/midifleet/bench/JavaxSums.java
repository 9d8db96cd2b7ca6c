package dev.midifleet.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.sound.midi.InvalidMidiDataException;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiMessage;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;

/** What javax.sound.midi finds in files, to compare with what others find. */
final class JavaxSums {
  private static final int TEMPO = 0x51;

  private JavaxSums() {}

  /** Sums over all files of a corpus. */
  static Sums of(LoadedCorpus files) throws IOException {
    Sums sums = new Sums(files.files(), 0, 0, 0, 0);
    for (int i = 0; i < files.files(); i++) {
      try {
        sums = plus(sums, files.length(i), MidiSystem.getSequence(new ByteArrayInputStream(files.array(i))));
      } catch (InvalidMidiDataException e) {
        sums = sums.plusRefused();
      }
    }
    return sums;
  }

  private static Sums plus(Sums sums, int bytes, Sequence sequence) {
    int notes = 0;
    int tempoChanges = 0;
    for (Track track : sequence.getTracks()) {
      for (int event = 0; event < track.size(); event++) {
        MidiMessage message = track.get(event).getMessage();
        if (message instanceof ShortMessage note && note.getCommand() == ShortMessage.NOTE_ON && note.getData2() > 0) {
          notes++;
        } else if (message instanceof MetaMessage meta && meta.getType() == TEMPO) {
          tempoChanges++;
        }
      }
    }
    return sums.plus(bytes, notes, tempoChanges);
  }
}
