package dev.midifleet.bench.ablation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.bench.CorpusGenerator;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.common.config.Settings;
import dev.midifleet.testkit.TestDatabase;
import dev.midifleet.worker.Workspace;
import dev.midifleet.worker.score.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does without a strategy gives what the product gives. */
class VariantsTest {
  private static final int FILES = 40;

  @TempDir
  private static Path folder;
  private static LoadedCorpus corpus;

  @BeforeAll
  static void write() throws IOException {
    new CorpusGenerator(6, 0).write(FILES, folder);
    corpus = LoadedCorpus.load(folder.toString(), FILES);
  }

  private static long sum(Chore chore) throws Exception {
    return chore.over(LoadedCorpus.paths(folder), corpus).wholeSum();
  }

  private static Settings newDatabase() {
    TestDatabase.Credentials fresh = TestDatabase.shared().newDatabase();
    return Settings.of(Map.of("MIDIFLEET_DATABASE_URL", fresh.jdbcUrl(), "MIDIFLEET_DATABASE_USER", fresh.user(),
        "MIDIFLEET_DATABASE_PASSWORD", fresh.password()));
  }

  @Test
  void note_objects_are_the_notes_of_the_score() throws Exception {
    var analyzer = new Workspace(Settings.of(Map.of())).analyzer();
    for (int file = 0; file < FILES; file++) {
      Score score = analyzer.parse(corpus.segment(), corpus.offset(file), corpus.length(file));
      List<EventObjects.Note> notes = EventObjects.notes(EventObjects.parse(corpus.array(file)));
      assertThat(notes).as("file %d", file).hasSize(score.noteCount());
      for (int i = 0; i < notes.size(); i++) {
        var note = notes.get(i);
        int voice = score.voices()[i];
        assertThat(new long[]{note.onset, note.end, note.channel, note.pitch, note.velocity}).containsExactly(
            score.onsets()[i], score.ends()[i], Score.channel(voice), Score.pitch(voice), Score.velocity(voice));
      }
    }
  }

  @Test
  void ways_to_read_to_parse_and_to_count_agree() throws Exception {
    assertThat(sum(Chore.READ_POOLED)).isNotZero().isEqualTo(sum(Chore.READ_MAPPED)).isEqualTo(sum(Chore.READ_NEW))
        .isEqualTo(sum(Chore.READ_POOLED_TWICE)).isEqualTo(sum(Chore.READ_MAPPED_TWICE));
    assertThat(sum(Chore.PARSE_COLUMNS)).isEqualTo(sum(Chore.PARSE_OBJECTS)).isEqualTo(sum(Chore.WALK_COLUMNS))
        .isEqualTo(sum(Chore.WALK_OBJECTS));
    assertThat(sum(Chore.ANALYSE)).isEqualTo(sum(Chore.ANALYSE_NEW_WORKSPACE));
  }

  @Test
  void files_that_the_first_buffer_is_too_small_for_are_read_too(@TempDir Path large) throws Exception {
    for (int i = 0; i < 3; i++) {
      byte[] bytes = new byte[1_500_000 * (i + 1)];
      Arrays.fill(bytes, (byte) (i + 1));
      Files.write(large.resolve(i + ".mid"), bytes);
    }
    List<Path> files = LoadedCorpus.paths(large);
    assertThat(ReadTasks.pooled(files).walk()).isEqualTo(ReadTasks.mapped(files).walk())
        .isEqualTo(ReadTasks.fresh(files).walk());
  }

  @Test
  void ways_to_store_leave_the_same_rows() throws Exception {
    long product = stored(StoreWay.BATCHES);
    for (StoreWay way : StoreWay.values()) {
      assertThat(stored(way)).as(way.name()).isEqualTo(product);
    }
  }

  private static long stored(StoreWay way) throws Exception {
    return new StoreTask(newDatabase(), corpus, way).wholeSum();
  }

  @Test
  void phases_leave_the_same_rows_as_the_store_alone() throws Exception {
    long product = stored(StoreWay.BATCHES);
    for (WholeLine.Phase phase : WholeLine.Phase.values()) {
      assertThat(new WholeLine(newDatabase(), LoadedCorpus.paths(folder), phase).wholeSum()).as(phase.name())
          .isEqualTo(product);
    }
  }
}
