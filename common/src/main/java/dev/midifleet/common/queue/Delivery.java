package dev.midifleet.common.queue;

/**
 * One message in a consumer's hands. Exactly one of {@link #ack()} and {@link #giveBack()} is called, once (a second call
 * throws an {@link IllegalStateException}); either may be called from any thread.
 */
public interface Delivery {
  BatchMessage message();

  /**
   * Says that the batch is settled in the rows.
   *
   * @return false if the connection it came by is gone: it will come again, and be found committed. True means sent,
   *         not received; after a loss right then it comes again too
   */
  boolean ack();

  /** Whether it was acked or given back before. */
  boolean isSettled();

  /** Hands it back to the queue untouched, as a draining worker does; nothing happens if its connection is gone. */
  void giveBack();
}
