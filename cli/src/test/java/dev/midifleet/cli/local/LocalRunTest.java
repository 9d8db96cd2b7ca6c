package dev.midifleet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midifleet.cli.local.LocalRun.StoppedEarlyException;
import dev.midifleet.cli.local.LocalRun.Summary;
import dev.midifleet.common.catalog.Database;
import dev.midifleet.common.config.AnalyzerVersion;
import dev.midifleet.common.config.Settings;
import dev.midifleet.embedded.EmbeddedPostgres;
import dev.midifleet.producer.operate.DeadFiles;
import dev.midifleet.producer.operate.DeadFilter;
import dev.midifleet.producer.operate.Enqueue;
import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class LocalRunTest {
  private static final Enqueue.Options NEW = new Enqueue.Options(Optional.empty(), false, false);
  private static final Enqueue.Options ALL = new Enqueue.Options(Optional.empty(), true, false);

  private final Settings settings = Settings.of(Map.of());
  @TempDir
  private Path temp;

  /** Run by root, PostgreSQL is another user, who must be able to enter. */
  @BeforeEach
  void open_the_way_to_the_data() throws IOException {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void a_run_works_for_its_own_library_only_and_ends_when_its_worker_gives_up() throws Exception {
    Path one = made("one", 30, 5);
    Path two = made("two", 50, 3);
    try (var postgres = EmbeddedPostgres.start(data());
        var database = Database.open(LocalRun.localSettings(settings, postgres), "test")) {
      database.migrate();
      new Enqueue(database, settings, AnalyzerVersion.CURRENT).enqueue(one, NEW, new Enqueue.Listener() {});
      database.query(connection -> {
        try (Statement statement = connection.createStatement()) {
          return statement.executeUpdate("update batches set analyzer_version = 30000");
        }
      });
    }

    Summary first = run(two, NEW);
    assertThat(first.files()).isEqualTo(3);
    assertThat(first.analyzed()).isEqualTo(3);
    assertThat(first.skipped()).isZero();
    Files.write(two.resolve("new.mid"), SmfBuilder.scale(90));
    Summary second = run(two, NEW);
    assertThat(second.analyzed()).isEqualTo(1);
    assertThat(second.skipped()).isEqualTo(3);
    Summary third = run(two, ALL);
    assertThat(third.analyzed()).isEqualTo(4);
    assertThat(third.skipped()).isZero();

    assertThatThrownBy(() -> run(one, NEW)).isInstanceOf(StoppedEarlyException.class)
        .hasMessageContaining("newer midifleet");
  }

  @Test
  void a_run_ends_where_the_files_that_it_knew_are_gone() throws Exception {
    Path folder = made("emptied", 40, 2);
    assertThat(run(folder, NEW).analyzed()).isEqualTo(2);
    Files.delete(folder.resolve("0.mid"));
    Files.delete(folder.resolve("1.mid"));
    Files.createSymbolicLink(folder.resolve("0.mid"), Path.of("nowhere.mid"));
    assertThat(run(folder, NEW).dead()).as("a link that leads nowhere today says nothing of what is known").isZero();
    assertThat(run(folder, ALL).dead()).isEqualTo(2);
  }

  @Test
  void what_is_dead_or_dropped_since_an_earlier_run_is_not_taken_for_analysed() throws Exception {
    Path folder = made("mixed", 60, 3);
    Files.writeString(folder.resolve("text.mid"), "no music");
    Files.writeString(folder.resolve("more text.mid"), "no music either");
    assertThat(run(folder, NEW).dead()).isEqualTo(2);
    try (var postgres = EmbeddedPostgres.start(data());
        var database = Database.open(LocalRun.localSettings(settings, postgres), "test")) {
      var more = new DeadFilter(Optional.empty(), Optional.of("more*"), Optional.empty());
      assertThat(new DeadFiles(database).drop(more, done -> {}).files()).isEqualTo(1);
    }

    Summary again = run(folder, NEW);
    assertThat(List.of(again.analyzed(), again.dead(), again.skipped(), again.deadBefore(), again.dropped()))
        .containsExactly(0L, 0L, 3L, 1L, 1L);
    Summary all = run(folder, ALL);
    assertThat(List.of(all.analyzed(), all.dead(), all.skipped(), all.deadBefore(), all.dropped()))
        .containsExactly(3L, 1L, 0L, 0L, 1L);
  }

  private Summary run(Path folder, Enqueue.Options options)
      throws IOException, InterruptedException, StoppedEarlyException {
    try (var local = LocalRun.start(data(), settings)) {
      return local.run(folder, options, (_, _, _) -> {});
    }
  }

  private Path data() { return temp.resolve("data"); }

  private Path made(String name, int tonic, int files) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve(i + ".mid"), SmfBuilder.scale(tonic + i));
    }
    return folder;
  }
}
