package dev.midifleet.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A process that is started again whenever it ends, as a service manager does it. */
public final class Supervised implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  private final IntFunction<Midifleet.Running> starter;
  private final Duration delay;
  private final Thread thread;
  private final AtomicInteger starts = new AtomicInteger();
  private final List<Integer> exitCodes = new ArrayList<>();
  private volatile Midifleet.@Nullable Running running;
  private volatile boolean closed;

  /**
   * Starts the first process.
   *
   * @param starter
   *          starts the process of this number, from 0 on
   * @param delay
   *          between an end and the next start
   */
  public Supervised(String name, IntFunction<Midifleet.Running> starter, Duration delay) {
    this.starter = starter;
    this.delay = delay;
    this.running = starter.apply(starts.getAndIncrement());
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::loop);
  }

  /** How often it was started. */
  public int starts() { return starts.get(); }

  /** With what each process ended that did. */
  public synchronized List<Integer> exitCodes() {
    return List.copyOf(exitCodes);
  }

  /** The process of now, which may have ended. */
  public Midifleet.Running running() {
    Midifleet.Running now = running;
    if (now == null) throw new IllegalStateException("never started");
    return now;
  }

  /** Ends the process of now as {@code kill -9} does; the next one comes after the delay. */
  public void kill() {
    running().process().destroyForcibly();
  }

  /** Sends SIGTERM to the process of now. */
  public void terminate() { running().process().destroy(); }

  /** Sends any signal, such as {@code STOP}. */
  public static void signal(Midifleet.Running to, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(to.process().pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try {
      while (!closed) {
        if (running().process().waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          synchronized (this) {
            exitCodes.add(running().process().exitValue());
          }
          Thread.sleep(delay);
          synchronized (this) {
            if (closed) return;
            running = starter.apply(starts.getAndIncrement());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the process to end, and starts no other. */
  public void stop() {
    synchronized (this) {
      closed = true;
    }
    terminate();
  }

  /** Ends the process in good order, or after a minute by force, and starts no other. */
  @Override
  public void close() {
    stop();
    try {
      thread.join(Duration.ofSeconds(5));
      if (!running().process().waitFor(60, TimeUnit.SECONDS)) {
        running().process().destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
