package dev.midifleet.common.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The {@link WorkQueue} of a single process. It holds a bounded number of messages in memory and no more: what does not
 * fit is not accepted, and what is lost with the process is still due in the rows.
 */
public final class InProcessWorkQueue implements WorkQueue {
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<BatchMessage> ready = new ArrayDeque<>();
  private int consumers;
  private boolean closed;

  /**
   * @param capacity
   *          the most messages that wait to be taken, at least 1; what is given back may exceed it
   */
  public InProcessWorkQueue(int capacity) {
    if (capacity < 1) throw new IllegalArgumentException("capacity is " + capacity);
    this.capacity = capacity;
  }

  @Override
  public Set<Long> publish(List<BatchMessage> messages) {
    Set<Long> accepted = new HashSet<>();
    lock.lock();
    try {
      for (BatchMessage message : messages) {
        if (closed || ready.size() >= capacity) break;
        ready.addLast(message);
        accepted.add(message.batch());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return accepted;
  }

  /** Never gives any: here nothing is delivered too often. */
  @Override
  public Subscription subscribeDead() { return new InProcessWorkQueue(1).subscribe(1); }

  @Override
  public Subscription subscribe(int prefetch) {
    if (prefetch < 1) throw new IllegalArgumentException("prefetch is " + prefetch);
    lock.lock();
    try {
      if (closed) throw new IllegalStateException("the queue is closed");
      consumers++;
      return new Taker(prefetch);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int room() {
    lock.lock();
    try {
      return closed ? 0 : Math.max(0, capacity - ready.size());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isConnected() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public QueueDepth depth() {
    lock.lock();
    try {
      return new QueueDepth(ready.size(), 0, consumers);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Its fields are guarded by the queue's lock. */
  private final class Taker implements Subscription {
    private final int prefetch;
    private int taken;
    private boolean paused;
    private boolean ended;

    Taker(int prefetch) { this.prefetch = prefetch; }

    @Override
    public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
      lock.lockInterruptibly();
      try {
        long left = timeout.toNanos();
        while (!closed && !ended && (paused || taken >= prefetch || ready.isEmpty())) {
          if (left <= 0) return null;
          left = changed.awaitNanos(left);
        }
        if (closed || ended) return null;
        taken++;
        return new Taken(this, ready.removeFirst());
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void pause() { setPaused(true); }

    @Override
    public void resume() {
      if (ended) throw new IllegalStateException("the subscription is closed");
      setPaused(false);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        paused = true;
        if (!ended) {
          ended = true;
          consumers--;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private void setPaused(boolean value) {
      lock.lock();
      try {
        paused = value;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Taken implements Delivery {
    private final Taker taker;
    private final BatchMessage message;
    private final AtomicBoolean settled = new AtomicBoolean();

    Taken(Taker taker, BatchMessage message) {
      this.taker = taker;
      this.message = message;
    }

    @Override
    public BatchMessage message() { return message; }

    @Override
    public boolean ack() { return settle(false); }

    @Override
    public void giveBack() { settle(true); }

    @Override
    public boolean isSettled() { return settled.get(); }

    private boolean settle(boolean again) {
      if (!settled.compareAndSet(false, true)) {
        throw new IllegalStateException("batch " + message.batch() + " was acked or given back before");
      }
      lock.lock();
      try {
        taker.taken--;
        if (again) {
          // Behind what waits: a batch that nobody can finish must not keep the others from their turn.
          ready.addLast(message);
        }
        changed.signalAll();
        return !closed;
      } finally {
        lock.unlock();
      }
    }
  }
}
