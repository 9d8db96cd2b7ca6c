package dev.midifleet.cli;

import dev.midifleet.producer.operate.FleetStatus;
import dev.midifleet.producer.operate.RunStatus;
import dev.midifleet.producer.operate.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/** The fleet's state as text for people. Numbers are grouped by commas in every locale. */
final class StatusText {
  private StatusText() {}

  /**
   * @param isLocal
   *          whether they are the rows of {@code midifleet run}
   * @param queue
   *          a line about the queue
   * @param rate
   *          files a second since the last look; NaN when it is not known
   */
  static String of(FleetStatus status, boolean isLocal, String queue, double rate, Instant now) {
    var text = new StringBuilder();
    for (RunStatus run : status.runs()) {
      appendRun(text, run, isLocal, rate, now);
    }
    if (status.runs().isEmpty()) {
      text.append("no run yet: midifleet ").append(isLocal ? "run" : "enqueue").append(" DIR\n");
    }
    text.append("queue    ").append(queue).append('\n');
    long alive = status.workers().stream().filter(WorkerStatus::isAlive).count();
    text.append("workers  ").append(alive).append(" alive\n");
    for (WorkerStatus worker : status.workers()) {
      text.append(String.format(Locale.ROOT,
          "         %s %d: %s, %s, %s, %s, %,d dead, seen %s ago%n", worker.host(),
          worker.pid(), worker.isAlive() || worker.state().equals("stopped") ? worker.state() : "gone",
          Amount.of(worker.slots(), "slot"), Amount.of(worker.threads(), "thread"),
          Amount.of(worker.filesDone(), "file"), worker.filesDead(), age(worker.seenAt(), now)));
      if (worker.isAlive() && worker.problem() != null) {
        text.append("           ").append(Printable.of(worker.problem())).append('\n');
      }
    }
    String dead = status.deadByKind().entrySet().stream()
        .map(kind -> String.format(Locale.ROOT, "%s %,d", kind.getKey(), kind.getValue()))
        .collect(Collectors.joining(", "));
    text.append("dead     ").append(dead.isEmpty() ? "none" : dead).append('\n');
    if (status.unreadableMessages() > 0) {
      text.append(String.format(Locale.ROOT, "messages that nobody could read: %,d (table unreadable_messages)%n",
          status.unreadableMessages()));
    }
    return text.toString();
  }

  /** Files done and dead, of those that are planned. */
  static String settled(RunStatus run) {
    return String.format(Locale.ROOT,
        "%,d of %s settled (%d %%): %,d done (%,d copies of known contents), %,d dead",
        run.filesSettled(), Amount.of(run.filesPlanned(), "file"), percent(run), run.filesDone(), run.filesCopied(),
        run.filesDead());
  }

  /** Such as {@code 1.5 MB}, in powers of 1000. */
  static String bytes(long bytes) {
    if (bytes < 1_000) return bytes + " bytes";
    double value = bytes;
    int unit = -1;
    while (value >= 999.95 && unit < 4) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %cB", value, "kMGTP".charAt(unit));
  }

  private static void appendRun(StringBuilder text, RunStatus run, boolean isLocal, double rate, Instant now) {
    text.append(String.format(Locale.ROOT, "run      %s: %s, library %s%s, %s %s ago%n",
        run.run().toString().substring(0, 8),
        run.state().name().toLowerCase(Locale.ROOT), Printable.of(run.library()),
        run.folder().isEmpty() ? "" : ", folder " + Printable.of(run.folder()),
        run.origin().equals("retry") ? "retried" : isLocal ? "started" : "enqueued",
        age(run.startedAt(), now)));
    text.append("         ").append(settled(run)).append('\n');
    if (run.batchesOpen() > 0) {
      text.append(String.format(Locale.ROOT,
          "         %s in %s: %,d to be published, %,d wait for their time, %,d published,"
              + " of these %,d taken%n",
          Amount.of(run.filesQueued(), "file"), Amount.of(run.batchesOpen(), "open batch"), run.batchesUnpublished(),
          run.batchesDelayed(), run.batchesPublished(), run.batchesTaken()));
    }
    if (run.batchesSuspect() > 0) {
      text.append("         ").append(Amount.of(run.batchesSuspect(), "suspect"))
          .append(": files that were there when a worker died, tried alone\n");
    }
    if (!Double.isNaN(rate) && !run.isOver()) {
      text.append(String.format(Locale.ROOT, "         %,d files/s%s%n", Math.round(rate), rate < 0.01
          ? ""
          : ", ETA " + Progress.duration(Math.round((run.filesPlanned() - run.filesSettled()) / rate))));
    }
  }

  private static long percent(RunStatus run) {
    return run.filesPlanned() == 0 ? 100 : Math.min(100, 100 * run.filesSettled() / run.filesPlanned());
  }

  private static String age(Instant then, Instant now) {
    return Progress.duration(Math.max(0, Duration.between(then, now).toSeconds()));
  }
}
