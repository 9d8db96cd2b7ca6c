package dev.midifleet.faults;

import dev.midifleet.common.lifecycle.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One rule of {@link FaultListener}: what is done at which place, and when. As text:
 *
 * <pre>
 * kill@TAKEN:3                the process ends at its third time at TAKEN, as by kill -9
 * kill@CLAIMED>1:1            counted are only numbers above 1, such as the attempts of a retry
 * kill@TAKEN:1!/tmp/mark      only where the file can be made, so only once among all processes that share it
 * pause@STORING:1=5000        waits for so many milliseconds
 * hold@STORING:1!/tmp/mark    waits until the file, which it makes, is deleted; 100 s at most
 * touch@STORING:2!/tmp/mark   only makes the file
 * </pre>
 *
 * Without a count a rule acts each time.
 */
final class FaultRule {
  private static final Pattern FORM = Pattern.compile(
      "(kill|pause|hold|touch)@([A-Z]+)(?:>(\\d+))?(?::(\\d+))?(?:=(\\d+))?(?:!(/.+))?");
  private static final long HOLD_MILLIS_MAX = 100_000;
  private static final long LOOK_MILLIS = 10;
  private static final int KILLED = 137;

  private final String action;
  private final Checkpoint place;
  private final long above;
  private final int at;
  private final long millis;
  private final @Nullable Path mark;
  private final AtomicInteger times = new AtomicInteger();

  private FaultRule(Matcher form) {
    action = form.group(1);
    place = Checkpoint.valueOf(form.group(2));
    above = number(form.group(3), Long.MIN_VALUE);
    at = (int) number(form.group(4), 0);
    millis = number(form.group(5), 0);
    mark = form.group(6) == null ? null : Path.of(form.group(6));
  }

  /**
   * @throws IllegalArgumentException
   *           when it has no such form
   */
  static FaultRule of(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) throw new IllegalArgumentException("no rule for faults: " + text);
    return new FaultRule(form);
  }

  /** Acts if it is its time. */
  void reached(Checkpoint here, Object what) {
    if (here != place || (what instanceof Number number && number.longValue() <= above)) return;
    if (at > 0 && times.incrementAndGet() != at) return;
    if (mark != null && !isFirst(mark)) return;
    switch (action) {
      case "kill" -> Runtime.getRuntime().halt(KILLED);
      case "pause" -> sleep(millis);
      case "hold" -> awaitRelease();
      default -> {
        // The mark is all.
      }
    }
  }

  private static boolean isFirst(Path mark) {
    try {
      Files.createFile(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitRelease() {
    for (long waited = 0; mark != null && Files.exists(mark) && waited < HOLD_MILLIS_MAX; waited += LOOK_MILLIS) {
      sleep(LOOK_MILLIS);
    }
  }

  private static void sleep(long time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long number(@Nullable String text, long otherwise) {
    return text == null ? otherwise : Long.parseLong(text);
  }
}
