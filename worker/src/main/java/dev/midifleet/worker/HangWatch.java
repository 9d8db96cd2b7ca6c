package dev.midifleet.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which files are parsed and analysed now, and which of them hang. A file hangs when its thread has computed for too long,
 * or has computed nothing for so long; on a machine with too much to do, a large file that only waits for its turn does
 * not.
 */
final class HangWatch implements FileWatch {
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private static final Duration GAP = Duration.ofSeconds(5);

  private long lastLook = System.nanoTime();
  private final ConcurrentHashMap<Thread, Work> now = new ConcurrentHashMap<>();

  /** A file in work. The processor times are looked at and changed by the watching thread only. */
  static final class Work {
    private final long batch;
    private final Path file;
    private long firstCpu = -1;
    private long lastCpu;
    private long lastProgress;

    private Work(long batch, Path file) {
      this.batch = batch;
      this.file = file;
    }

    long batch() { return batch; }

    Path file() { return file; }

    private boolean isHanging(long cpu, long time, long limit) {
      if (firstCpu < 0) {
        firstCpu = cpu;
        lastCpu = cpu;
        lastProgress = time;
      }
      if (cpu > lastCpu) {
        lastCpu = cpu;
        lastProgress = time;
      }
      return cpu - firstCpu > limit || time - lastProgress > limit;
    }
  }

  @Override
  public void begin(long batch, Path file) { now.put(Thread.currentThread(), new Work(batch, file)); }

  @Override
  public void end() { now.remove(Thread.currentThread()); }

  /**
   * What hangs now. To be asked every second or so, by one thread. What was in work while that thread did not come to ask, as
   * when the whole process was stopped, is measured anew.
   */
  List<Work> hanging(Duration limit) {
    long time = System.nanoTime();
    if (time - lastLook > GAP.toNanos()) {
      now.values().forEach(work -> work.firstCpu = -1);
    }
    lastLook = time;
    List<Work> hanging = new ArrayList<>();
    now.forEach((thread, work) -> {
      if (work.isHanging(CPU.getThreadCpuTime(thread.threadId()), time, limit.toNanos())) {
        hanging.add(work);
      }
    });
    return hanging;
  }
}
