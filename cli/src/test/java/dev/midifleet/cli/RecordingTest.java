package dev.midifleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.testkit.SmfBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --jfr FILE} of {@code run} and {@code worker}, as processes. */
@Timeout(240)
class RecordingTest {
  private static final int TERMINATED = 143;
  @TempDir
  private Path temp;

  @BeforeEach
  void three_files() throws IOException {
    // Run by root, PostgreSQL is another user, who must be able to enter.
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(temp.resolve("music"));
    for (int i = 0; i < 3; i++) {
      Files.write(temp.resolve("music").resolve(i + ".mid"), SmfBuilder.scale(60 + i));
    }
  }

  @Test
  void run_leaves_its_recording() throws Exception {
    Path file = temp.resolve("run.jfr");
    var ended = MidifleetProcess.run(Map.of(), "run", temp.resolve("music").toString(), "--data",
        temp.resolve("data").toString(), "--jfr", file.toString());
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(filesOfBatches(file)).containsExactly(3);
    assertThat(RecordingFile.readAllEvents(file))
        .anyMatch(event -> event.getEventType().getName().equals("jdk.CPULoad"));
  }

  @Test
  void a_worker_that_is_told_to_stop_leaves_its_recording() throws Exception {
    Path file = temp.resolve("worker.jfr");
    try (var services = new CommandServices()) {
      assertThat(services.midifleet("init").code()).isZero();
      var worker = MidifleetProcess.start(services.environment(), "worker", "--jfr", file.toString());
      var enqueued = services.midifleet("enqueue", temp.resolve("music").toString(), "--wait");
      assertThat(enqueued.code()).as(enqueued.err()).isZero();
      worker.stop();
      assertThat(worker.await().code()).isEqualTo(TERMINATED);
    }
    assertThat(filesOfBatches(file)).containsExactly(3);
  }

  @Test
  void a_recording_that_cannot_be_written_is_refused_before_anything_is_started() throws Exception {
    var refused = MidifleetProcess.run(Map.of(), "run", temp.resolve("music").toString(), "--data",
        temp.resolve("data").toString(), "--jfr", temp.resolve("nowhere/run.jfr").toString());
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
    assertThat(refused.err()).contains("no recording can be written to " + temp.resolve("nowhere/run.jfr"));
    assertThat(temp.resolve("data")).doesNotExist();
  }

  private static List<Integer> filesOfBatches(Path file) throws IOException {
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("midifleet.WorkBatch"))
        .map(event -> event.getInt("files")).toList();
  }
}
