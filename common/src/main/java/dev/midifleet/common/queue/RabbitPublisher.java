package dev.midifleet.common.queue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on one connection with confirms, for any number of threads. A message counts as published only when the broker
 * confirmed it and did not return it: an unroutable one is returned *and* confirmed.
 */
final class RabbitPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitPublisher.class);

  private final long epoch;
  private final Channel channel;
  private final String queue;
  private final ReentrantLock writing = new ReentrantLock();
  /** By the channel's sequence number of the message. */
  private final ConcurrentSkipListMap<Long, Pending> pending = new ConcurrentSkipListMap<>();
  private volatile long writeStart;
  private volatile @Nullable String blocked;

  private record Pending(long batch, Window window) {}

  /** The messages of one call that wait for the broker's word. */
  private static final class Window {
    final Set<Long> accepted = ConcurrentHashMap.newKeySet();
    final Set<Long> returned = ConcurrentHashMap.newKeySet();
    final CountDownLatch open;

    Window(int count) { open = new CountDownLatch(count); }
  }

  /**
   * Opens a channel.
   *
   * @throws IOException
   *           when the queue is not there, or the connection breaks
   */
  RabbitPublisher(Connection connection, long epoch, String queue) throws IOException {
    this.epoch = epoch;
    this.queue = queue;
    connection.addBlockedListener(new BlockedListener() {
      @Override
      public void handleBlocked(@Nullable String reason) {
        blocked = String.valueOf(reason);
        LOG.warn("RabbitMQ takes no messages for now: {}", reason);
      }

      @Override
      public void handleUnblocked() {
        blocked = null;
        LOG.info("RabbitMQ takes messages again");
      }
    });
    channel = AmqpProblem.require(connection.createChannel());
    channel.queueDeclarePassive(queue);
    channel.addReturnListener(message -> returned(message.getProperties().getMessageId()));
    channel.addConfirmListener((tag, multiple) -> settle(tag, multiple, true),
        (tag, multiple) -> settle(tag, multiple, false));
    channel.addShutdownListener(signal -> settle(Long.MAX_VALUE, true, false));
    channel.confirmSelect();
  }

  long epoch() { return epoch; }

  boolean isOpen() { return channel.isOpen(); }

  /** The broker's reason for not taking messages; null while it takes them. */
  @Nullable
  String blocked() { return blocked; }

  /** Whether a write has hung for longer than this. */
  boolean isStuck(Duration limit) {
    long start = writeStart;
    return start != 0 && System.nanoTime() - start > limit.toNanos();
  }

  /** What one window came to. */
  record Outcome(Set<Long> accepted, boolean isComplete, boolean isTimedOut, boolean isReturned) {}

  /** Publishes one window and waits for the broker's word on each message, or until the time is over. */
  Outcome publish(List<BatchMessage> messages, Duration limit) throws InterruptedException {
    Window window = new Window(messages.size());
    boolean written = write(messages, window);
    boolean settled;
    try {
      settled = window.open.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      pending.values().removeIf(one -> one.window == window);
    }
    // A late confirm must not change what the caller was told.
    Set<Long> accepted = new HashSet<>(window.accepted);
    accepted.removeAll(window.returned);
    return new Outcome(accepted, written && settled && accepted.size() == messages.size(), written && !settled,
        !window.returned.isEmpty());
  }

  private boolean write(List<BatchMessage> messages, Window window) {
    int done = 0;
    writing.lock();
    try {
      writeStart = System.nanoTime() | 1;
      for (BatchMessage message : messages) {
        // More would only fill the socket's buffers until the write hangs.
        if (blocked != null) break;
        long sequence = channel.getNextPublishSeqNo();
        pending.put(sequence, new Pending(message.batch(), window));
        try {
          channel.basicPublish("", queue, true, properties(message), BatchMessages.write(message));
        } catch (IOException | AlreadyClosedException e) {
          pending.remove(sequence);
          LOG.debug("publishing batch {}: {}", message.batch(), e.toString());
          break;
        }
        done++;
      }
    } finally {
      writeStart = 0;
      writing.unlock();
    }
    for (int i = done; i < messages.size(); i++) {
      window.open.countDown();
    }
    return done == messages.size();
  }

  private static BasicProperties properties(BatchMessage message) {
    return new BasicProperties.Builder().deliveryMode(2).contentType(BatchMessages.CONTENT_TYPE)
        .type(BatchMessages.TYPE).messageId(Long.toString(message.batch())).build();
  }

  private void returned(String messageId) {
    long batch = Long.parseLong(messageId);
    pending.values().stream().filter(one -> one.batch == batch).forEach(one -> one.window.returned.add(batch));
  }

  private void settle(long tag, boolean multiple, boolean accepted) {
    if (multiple) {
      for (Long one : pending.headMap(tag, true).keySet()) {
        settleOne(one, accepted);
      }
    } else {
      settleOne(tag, accepted);
    }
  }

  private void settleOne(long tag, boolean accepted) {
    Pending one = pending.remove(tag);
    if (one == null) return;
    if (accepted) {
      one.window.accepted.add(one.batch);
    }
    one.window.open.countDown();
  }
}
