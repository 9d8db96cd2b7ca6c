package dev.midifleet.cli;

import dev.midifleet.common.config.Settings;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.producer.operate.DeadFilter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command means; those that meet all of it. */
final class DeadFilterOptions {
  @Option(names = "--kind", paramLabel = "KIND", description = "Only of this kind: ${COMPLETION-CANDIDATES}.")
  private @Nullable FailureKind kind;

  @Option(names = "--path", paramLabel = "GLOB",
      description = "Only these paths below their library: * any characters but /, ** any, ? one, [a-z] one of these;"
          + " all else stands for itself. A glob without / is matched with the file's name.")
  private @Nullable String path;

  @Option(names = "--older-than", paramLabel = "D",
      description = "Only those whose last failure is at least this long ago: 90s, 10m, 2h, 7d.")
  private @Nullable String olderThan;

  @Option(names = "--sample", paramLabel = "N", description = "Only N of those that the rest leaves, at random.")
  private @Nullable Long sample;

  DeadFilter filter() {
    if (sample != null && sample < 1) {
      throw new CommandException(ExitCode.USAGE, "--sample is " + sample + ": it must be 1 or more");
    }
    return new DeadFilter(Optional.ofNullable(kind), Optional.ofNullable(path),
        Optional.ofNullable(olderThan).map(text -> Settings.parseDuration("--older-than", text)),
        Optional.ofNullable(sample));
  }
}
