package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.score.Score;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against counting note by note, with tracks of one channel, of one velocity, of both, and of neither. */
class TallyTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(10_000, 256, AnalysisOptions.DEFAULT, new ScalarKernels());
  private final Tally tally = new Tally();

  @Test
  void a_file_without_notes_counts_nothing_even_after_another() throws FileFailure {
    check(SmfBuilder.smf().track(t -> t.note(3, 60, 64, 0, 10)));
    check(SmfBuilder.smf());
    check(SmfBuilder.smf().track(t -> t.tempo(0, 100)).track(t -> t.tempo(5, 90)));
    assertThat(tally.notes()).isZero();
    assertThat(tally.channels()).isZero();
  }

  @Test
  void tracks_of_every_kind_count_as_note_by_note() throws FileFailure {
    Random random = new Random(31);
    for (int round = 0; round < 100; round++) {
      SmfBuilder file = SmfBuilder.smf();
      for (int track = random.nextInt(6); track >= 0; track--) {
        boolean isOneChannel = random.nextBoolean();
        boolean isOneVelocity = random.nextBoolean();
        boolean isOneProgram = random.nextBoolean();
        int channel = random.nextInt(16);
        file.track(t -> {
          for (int i = random.nextInt(40); i > 0; i--) {
            int on = isOneChannel ? channel : random.nextInt(16);
            if (!isOneProgram) {
              t.program(on, random.nextInt(128), 20L * i);
            }
            t.note(on, random.nextInt(128), isOneVelocity ? 80 : 1 + random.nextInt(127), 20L * i, random.nextInt(30));
          }
        });
      }
      check(file);
    }
  }

  private void check(SmfBuilder file) throws FileFailure {
    byte[] bytes = file.bytes();
    Score score = analyzer.parse(NativeBytes.of(bytes), 0, bytes.length);
    tally.count(score);
    int[] pitches = new int[2 * Tally.VALUES];
    int[] velocities = new int[Tally.VALUES];
    int[] programs = new int[2 * Tally.VALUES];
    int channels = 0;
    int pitched = 0;
    long sum = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = score.voices()[i];
      int kind = Score.isDrum(voice) ? Tally.DRUMS : 0;
      pitches[kind + Score.pitch(voice)]++;
      velocities[Score.velocity(voice)]++;
      programs[kind + Score.program(voice)]++;
      channels |= 1 << Score.channel(voice);
      pitched += kind == 0 ? 1 : 0;
      sum += kind == 0 ? Score.pitch(voice) : 0;
    }
    assertThat(tally.pitches()).isEqualTo(pitches);
    assertThat(tally.velocities()).isEqualTo(velocities);
    assertThat(tally.programs()).isEqualTo(programs);
    assertThat(tally.channels()).isEqualTo(channels);
    assertThat(tally.notes()).isEqualTo(score.noteCount());
    assertThat(tally.pitched()).isEqualTo(pitched);
    assertThat(tally.pitchSum()).isEqualTo(sum);
  }
}
