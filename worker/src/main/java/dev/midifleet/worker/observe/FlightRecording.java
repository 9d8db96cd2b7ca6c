package dev.midifleet.worker.observe;

import dev.midifleet.common.failure.MisuseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * A recording of this process by Java Flight Recorder: the JDK's profile (execution samples, allocation, pauses, load) and
 * midifleet's events. It is in its file when it is closed; when the process is told to end before, that moment ends it.
 */
public final class FlightRecording implements AutoCloseable {
  /** What the JDK itself takes for profiling. */
  private static final String PROFILE = "profile";
  /** Some 100 bytes a file and stage would fill a disk in a day; what is oldest goes. */
  private static final long BYTES_MAX = 1L << 30;
  private static final Duration ALLOCATION_PERIOD = Duration.ofSeconds(1);
  private static final List<Class<? extends StageEvent>> EVENTS = List.of(ReadFile.class, LookUpBatch.class,
      ParseFile.class, AnalyzeFile.class, StoreBatch.class, AckBatch.class, WorkBatch.class);

  private final Recording recording;

  private FlightRecording(Recording recording) { this.recording = recording; }

  /**
   * Begins to record.
   *
   * @param file
   *          written at the end; what it holds is lost
   * @throws MisuseException
   *           when it cannot be written
   */
  public static FlightRecording start(Path file) {
    try {
      var recording = new Recording(Configuration.getConfiguration(PROFILE));
      recording.setName("midifleet");
      recording.setMaxSize(BYTES_MAX);
      recording.setToDisk(true);
      // Tried now: at the end it would be too late to say that it cannot be written.
      recording.setDestination(Files.write(file.toAbsolutePath(), new byte[0]));
      recording.setDumpOnExit(true);
      EVENTS.forEach(recording::enable);
      // Who allocates how much, as it goes; of itself it says so only at the end.
      recording.enable("jdk.ThreadAllocationStatistics").withPeriod(ALLOCATION_PERIOD);
      recording.start();
      return new FlightRecording(recording);
    } catch (IOException e) {
      throw new MisuseException("no recording can be written to " + file + ": " + e);
    } catch (ParseException e) {
      throw new IllegalStateException("the JDK's own profile cannot be read", e);
    }
  }

  @Override
  public void close() {
    try {
      recording.stop();
    } catch (IllegalStateException _) {
      // Ctrl-C has stopped it already.
    }
    recording.close();
  }
}
