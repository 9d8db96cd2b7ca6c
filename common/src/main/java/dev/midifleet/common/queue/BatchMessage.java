package dev.midifleet.common.queue;

import java.util.List;
import java.util.UUID;

/**
 * "Batch 4711 is ready, these are its files." As JSON:
 *
 * <pre>{@code {"v":1,"batch":4711,"publication":1,"run":"…","attempt":1,"library":"main","files":[17,18]}}</pre>
 *
 * @param batch
 *          {@code batches.id}
 * @param publication
 *          {@code batches.publications} when it was published; an older copy is harmless, because a take compares it
 * @param run
 *          {@code runs.id}
 * @param attempt
 *          1 for the first try of these files
 * @param library
 *          {@code library.name}
 * @param files
 *          {@code files.id}, 1 to 500 of them
 */
public record BatchMessage(long batch, int publication, UUID run, int attempt, String library, List<Long> files) {

  /** The version of the message's form, {@code v} in its JSON. */
  public static final int VERSION = 1;
  /** The most files in one message. */
  public static final int FILES_MAX = 500;

  /**
   * Checks the number of files.
   *
   * @throws IllegalArgumentException
   *           when there are none, or more than {@link #FILES_MAX}
   */
  public BatchMessage {
    if (files.isEmpty() || files.size() > FILES_MAX) {
      throw new IllegalArgumentException(
          "batch " + batch + " has " + files.size() + " files; a message takes 1 to " + FILES_MAX);
    }
    files = List.copyOf(files);
  }
}
