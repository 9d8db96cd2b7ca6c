package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The notes of all tracks in the order of time, and the moments in which they begin. */
class NotesByOnsetTest {
  private final FileAnalyzer analyzer = new FileAnalyzer(100_000, 64, AnalysisOptions.DEFAULT,
      KernelSelector.kernels());
  private final NotesByOnset notes = new NotesByOnset();

  @Test
  void notes_of_one_tick_are_one_moment_whatever_their_tracks() throws FileFailure {
    read(new int[]{0, 0, 480, 960}, new int[]{480, 480, 500}, new int[]{0});
    assertThat(Arrays.copyOf(notes.onsets(), notes.count())).containsExactly(0, 0, 0, 480, 480, 480, 500, 960);
    assertThat(Arrays.copyOf(notes.momentTicks(), notes.moments())).containsExactly(0, 480, 500, 960);
    assertThat(Arrays.copyOf(notes.momentNotes(), notes.moments() + 1)).containsExactly(0, 3, 6, 7, 8);
    assertThat(Arrays.copyOf(notes.momentOf(), notes.count())).containsExactly(0, 0, 0, 1, 1, 1, 2, 3);
  }

  @Test
  void tracks_that_follow_each_other_have_moments_too() throws FileFailure {
    read(new int[]{10, 10}, new int[]{10, 20});
    assertThat(Arrays.copyOf(notes.momentTicks(), notes.moments())).containsExactly(10, 20);
    assertThat(Arrays.copyOf(notes.momentNotes(), notes.moments() + 1)).containsExactly(0, 3, 4);
  }

  @Test
  void a_file_that_follows_a_longer_one_has_its_own_moments_and_one_without_notes_none() throws FileFailure {
    read(new int[]{1, 2, 3, 4, 5, 6});
    assertThat(notes.moments()).isEqualTo(6);
    read(new int[]{7});
    assertThat(notes.moments()).isEqualTo(1);
    assertThat(notes.momentTicks()[0]).isEqualTo(7);
    assertThat(notes.momentNotes()[1]).isEqualTo(1);
    read();
    assertThat(notes.count()).isZero();
    assertThat(notes.moments()).isZero();
  }

  @Test
  void what_begins_before_a_tick_is_counted_from_any_note_or_moment_on() throws FileFailure {
    int[] ticks = {0, 0, 3, 3, 3, 8, 9, 9, 20};
    read(ticks);
    for (int tick = 0; tick < 22; tick++) {
      int limit = tick;
      int before = (int) Arrays.stream(ticks).filter(onset -> onset < limit).count();
      int moments = (int) Arrays.stream(ticks).filter(onset -> onset < limit).distinct().count();
      for (int from = 0; from <= before; from++) {
        assertThat(notes.before(tick, from)).as("tick %d from note %d", tick, from).isEqualTo(before);
      }
      for (int from = 0; from <= moments; from++) {
        assertThat(notes.momentBefore(tick, from)).as("tick %d from moment %d", tick, from).isEqualTo(moments);
      }
    }
  }

  private void read(int[]... tracks) throws FileFailure {
    SmfBuilder builder = SmfBuilder.smf().division(480);
    for (int[] ticks : tracks) {
      builder.track(t -> {
        for (int i = 0; i < ticks.length; i++) {
          t.note(0, 40 + i, 64, ticks[i], 10);
        }
      });
    }
    if (tracks.length == 0) {
      builder.track(t -> {});
    }
    byte[] file = builder.bytes();
    Score score = analyzer.parse(NativeBytes.of(file), 0, file.length);
    notes.read(score);
  }
}
