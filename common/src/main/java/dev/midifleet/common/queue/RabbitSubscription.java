package dev.midifleet.common.queue;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer of one queue, on a connection of its own. Deliveries wait in a buffer that the prefetch bounds. A message is
 * handed back at most once per delivery, and only when the worker stops or pauses: nothing here nacks in a loop.
 */
final class RabbitSubscription implements WorkQueue.Subscription, RabbitLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(RabbitSubscription.class);
  /** How often a poll looks whether the queue is closed. */
  private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();
  private static final Duration CANCEL_WAIT = Duration.ofSeconds(5);
  private static final Duration RECORD_FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration RECORD_LONGEST_WAIT = Duration.ofSeconds(30);

  private final String queue;
  private final int prefetch;
  private final UnreadableMessages unreadable;
  private final RabbitLink link;
  private final LinkedBlockingQueue<Held> buffer = new LinkedBlockingQueue<>();
  /** Guards the fields below; held during their calls to the broker, never by a callback. */
  private final ReentrantLock state = new ReentrantLock();
  private boolean wanted = true;
  private volatile boolean closed;
  private @Nullable Consumer consumer;
  private @Nullable Channel channel;
  private long channelEpoch;

  RabbitSubscription(AmqpTarget target, String name, String queue, int prefetch, UnreadableMessages unreadable) {
    if (prefetch < 1) throw new IllegalArgumentException("prefetch is " + prefetch);
    this.queue = queue;
    this.prefetch = prefetch;
    this.unreadable = unreadable;
    this.link = new RabbitLink(target, name, queue, this);
  }

  RabbitLink link() { return link; }

  @Override
  public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
    long limit = System.nanoTime() + timeout.toNanos();
    while (true) {
      long left = Math.max(0, limit - System.nanoTime());
      Held held = buffer.poll(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS);
      if (held != null && held.isCurrent()) return held;
      if (held == null && (left == 0 || link.isClosed())) return null;
    }
  }

  @Override
  public void pause() {
    state.lock();
    try {
      wanted = false;
      Consumer cancelled = consumer;
      consumer = null;
      if (cancelled != null) {
        cancelled.cancel();
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void resume() {
    if (closed) throw new IllegalStateException("the subscription is closed");
    state.lock();
    try {
      wanted = true;
      if (consumer == null && channel != null) {
        consumer = consume(channel, channelEpoch);
      }
    } catch (IOException | AlreadyClosedException e) {
      link.end(channelEpoch, "cannot take messages again: " + AmqpProblem.of(e).text());
    } finally {
      state.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    pause();
    giveBackUnpolled();
  }

  @Override
  public void giveBackUnpolled() {
    for (Held held = buffer.poll(); held != null; held = buffer.poll()) {
      held.giveBack();
    }
  }

  @Override
  public void opened(Connection connection, long epoch) throws IOException {
    state.lock();
    try {
      Channel opened = AmqpProblem.require(connection.createChannel());
      opened.addShutdownListener(signal -> {
        // The broker can close a channel alone, for instance when a message was held for longer than it allows.
        if (connection.isOpen()) {
          link.end(epoch, AmqpProblem.of(signal).text());
        }
      });
      opened.queueDeclarePassive(queue);
      opened.basicQos(prefetch);
      channel = opened;
      channelEpoch = epoch;
      if (wanted) {
        consumer = consume(opened, epoch);
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void lost(long epoch) {
    state.lock();
    try {
      channel = null;
      consumer = null;
    } finally {
      state.unlock();
    }
    buffer.removeIf(held -> held.epoch == epoch);
  }

  private Consumer consume(Channel on, long epoch) throws IOException {
    Consumer starting = new Consumer(on, epoch);
    starting.tag = on.basicConsume(queue, false, starting);
    return starting;
  }

  private final class Consumer extends DefaultConsumer {
    private final long epoch;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    /** Of its own: {@link #getConsumerTag()} knows it only when the connection's other thread has said so. */
    private volatile String tag = "";

    Consumer(Channel channel, long epoch) {
      super(channel);
      this.epoch = epoch;
    }

    @Override
    public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
      try {
        buffer.add(new Held(getChannel(), epoch, envelope.getDeliveryTag(), BatchMessages.read(body)));
      } catch (UnreadableMessageException e) {
        // Only the head is held meanwhile: the whole may be of hundreds of megabytes.
        byte[] kept = Arrays.copyOf(body, Math.min(body.length, UnreadableMessages.BODY_BYTES_MAX));
        // On a thread of its own: a database that is away must not keep the readable ones waiting.
        Thread.ofVirtual().name("amqp-unreadable")
            .start(() -> recordAndAck(getChannel(), epoch, envelope.getDeliveryTag(), kept, e.reason()));
      }
    }

    @Override
    public void handleCancelOk(String consumerTag) { cancelled.countDown(); }

    /** The broker cancels when the queue is deleted. */
    @Override
    public void handleCancel(String consumerTag) {
      cancelled.countDown();
      link.end(epoch, "it gives no more of " + queue + "; was it deleted?");
    }

    /** Returns when no more deliveries of this consumer will be added to the buffer. */
    void cancel() {
      try {
        getChannel().basicCancel(tag);
        if (!cancelled.await(CANCEL_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
          link.end(epoch, "the consumer could not be cancelled");
        }
      } catch (IOException | AlreadyClosedException e) {
        link.end(epoch, "the consumer could not be cancelled: " + AmqpProblem.of(e).text());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        link.end(epoch, "interrupted while the consumer was cancelled");
      }
    }
  }

  private void recordAndAck(Channel on, long epoch, long tag, byte[] kept, String reason) {
    LOG.warn("a message in {} cannot be read: {}", queue, reason);
    var backoff = new Backoff(RECORD_FIRST_WAIT, RECORD_LONGEST_WAIT);
    while (link.isCurrent(epoch)) {
      try {
        unreadable.record(queue, kept, reason);
        on.basicAck(tag, false);
        return;
      } catch (IOException | AlreadyClosedException e) {
        LOG.debug("not acked, it will come again: {}", e.toString());
        return;
      } catch (RuntimeException e) {
        LOG.warn("an unreadable message could not be recorded, and stays in {}: {}", queue, e.toString());
        LockSupport.parkNanos(backoff.next().toNanos());
      }
    }
  }

  private final class Held implements Delivery {
    private final Channel on;
    private final long epoch;
    private final long tag;
    private final BatchMessage message;
    private final AtomicBoolean settled = new AtomicBoolean();

    Held(Channel on, long epoch, long tag, BatchMessage message) {
      this.on = on;
      this.epoch = epoch;
      this.tag = tag;
      this.message = message;
    }

    boolean isCurrent() { return link.isCurrent(epoch); }

    @Override
    public BatchMessage message() { return message; }

    @Override
    public boolean ack() {
      settle();
      if (!isCurrent()) return false;
      try {
        on.basicAck(tag, false);
        return true;
      } catch (IOException | AlreadyClosedException e) {
        return false;
      }
    }

    @Override
    public void giveBack() {
      settle();
      if (!isCurrent()) return;
      try {
        on.basicReject(tag, true);
      } catch (IOException | AlreadyClosedException e) {
        LOG.debug("batch {} goes back with its connection: {}", message.batch(), e.toString());
      }
    }

    @Override
    public boolean isSettled() { return settled.get(); }

    /** The broker would close the channel for a second word on the same delivery. */
    private void settle() {
      if (!settled.compareAndSet(false, true)) {
        throw new IllegalStateException("batch " + message.batch() + " was acked or given back before");
      }
    }
  }
}
