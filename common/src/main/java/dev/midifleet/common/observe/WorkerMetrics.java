package dev.midifleet.common.observe;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.midifleet.common.failure.FailureKind;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worker's metrics. Names are part of the product:
 *
 * <pre>
 * files, files.copied, files.retried, bytes, notes         meters, per file settled in a committed batch
 * failures.&lt;kind&gt;                                          meters, dead letters and retries alike
 * batches, batch.&lt;stage&gt;                                   timers, one measurement a batch
 * </pre>
 */
public final class WorkerMetrics {

  /** What a batch spends its time on, in order. */
  public enum Stage {
    READ,
    LOOK_UP,
    PARSE,
    ANALYZE,
    STORE,
    ACK
  }

  private final MetricRegistry registry;
  public final Meter files;
  public final Meter filesCopied;
  public final Meter filesRetried;
  public final Meter filesDead;
  public final Meter bytes;
  public final Meter notes;
  public final Timer batches;
  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private final Map<FailureKind, Meter> failures = new EnumMap<>(FailureKind.class);

  public WorkerMetrics(MetricRegistry registry) {
    this.registry = registry;
    files = registry.meter("files");
    filesCopied = registry.meter("files.copied");
    filesRetried = registry.meter("files.retried");
    filesDead = registry.meter("files.dead");
    bytes = registry.meter("bytes");
    notes = registry.meter("notes");
    batches = registry.timer("batches");
    for (Stage stage : Stage.values()) {
      stages.put(stage, registry.timer("batch." + lower(stage)));
    }
    for (FailureKind kind : FailureKind.values()) {
      failures.put(kind, registry.meter("failures." + lower(kind)));
    }
  }

  public MetricRegistry registry() { return registry; }

  /** Nanoseconds that batches spent in a stage; parse and analyze are sums over the threads that share a batch. */
  public Timer stage(Stage stage) {
    return require(stages.get(stage));
  }

  public Meter failures(FailureKind kind) { return require(failures.get(kind)); }

  private static <T> T require(@Nullable T value) {
    if (value == null) throw new IllegalStateException("every constant has its metric");
    return value;
  }

  private static String lower(Enum<?> constant) { return constant.name().toLowerCase(Locale.ROOT); }
}
