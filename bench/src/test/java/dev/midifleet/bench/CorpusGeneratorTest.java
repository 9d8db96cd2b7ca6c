package dev.midifleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.bench.CorpusGenerator.Totals;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.sound.midi.MetaMessage;
import javax.sound.midi.MidiSystem;
import javax.sound.midi.Sequence;
import javax.sound.midi.ShortMessage;
import javax.sound.midi.Track;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusGeneratorTest {
  private static final int TEMPO = 0x51;

  private static Totals totals(CorpusGenerator generator, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(index -> Totals.of(generator.file(index), generator.original(index) != index))
        .reduce(Totals.NONE, Totals::plus);
  }

  @Test
  void same_seed_gives_the_same_bytes_on_every_machine() {
    assertThat(totals(new CorpusGenerator(7, 0), 0, 100)).hasToString("files 100, distinct 100, bytes 2473422, "
        + "notes 263685, tempo changes 474, tracks 482, checksum 3365aa6e8b");
    assertThat(totals(new CorpusGenerator(8, 0), 0, 100)).isNotEqualTo(totals(new CorpusGenerator(7, 0), 0, 100));
  }

  @Test
  void javax_sound_midi_finds_what_each_file_says_it_holds() throws Exception {
    var generator = new CorpusGenerator(1, 0);
    for (int index = 0; index < 500; index++) {
      var file = generator.file(index);
      Sequence sequence = MidiSystem.getSequence(new ByteArrayInputStream(file.bytes()));
      int notes = 0;
      int tempoChanges = 0;
      int sounding = 0;
      for (Track track : sequence.getTracks()) {
        for (int i = 0; i < track.size(); i++) {
          switch (track.get(i).getMessage()) {
            case ShortMessage on when on.getCommand() == ShortMessage.NOTE_ON && on.getData2() > 0 -> {
              notes++;
              sounding++;
            }
            case ShortMessage off when off.getCommand() == ShortMessage.NOTE_ON
                || off.getCommand() == ShortMessage.NOTE_OFF ->
              sounding--;
            case MetaMessage meta when meta.getType() == TEMPO -> tempoChanges++;
            default -> {
            }
          }
        }
      }
      assertThat(new int[]{notes, tempoChanges, sequence.getTracks().length, sounding}).as("file %d", index)
          .containsExactly(file.notes(), file.tempoChanges(), file.tracks(), 0);
    }
  }

  @Test
  void sizes_and_notes_are_those_of_real_collections() {
    var generator = new CorpusGenerator(3, 0);
    int[] sizes = new int[2000];
    long notes = 0;
    for (int i = 0; i < sizes.length; i++) {
      var file = generator.file(i);
      sizes[i] = file.bytes().length;
      notes += file.notes();
    }
    Arrays.sort(sizes);
    assertThat(sizes[sizes.length / 2]).isBetween(10_500, 13_500);
    assertThat(Arrays.stream(sizes).average().orElseThrow()).isBetween(23_000.0, 29_000.0);
    assertThat(sizes[sizes.length - 1]).isGreaterThan(500_000);
    assertThat((double) notes / sizes.length).isBetween(2_500.0, 3_100.0);
  }

  @Test
  void copies_are_as_many_as_asked_for_and_equal_their_originals() {
    var generator = new CorpusGenerator(5, 0.73);
    var sums = totals(generator, 0, 2000);
    assertThat(sums.distinct()).isBetween(480L, 600L);
    int copy = IntStream.range(0, 2000).filter(index -> generator.original(index) != index).findFirst().orElseThrow();
    assertThat(generator.file(copy).bytes()).isEqualTo(generator.file(generator.original(copy)).bytes());
    assertThatThrownBy(() -> new CorpusGenerator(1, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void files_on_disk_are_those_in_memory(@TempDir Path folder) throws Exception {
    var generator = new CorpusGenerator(9, 0.5);
    assertThat(generator.write(1003, folder)).isEqualTo(totals(generator, 0, 1003));
    assertThat(Files.readAllBytes(folder.resolve("00001/00001002.mid"))).isEqualTo(generator.file(1002).bytes());
  }
}
