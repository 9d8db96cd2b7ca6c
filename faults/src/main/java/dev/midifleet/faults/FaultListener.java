package dev.midifleet.faults;

import dev.midifleet.common.lifecycle.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ends, holds up or poisons the process that it is loaded into, as the environment variable {@value #VARIABLE} says:
 * rules in the form of {@link FaultRule}, parted by semicolons. Without that variable it does nothing at all.
 *
 * <p>With it, a file whose name contains {@code poison-halt}, {@code poison-oom} or {@code poison-hang} ends the JVM,
 * takes all its memory or never comes back, whenever it is about to be analysed. The variable may hold just {@code on}.
 */
public final class FaultListener implements Checkpoint.Listener {
  static final String VARIABLE = "MIDIFLEET_TEST_FAULTS";
  private static final String NO_RULES = "on";
  private static final int KILLED = 137;
  private static final int CHUNK_LONGS = 1 << 17;

  private final boolean isOn;
  private final List<FaultRule> rules;

  /** For the service loader. */
  public FaultListener() { this(System.getenv().getOrDefault(VARIABLE, "")); }

  FaultListener(String text) {
    isOn = !text.isBlank();
    rules = Arrays.stream(text.split(";", -1)).map(String::strip).filter(one -> !one.isEmpty() && !one.equals(NO_RULES))
        .map(FaultRule::of).toList();
  }

  @Override
  public void reached(Checkpoint place, Object what) {
    if (!isOn) return;
    for (FaultRule rule : rules) {
      rule.reached(place, what);
    }
    if (place == Checkpoint.ANALYZING && what instanceof Path file) {
      poison(file.toString());
    }
  }

  private static void poison(String file) {
    if (file.contains("poison-halt")) {
      Runtime.getRuntime().halt(KILLED);
    } else if (file.contains("poison-oom")) {
      List<long[]> all = new ArrayList<>();
      while (!all.add(new long[CHUNK_LONGS]) || !all.isEmpty()) {
        all.getLast()[0] = all.size();
      }
    } else if (file.contains("poison-hang")) {
      long spins = 0;
      while (spins >= 0) {
        spins = (spins + 1) & Long.MAX_VALUE;
        Thread.onSpinWait();
      }
    }
  }
}
