package dev.midifleet.producer.plan;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import dev.midifleet.common.queue.BatchMessage;

/**
 * How large a batch may be.
 *
 * @param files
 *          the most files in it, 1 to {@value dev.midifleet.common.queue.BatchMessage#FILES_MAX}
 * @param bytes
 *          the most bytes in it, if it holds more than one file
 * @param aloneBytes
 *          a file above this size is alone in its batch
 */
record BatchLimits(int files, long bytes, long aloneBytes) {

  static BatchLimits of(Settings settings) {
    long bytes = settings.number(Setting.BATCH_BYTES);
    return new BatchLimits(Math.min(settings.integer(Setting.BATCH_FILES), BatchMessage.FILES_MAX), bytes,
        Math.min(settings.number(Setting.ALONE_BYTES), bytes));
  }
}
