package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.observe.FlightRecording;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a worker works; mixed into the commands that have one. */
final class WorkerOptions {
  @Option(names = "--slots", paramLabel = "N", description = "Batches in flight (default: 4).")
  private @Nullable String slots;

  @Option(names = "--threads", paramLabel = "N", description = "Threads that parse and analyse (default: one a core).")
  private @Nullable String threads;

  @Option(names = "--read", paramLabel = "HOW", description = "map, buffer or auto (default).")
  private @Nullable String read;

  @Option(names = "--jfr", paramLabel = "FILE", description = "Record this process by Java Flight Recorder into FILE,"
      + " with an event a file and stage; docs/operations.md says how to look at it.")
  private @Nullable Path recording;

  /** Begins the recording, if one is wanted: whoever closes it writes it. */
  @Nullable
  FlightRecording startRecording() { return recording == null ? null : FlightRecording.start(recording); }

  /** The given settings, and the flags over them. */
  Settings over(Settings settings) {
    return settings.with(Setting.SLOTS, "--slots", slots).with(Setting.THREADS, "--threads", threads)
        .with(Setting.READ, "--read", read);
  }
}
