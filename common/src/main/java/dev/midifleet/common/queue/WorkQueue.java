package dev.midifleet.common.queue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The queue of batches. Delivery is at least once, in no promised order. {@link RabbitWorkQueue} is the real one;
 * {@link InProcessWorkQueue} stands in for it inside one process, which is safe because the rows are the truth. One
 * contract suite runs against both.
 */
public interface WorkQueue extends AutoCloseable {

  /**
   * Publishes, and waits until the broker has answered for each message or the time for confirms is over.
   *
   * @return the {@link BatchMessage#batch() batch ids} that the queue has accepted; all others count as not published
   *         and stay due in the rows (one of them may have arrived all the same). Never throws for a broker that is
   *         away: it returns an empty set.
   */
  Set<Long> publish(List<BatchMessage> messages) throws InterruptedException;

  /**
   * Starts to take messages.
   *
   * @param prefetch
   *          the most messages that are taken and neither acked nor given back, at least 1
   */
  Subscription subscribe(int prefetch);

  /**
   * Starts to take, one at a time, the messages that the broker gave up after too many deliveries. To be drained, always:
   * nobody looks at them there.
   */
  Subscription subscribeDead();

  /** How many more messages it will accept now; a relay publishes no more than that at once. */
  default int room() {
    return Integer.MAX_VALUE;
  }

  /** Why it cannot be used fully now, for people; null when it can. */
  default @Nullable String problem() {
    return isConnected() ? null : "the queue is closed";
  }

  /** Whether the queue can be reached now, for publishing and for all subscriptions. */
  boolean isConnected();

  /**
   * What lies in the queue now.
   *
   * @throws QueueException
   *           when it cannot be asked
   */
  QueueDepth depth();

  /** Closes connections; what was taken and not acked goes back to the queue, and an ack after this returns false. */
  @Override
  void close();

  /** A consumer: reconnects by itself for as long as it is open. Its methods may be called from any thread. */
  interface Subscription extends AutoCloseable {

    /**
     * The next delivery.
     *
     * @return null if none came in time, or at once when the queue or the subscription is closed; never a delivery whose
     *         connection was known to be gone
     */
    @Nullable
    Delivery poll(Duration timeout) throws InterruptedException;

    /**
     * Takes no more. What was prefetched stays here and can be polled: a broker counts what is given back as delivered, and
     * whoever pauses often would burn the deliveries of what stands first in the queue.
     */
    void pause();

    /** While it is paused, for long: gives back what was prefetched but not polled, so that others have it. */
    default void giveBackUnpolled() {}

    /**
     * Takes again after {@link #pause()}. What was polled before and is not settled yet need not count against the
     * prefetch: that many more may come.
     *
     * @throws IllegalStateException
     *           after {@link #close()}
     */
    void resume();

    /**
     * Pauses for good, and gives back what was prefetched but not polled. Deliveries already polled can still be acked
     * until the queue itself is closed.
     */
    @Override
    void close();
  }
}
