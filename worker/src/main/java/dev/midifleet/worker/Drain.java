package dev.midifleet.worker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How far a worker is on its way to its end: asked to stop, then out of time for what it still holds. */
final class Drain {
  private final CountDownLatch requested = new CountDownLatch(1);
  private @Nullable String reason;
  private volatile boolean over;

  /** Asks for it; the first reason stays. */
  synchronized void request(String why) {
    if (reason == null) {
      reason = why;
    }
    requested.countDown();
  }

  /** Why it was asked for; null as long as it was not. */
  synchronized @Nullable String reason() { return reason; }

  boolean isRequested() { return requested.getCount() == 0; }

  /** Waits until it is asked for. */
  void await() throws InterruptedException { requested.await(); }

  /**
   * Waits for so long, or until it is asked for.
   *
   * @return whether it was
   */
  boolean await(Duration time) throws InterruptedException {
    return requested.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Says that its time is over. */
  void end() { over = true; }

  /** Whether what is not finished is to be given back. */
  boolean isOver() { return over; }
}
