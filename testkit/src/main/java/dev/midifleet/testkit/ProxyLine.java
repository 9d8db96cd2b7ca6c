package dev.midifleet.testkit;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** One direction of all connections of a {@link FaultProxy}: what is wrong with it. */
final class ProxyLine {
  private static final long LOOK_MILLIS = 50;

  private boolean held;
  private long delayNanos;
  private long bytesPerSecond;
  private long bytes;

  synchronized void hold(boolean on) {
    held = on;
    notifyAll();
  }

  synchronized void delay(Duration time) { delayNanos = time.toNanos(); }

  synchronized void limit(long perSecond) { bytesPerSecond = perSecond; }

  synchronized void heal() {
    delayNanos = 0;
    bytesPerSecond = 0;
    hold(false);
  }

  synchronized long bytes() { return bytes; }

  /**
   * Waits as long as these bytes take.
   *
   * @param isBurst
   *          whether they are the first after a pause; what comes at once behind them has been on its way for as long
   * @param over
   *          says when nobody wants them any more
   */
  synchronized void carry(int count, boolean isBurst, BooleanSupplier over) throws InterruptedException {
    bytes += count;
    long limited = bytesPerSecond > 0 ? 1_000_000_000L * count / bytesPerSecond : 0;
    long end = System.nanoTime() + limited + (isBurst ? delayNanos : 0);
    for (long left = end - System.nanoTime(); !over.getAsBoolean() && (held || left > 0); left = end
        - System.nanoTime()) {
      wait(held ? LOOK_MILLIS : Math.clamp(left / 1_000_000, 1, LOOK_MILLIS));
      if (delayNanos == 0 && bytesPerSecond == 0) {
        end = System.nanoTime();
      }
    }
  }
}
