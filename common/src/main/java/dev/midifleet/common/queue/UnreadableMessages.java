package dev.midifleet.common.queue;

/** Where messages are recorded that cannot be read. */
@FunctionalInterface
public interface UnreadableMessages {
  /** The most bytes of a body that are handed over. */
  int BODY_BYTES_MAX = 64 * 1024;

  /**
   * Records one durably. The message is acked after this has returned; when it throws, it is called again after a while,
   * so the same message may be recorded more than once.
   *
   * @param queue
   *          where it lay
   * @param body
   *          its first {@link #BODY_BYTES_MAX} bytes
   * @param reason
   *          one sentence
   */
  void record(String queue, byte[] body, String reason);
}
