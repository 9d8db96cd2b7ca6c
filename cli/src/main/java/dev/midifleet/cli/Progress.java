package dev.midifleet.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How far something is, on standard error: a bar that is redrawn at most ten times a second on a terminal, a line every
 * five seconds elsewhere.
 *
 * <pre>
 * analysing  [████████░░░░░░░░]  45 %  2,610/5,800 files  3,456 files/s  12 dead  ETA 1 s
 * midifleet: analysing: 2,610 of 5,800 files (45 %), 3,456 files/s, 12 dead, ETA 1 s
 * </pre>
 *
 * <p>While a bar is shown, {@link System#err} goes through this class, so that a line of the log never lands in the
 * middle of the bar. There are no colours. Any thread may update; only one progress may be open at a time.
 */
final class Progress implements AutoCloseable {
  /** The {@code total} of something whose end is not known yet. */
  static final long UNKNOWN = -1;

  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();
  /** Time over which the rate is smoothed. */
  private static final double SMOOTHING_SECONDS = 5;
  private static final int BAR_MIN = 8;
  private static final int BAR_MAX = 40;
  private static final String CLEAR = "\r\u001B[K";

  private final String what;
  private final PrintStream err;
  private final boolean terminal;
  private final boolean unicode;
  private final int width;
  private final LongSupplier nanoClock;
  private final long startedAt;
  private @Nullable PrintStream systemErr;
  private long quietNanos;
  private boolean barShown;
  private long drawnAt;
  private long rateAt;
  private long rateDone;
  private double fadingFiles;
  private double fadingSeconds;
  private double rate = Double.NaN;
  private long done;
  private long total = UNKNOWN;
  private long dead;

  Progress(String what, PrintStream err, boolean terminal, boolean unicode, int width, LongSupplier nanoClock) {
    this.what = what;
    this.err = err;
    this.terminal = terminal;
    this.unicode = unicode;
    this.width = width;
    this.nanoClock = nanoClock;
    this.startedAt = nanoClock.getAsLong();
    this.rateAt = startedAt;
    this.drawnAt = startedAt;
  }

  /**
   * @param what
   *          a word or two for what goes on
   * @param terminal
   *          whether {@code err} is a terminal; a dumb one gets lines all the same
   */
  static Progress start(String what, PrintStream err, boolean terminal) {
    boolean bar = terminal && !"dumb".equals(System.getenv("TERM"));
    boolean unicode = "UTF-8".equals(System.getProperty("stderr.encoding")) && !"linux".equals(System.getenv("TERM"));
    var progress = new Progress(what, err, bar, unicode, bar ? Terminal.width() : 0, System::nanoTime);
    if (bar && err.equals(System.err)) {
      progress.guardSystemErr();
    }
    return progress;
  }

  /** Shows nothing at all of what is done within that time from its start. */
  Progress quietFor(Duration quiet) {
    quietNanos = quiet.toNanos();
    return this;
  }

  /** Lets what others write to standard error stand above the bar, until it is closed. */
  void guardSystemErr() {
    systemErr = System.err;
    System.setErr(new PrintStream(new AboveTheBar(), true, err.charset()));
  }

  /**
   * Says how far it is; cheap enough to be called for every file.
   *
   * @param total
   *          {@link #UNKNOWN}, or at least {@code done}
   */
  synchronized void update(long done, long total, long dead) {
    this.done = done;
    this.total = total;
    this.dead = dead;
    long now = nanoClock.getAsLong();
    if (now - startedAt < quietNanos || now - drawnAt < (terminal ? REDRAW_NANOS : LINE_NANOS)) return;
    draw(now);
  }

  /** Shows the last state and ends the line. */
  @Override
  public synchronized void close() {
    long now = nanoClock.getAsLong();
    if (terminal && now - startedAt >= quietNanos) {
      draw(now);
      err.println();
      barShown = false;
    }
    if (systemErr != null) {
      System.setErr(systemErr);
      systemErr = null;
    }
  }

  private void draw(long now) {
    drawnAt = now;
    updateRate(now);
    if (terminal) {
      err.print(CLEAR + bar());
      err.flush();
      barShown = true;
    } else {
      err.println(line());
    }
  }

  private void updateRate(long now) {
    double seconds = (now - rateAt) / 1e9;
    if (seconds <= 0) return;
    // What is older counts less; both sums fade alike, so that the first seconds show the mean so far.
    double kept = Math.exp(-seconds / SMOOTHING_SECONDS);
    fadingFiles = fadingFiles * kept + (done - rateDone);
    fadingSeconds = fadingSeconds * kept + seconds;
    rate = fadingFiles / fadingSeconds;
    rateAt = now;
    rateDone = done;
  }

  private String bar() {
    String count = total == UNKNOWN ? grouped(done) + " files" : grouped(done) + "/" + grouped(total) + " files";
    String tail = (total == UNKNOWN ? "" : percent() + "  ") + count + "  " + details("  ");
    int room = width - 1 - what.length() - tail.length() - 6;
    String head = what + "  ";
    if (total != UNKNOWN && room >= BAR_MIN) {
      int cells = Math.min(room, BAR_MAX);
      int full = total == 0 ? cells : (int) Math.min(cells, done * (double) cells / total);
      head += "[" + (unicode ? "█" : "#").repeat(full) + (unicode ? "░" : "-").repeat(cells - full) + "]  ";
    }
    String text = head + tail;
    return text.substring(0, Math.min(text.length(), Math.max(0, width - 1)));
  }

  private String line() {
    String count = total == UNKNOWN
        ? grouped(done) + " files"
        : grouped(done) + " of " + grouped(total) + " files (" + percent().strip() + ")";
    return "midifleet: " + what + ": " + count + ", " + details(", ");
  }

  private String details(String between) {
    String text = (Double.isNaN(rate) ? "-" : grouped(Math.round(rate))) + " files/s";
    if (dead > 0) {
      text += between + grouped(dead) + " dead";
    }
    if (total != UNKNOWN && done < total && rate >= 0.01) {
      text += between + "ETA " + duration(Math.round((total - done) / rate));
    }
    return text;
  }

  private String percent() {
    long percent = total == 0 ? 100 : (long) (100.0 * done / total);
    return "%3d %%".formatted(percent);
  }

  private static String grouped(long number) { return String.format(Locale.ROOT, "%,d", number); }

  /** Two units at most, as in {@code 2 h 5 min}. */
  static String duration(long seconds) {
    if (seconds < 60) return seconds + " s";
    if (seconds < 3_600) return seconds / 60 + " min " + seconds % 60 + " s";
    if (seconds < 86_400) return seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
    return seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
  }

  /** What others write to standard error: the bar makes room for it, and comes back with the next update. */
  private final class AboveTheBar extends OutputStream {
    @Override
    public void write(int b) { write(new byte[]{(byte) b}, 0, 1); }

    @Override
    public void write(byte[] bytes, int from, int count) {
      synchronized (Progress.this) {
        if (barShown) {
          err.print(CLEAR);
          barShown = false;
        }
        err.write(bytes, from, count);
        err.flush();
      }
    }
  }
}
