package dev.midifleet.producer.operate;

import dev.midifleet.common.config.Setting;
import dev.midifleet.common.config.Settings;
import java.time.Duration;

/**
 * When the batches of a retry are due: all at once, or spread so that in no second more files become due than were asked for.
 * The rows wait, not the command. Not for several threads.
 */
public final class RetryPace {
  private final long filesPerSecond;
  private long second;
  private long filesInSecond;

  private RetryPace(long filesPerSecond) { this.filesPerSecond = filesPerSecond; }

  /** All at once. */
  public static RetryPace atOnce() { return new RetryPace(Long.MAX_VALUE); }

  /**
   * @param filesPerSecond
   *          at least 1
   */
  public static RetryPace of(long filesPerSecond) {
    if (filesPerSecond < 1) throw new IllegalArgumentException("not a pace: " + filesPerSecond);
    return new RetryPace(filesPerSecond);
  }

  /** The settings with batches that fit into a second. */
  Settings bound(Settings settings) {
    long files = Math.min(settings.integer(Setting.BATCH_FILES), filesPerSecond);
    return settings.with(Setting.BATCH_FILES, Long.toString(files));
  }

  /** The times of what follows are counted from later than those before: it begins with a second of its own. */
  void nextChunk() {
    if (filesPerSecond < Long.MAX_VALUE && filesInSecond > 0) {
      second++;
      filesInSecond = 0;
    }
  }

  /**
   * How long from now until the next batch is due.
   *
   * @param files
   *          in it, no more than fit into a second
   */
  Duration delay(int files) {
    if (filesInSecond + files > filesPerSecond) {
      second++;
      filesInSecond = 0;
    }
    filesInSecond += files;
    return Duration.ofSeconds(second);
  }
}
