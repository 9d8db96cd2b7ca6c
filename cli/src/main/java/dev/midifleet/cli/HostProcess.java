package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.Host;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** This process, which can start the same program again: same JVM, same flags, same classes, same settings. */
public final class HostProcess implements Host {
  private final Settings settings;

  /**
   * @param settings
   *          handed to children in their environment
   */
  public HostProcess(Settings settings) { this.settings = settings; }

  @Override
  public Process startSuspectWorker(UUID worker, OptionalInt library) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(HostProcess::isHandedDown)
        .forEach(words::add);
    words.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Main.class.getName(),
        SuspectCommand.NAME, worker.toString()));
    library.ifPresent(id -> words.add(Integer.toString(id)));
    var builder = new ProcessBuilder(words).redirectError(Redirect.INHERIT);
    builder.environment().putAll(settings.environment());
    builder.environment().put(Setting.DATABASE_CONNECTIONS.variable(), "1");
    return builder.start();
  }

  @Override
  public void halt() { Runtime.getRuntime().halt(ExitCode.UNAVAILABLE.code()); }

  /** A child has a garbage collector of its own choice, and no port or file that the parent already holds. */
  private static boolean isHandedDown(String flag) {
    return !flag.matches("-agentlib:.*|-javaagent:.*|-XX:\\+Use\\w+GC|-XX:(Shared|AOT|Start)\\w*=.*|-Xlog:gc.*");
  }
}
