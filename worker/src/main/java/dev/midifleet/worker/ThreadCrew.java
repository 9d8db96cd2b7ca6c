package dev.midifleet.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads that do something with each file of a batch, each with tools of its own. Threads claim the next file of
 * a batch by a counter; batches are done in the order in which they came.
 */
final class ThreadCrew<T> implements AutoCloseable {
  private final LinkedBlockingQueue<Job<T>> tickets = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /** What is done with one file of a batch. An exception of it ends the batch, not the thread. */
  @FunctionalInterface
  interface FileTask<T> {
    void run(int index, T tools);
  }

  private record Job<T>(int count, FileTask<T> task, BooleanSupplier stop, AtomicInteger next, CountDownLatch done,
      AtomicReference<@Nullable Throwable> failure) {}

  /**
   * @param name
   *          of the threads, before their number
   * @param size
   *          threads, at least 1
   * @param tools
   *          called once for each thread, by the caller: what it throws must not be lost in a thread that nobody joins
   */
  ThreadCrew(String name, int size, Supplier<T> tools) {
    List<T> made = Stream.generate(tools).limit(size).toList();
    for (int i = 0; i < size; i++) {
      T own = made.get(i);
      threads.add(Thread.ofPlatform().name(name + i).daemon(true).start(() -> work(own)));
    }
  }

  int size() { return threads.size(); }

  /**
   * Runs the task for each index from 0 to {@code count - 1} and waits. Returns early, with some not run, when {@code stop}
   * says so.
   *
   * @throws IllegalStateException
   *           when the task threw; its exception is the cause
   */
  void forEach(int count, FileTask<T> task, BooleanSupplier stop) throws InterruptedException {
    if (count == 0) return;
    int helpers = Math.min(count, threads.size());
    var job = new Job<>(count, task, stop, new AtomicInteger(), new CountDownLatch(helpers), new AtomicReference<>());
    for (int i = 0; i < helpers; i++) {
      tickets.add(job);
    }
    job.done().await();
    Throwable failure = job.failure().get();
    if (failure != null) throw new IllegalStateException("a batch failed outside a single file's work", failure);
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }

  private void work(T tools) {
    while (!closed) {
      Job<T> job;
      try {
        job = tickets.take();
      } catch (InterruptedException e) {
        return;
      }
      try {
        for (int i = job.next().getAndIncrement(); i < job.count() && !job.stop().getAsBoolean(); i = job.next()
            .getAndIncrement()) {
          job.task().run(i, tools);
        }
      } catch (Throwable e) {
        job.failure().compareAndSet(null, e);
        job.next().set(job.count());
      } finally {
        job.done().countDown();
      }
    }
  }
}
