package dev.midifleet.worker.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.midifleet.common.failure.MisuseException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightRecordingTest {
  private static final int TIMES = 20_000;
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final int BYTES_MAX = 4;

  @TempDir
  private Path temp;
  private long made;

  @Test
  void what_happens_is_in_the_file_once_it_is_closed() throws IOException {
    Path file = Files.writeString(temp.resolve("old.jfr"), "what was there");
    try (var _ = FlightRecording.start(file)) {
      parseFile(7, 12, 345, 67);
      // A stage that fails is over too.
      assertThatThrownBy(() -> {
        try (var _ = new ReadFile(7, 13)) {
          throw new IOException("gone");
        }
      }).hasMessage("gone");
    }
    parseFile(8, 1, 1, 1);

    List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("midifleet.")).toList();
    assertThat(events).extracting(event -> event.getEventType().getName()).containsExactlyInAnyOrder(
        "midifleet.ParseFile", "midifleet.ReadFile");
    RecordedEvent parsed = events.stream().filter(event -> event.hasField("notes")).findFirst().orElseThrow();
    assertThat(parsed.getLong("batch")).isEqualTo(7);
    assertThat(parsed.getLong("file")).isEqualTo(12);
    assertThat(parsed.getLong("bytes")).isEqualTo(345);
    assertThat(parsed.getLong("notes")).isEqualTo(67);
    assertThat(parsed.getDuration()).isPositive();
    assertThat(parsed.getEventType().getCategoryNames()).containsExactly("midifleet");
  }

  @Test
  void nothing_of_it_is_in_somebody_elses_recording() throws Exception {
    Path file = temp.resolve("other.jfr");
    try (var other = new Recording(Configuration.getConfiguration("profile"))) {
      other.start();
      assertThat(new AckBatch(1).shouldCommit()).isFalse();
      parseFile(7, 12, 345, 67);
      other.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file)).isNotEmpty()
        .noneMatch(event -> event.getEventType().getName().startsWith("midifleet."));
  }

  @Test
  void an_event_that_nobody_wants_allocates_nothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    // Until the last compiler has done its work, it is an object.
    long limit = System.nanoTime() + PATIENCE_NANOS;
    while (bytes >= BYTES_MAX && System.nanoTime() < limit) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < TIMES; i++) {
        parseFile(i, i, i, i);
      }
      bytes = (threads.getCurrentThreadAllocatedBytes() - before) / TIMES;
    }
    assertThat(bytes).as("bytes an event").isLessThan(BYTES_MAX);
    assertThat(made).isPositive();
  }

  @Test
  void a_file_that_cannot_be_written_is_refused_at_once() {
    Path file = temp.resolve("nowhere/a.jfr");
    assertThatThrownBy(() -> FlightRecording.start(file)).isInstanceOf(MisuseException.class)
        .hasMessageContaining("no recording can be written to " + file);
  }

  private void parseFile(long batch, long file, long bytes, int notes) {
    try (var event = new ParseFile(batch, file, bytes)) {
      made++;
      event.notes(notes);
    }
  }
}
