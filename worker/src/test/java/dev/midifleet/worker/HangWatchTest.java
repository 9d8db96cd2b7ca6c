package dev.midifleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class HangWatchTest {
  private static final Duration LIMIT = Duration.ofMillis(300);

  private final HangWatch watch = new HangWatch();
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile boolean over;

  @Test
  void a_thread_that_computes_for_too_long_hangs() throws Exception {
    Thread thread = work(Thread::onSpinWait);
    await().atMost(Duration.ofSeconds(30)).until(() -> !watch.hanging(LIMIT).isEmpty());
    assertThat(watch.hanging(LIMIT)).singleElement().satisfies(work -> {
      assertThat(work.batch()).isEqualTo(4711);
      assertThat(work.file()).isEqualTo(Path.of("a.mid"));
    });
    end(thread);
    assertThat(watch.hanging(LIMIT)).isEmpty();
  }

  @Test
  void a_thread_that_waits_for_ever_hangs() throws Exception {
    Thread thread = work(() -> LockSupport.parkNanos(Duration.ofSeconds(5).toNanos()));
    await().atMost(Duration.ofSeconds(30)).until(() -> !watch.hanging(LIMIT).isEmpty());
    end(thread);
  }

  @Test
  void a_thread_that_gets_little_of_the_processor_does_not_hang() throws Exception {
    Thread thread = work(() -> LockSupport.parkNanos(Duration.ofMillis(5).toNanos()));
    long end = System.nanoTime() + LIMIT.multipliedBy(3).toNanos();
    while (System.nanoTime() < end) {
      assertThat(watch.hanging(LIMIT)).isEmpty();
      Thread.sleep(20);
    }
    end(thread);
  }

  @Test
  void what_nobody_could_look_at_for_a_while_does_not_hang() throws Exception {
    Thread thread = work(() -> LockSupport.parkNanos(Duration.ofMillis(5).toNanos()));
    Thread.sleep(LIMIT.multipliedBy(2));
    assertThat(watch.hanging(LIMIT)).as("as after the whole process was stopped").isEmpty();
    end(thread);
  }

  private Thread work(Runnable step) throws InterruptedException {
    Thread thread = Thread.ofPlatform().start(() -> {
      watch.begin(4711, Path.of("a.mid"));
      begun.countDown();
      while (!over) {
        step.run();
      }
      watch.end();
    });
    begun.await();
    return thread;
  }

  private void end(Thread thread) throws InterruptedException {
    over = true;
    LockSupport.unpark(thread);
    thread.join();
  }
}
