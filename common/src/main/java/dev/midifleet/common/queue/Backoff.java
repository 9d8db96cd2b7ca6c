package dev.midifleet.common.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Growing waits between tries. Each is random between half and the whole of its step, so that workers who lost the same
 * server do not all come back at once. Not for several threads.
 */
public final class Backoff {
  private final long firstMillis;
  private final long longestMillis;
  private long nextMillis;

  /**
   * @param first
   *          the first step
   * @param longest
   *          no step is longer
   */
  public Backoff(Duration first, Duration longest) {
    firstMillis = first.toMillis();
    longestMillis = longest.toMillis();
    nextMillis = firstMillis;
  }

  /** The next wait; its step is twice the one before, up to the longest. */
  public Duration next() {
    long step = nextMillis;
    nextMillis = Math.min(longestMillis, step * 2);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(step / 2, step + 1));
  }

  /** Begins again with the first step. */
  void reset() { nextMillis = firstMillis; }
}
