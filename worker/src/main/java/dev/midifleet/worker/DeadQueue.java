package dev.midifleet.worker;

import dev.midifleet.common.catalog.SuspectLedger;
import dev.midifleet.common.queue.Delivery;
import dev.midifleet.common.queue.WorkQueue;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the queue of what the broker gave up: a batch that was delivered so often is as suspect as one that was started
 * so often, and is split. That is never a verdict on its files.
 */
final class DeadQueue {
  private static final Logger LOG = LoggerFactory.getLogger(DeadQueue.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final WorkQueue queue;
  private final SuspectLedger ledger;
  private final SuspectLane suspects;
  private final Drain drain;

  DeadQueue(WorkQueue queue, SuspectLedger ledger, SuspectLane suspects, Drain drain) {
    this.queue = queue;
    this.ledger = ledger;
    this.suspects = suspects;
    this.drain = drain;
  }

  /** Begins, and goes on until the worker drains. */
  void start() {
    Thread.ofVirtual().name("dead-queue").start(this::loop);
  }

  private void loop() {
    try (WorkQueue.Subscription dead = queue.subscribeDead()) {
      while (!drain.isRequested()) {
        Delivery delivery = dead.poll(POLL);
        if (delivery != null) {
          split(delivery);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void split(Delivery delivery) throws InterruptedException {
    var message = delivery.message();
    try {
      int files = ledger.split(message.batch(), OptionalInt.of(message.publication()), drain::isRequested);
      if (files > 0) {
        LOG.warn("the broker gave batch {} up: its {} files are tried alone", message.batch(), files);
      }
      delivery.ack();
      suspects.nudge();
    } catch (RuntimeException e) {
      LOG.warn("batch {} stays where the broker put it: {}", message.batch(), e.getMessage());
      if (!delivery.isSettled()) {
        delivery.giveBack();
      }
      drain.await(AFTER_FAILURE);
    }
  }
}
