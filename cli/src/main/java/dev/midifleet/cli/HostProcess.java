package dev.midifleet.cli;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.worker.Host;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    builder.environment().putAll(changed());
    builder.environment().put(Setting.DATABASE_CONNECTIONS.variable(), "1");
    return builder.start();
  }

  @Override
  public void halt() { Runtime.getRuntime().halt(ExitCode.UNAVAILABLE.code()); }

  /** What memory and modules it has; nothing that holds a port or a file, which the parent already has. */
  private static boolean isHandedDown(String flag) {
    return flag.matches("-Xm[sx].*|-XX:Max.*|-XX:\\+UseCompactObjectHeaders|-XX:TieredStopAtLevel=.*|--add-modules.*"
        + "|--enable-native-access.*|-Xlog:(disable|all=warning.*)|-D(midifleet|logback|file|sun\\.jnu)\\..*");
  }

  /** What this process was told by flags, or has found out itself; the rest it inherits, secrets in files as files. */
  private Map<String, String> changed() {
    Map<String, String> inherited = Settings.fromEnvironment().environment();
    Map<String, String> changed = new HashMap<>(settings.environment());
    changed.entrySet().removeIf(one -> one.getValue().equals(inherited.get(one.getKey())));
    return changed;
  }
}
