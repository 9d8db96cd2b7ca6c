package dev.midifleet.common.observe;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.midifleet.common.failure.FailureKind;
import dev.midifleet.common.observe.WorkerMetrics.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a worker has done, in a few lines for the end of its log. */
public final class MetricsSummary {
  private MetricsSummary() {}

  /**
   * @param registry
   *          that of one worker
   * @return the files, the failures by kind if there were any, and the mean time that a batch has spent in each stage; a
   *         line each
   */
  public static List<String> lines(MetricRegistry registry) {
    var metrics = new WorkerMetrics(registry);
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "%,d files, %,.1f files/s since the start; %,d bytes, %,d notes",
        metrics.files.getCount(), metrics.files.getMeanRate(), metrics.bytes.getCount(), metrics.notes.getCount()));
    List<String> failures = new ArrayList<>();
    for (FailureKind kind : FailureKind.values()) {
      long count = metrics.failures(kind).getCount();
      if (count > 0) {
        failures.add(String.format(Locale.ROOT, "%s %,d", kind, count));
      }
    }
    if (!failures.isEmpty()) {
      lines.add("failures, retried or dead: " + String.join(", ", failures));
    }
    List<String> stages = new ArrayList<>();
    for (Stage stage : Stage.values()) {
      stages.add(stage.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + mean(metrics.stage(stage)));
    }
    lines.add(String.format(Locale.ROOT, "%,d batches, on average %s: %s", metrics.batches.getCount(),
        mean(metrics.batches), String.join(", ", stages)));
    return lines;
  }

  /** Of a sample in which the batches of the last five minutes weigh most. */
  private static String mean(Timer timer) {
    return String.format(Locale.ROOT, "%.1f ms", timer.getSnapshot().getMean() / TimeUnit.MILLISECONDS.toNanos(1));
  }
}
