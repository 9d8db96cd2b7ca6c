package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a worker works; mixed into the commands that have one. */
final class WorkerOptions {
  @Option(names = "--slots", paramLabel = "N", description = "Batches in flight (default: 4).")
  private @Nullable String slots;

  @Option(names = "--threads", paramLabel = "N", description = "Threads that read and analyse (default: one a core).")
  private @Nullable String threads;

  @Option(names = "--read", paramLabel = "HOW", description = "map, buffer or auto (default).")
  private @Nullable String read;

  /** The given settings, and the flags over them. */
  Settings over(Settings settings) {
    return settings.with(Setting.SLOTS, "--slots", slots).with(Setting.THREADS, "--threads", threads)
        .with(Setting.READ, "--read", read);
  }
}
