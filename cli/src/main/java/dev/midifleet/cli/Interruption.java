package dev.midifleet.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as a request: the JVM's end waits until the command has drained, and then comes with the code that
 * shells expect, 130 or 143.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  /**
   * @param request
   *          asks the command to stop; returns soon
   * @param patience
   *          how long the end waits for {@link #close()}
   */
  Interruption(Runnable request, Duration patience) {
    hook = new Thread(() -> {
      if (finished.getCount() == 0) return;
      requested = true;
      request.run();
      await(patience);
    }, "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether somebody asked for the end. */
  boolean isRequested() { return requested; }

  /** Lets a waiting end go on. */
  @Override
  public void close() { finished.countDown(); }

  /** Takes a shutdown hook back whose command has ended. */
  static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending already, and the hook with it.
    }
  }

  private void await(Duration patience) {
    try {
      if (!finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err
            .println("midifleet: not drained within " + patience.toSeconds() + " s; what is open will be done again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
