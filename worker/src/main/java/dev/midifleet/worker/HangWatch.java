package dev.midifleet.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Which files are parsed and analysed now, and since when. */
final class HangWatch implements FileWatch {
  private final ConcurrentHashMap<Thread, Work> now = new ConcurrentHashMap<>();

  /**
   * A file in work.
   *
   * @param since
   *          by {@link System#nanoTime()}
   */
  record Work(long batch, Path file, long since) {}

  @Override
  public void begin(long batch, Path file) {
    now.put(Thread.currentThread(), new Work(batch, file, System.nanoTime()));
  }

  @Override
  public void end() { now.remove(Thread.currentThread()); }

  /** What has been in work for longer than that. */
  List<Work> longerThan(Duration limit) {
    long begin = System.nanoTime() - limit.toNanos();
    return now.values().stream().filter(work -> work.since - begin < 0).toList();
  }
}
