package dev.midifleet.bench.endtoend;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's recording says of its pipeline: how busy the crew and the machine were while there was work, what batches
 * waited for, pauses, allocation, and the end. Of several bursts of work, the last.
 */
final class RecordingReport {
  private static final String OURS = "midifleet.";
  private static final long PAUSE_MICROS = 1_500_000;
  private static final double MICROS = 1e6;
  private static final double PERCENT = 100;
  private static final double MEGABYTE = 1 << 20;

  /** From one time to another, in µs since the recording's start. */
  private record Span(long start, long end, RecordedEvent event) {
    boolean has(long time) { return start <= time && time < end; }

    double seconds() { return (end - start) / MICROS; }
  }

  private final Map<String, List<Span>> spans = new LinkedHashMap<>();
  private final List<RecordedEvent> events;
  private final Instant zero;
  private final long from;
  private final long to;

  private RecordingReport(List<RecordedEvent> events) {
    this.events = events;
    this.zero = events.stream().map(RecordedEvent::getStartTime).min(Comparator.naturalOrder()).orElseThrow();
    for (RecordedEvent event : events) {
      String name = event.getEventType().getName();
      if (name.startsWith(OURS) || name.equals("jdk.GCPhasePause")) {
        spans.computeIfAbsent(name.replace(OURS, ""), _ -> new ArrayList<>())
            .add(new Span(micros(event.getStartTime()), micros(event.getEndTime()), event));
      }
    }
    List<Span> batches = of("WorkBatch").stream().sorted(Comparator.comparingLong(Span::start)).toList();
    if (batches.isEmpty()) throw new IllegalArgumentException("the recording has no batch");
    long begin = batches.getFirst().start();
    long end = begin;
    for (Span batch : batches) {
      if (batch.start() > end + PAUSE_MICROS) {
        begin = batch.start();
      }
      end = Math.max(end, batch.end());
    }
    this.from = begin;
    this.to = end;
    spans.values().forEach(list -> list.removeIf(span -> span.start() < from || span.start() >= to));
  }

  static RecordingReport of(Path recording) throws IOException {
    return new RecordingReport(RecordingFile.readAllEvents(recording));
  }

  private long micros(Instant time) { return ChronoUnit.MICROS.between(zero, time); }

  private List<Span> of(String name) { return spans.getOrDefault(name, List.of()); }

  private double seconds(String name) { return of(name).stream().mapToDouble(Span::seconds).sum(); }

  /** Files that were analysed. */
  int files() { return of("AnalyzeFile").size(); }

  void print(PrintStream out) {
    Map<String, String> lines = new LinkedHashMap<>();
    double seconds = (to - from) / MICROS;
    lines.put("batches, files analysed, seconds",
        String.format(Locale.ROOT, "%d, %d, %.2f", of("WorkBatch").size(), files(), seconds));
    crew(lines);
    lines.put("load of the machine, of it the worker (mean, while there was work)", load());
    for (String stage : new String[]{"ReadFile", "ParseFile", "AnalyzeFile"}) {
      lines.put(stage + ": µs a file, by the clock",
          String.format(Locale.ROOT, "%.0f", seconds(stage) * MICROS / Math.max(1, of(stage).size())));
    }
    for (String stage : new String[]{"LookUpBatch", "StoreBatch", "AckBatch"}) {
      lines.put(stage + ": ms a batch, by the clock",
          String.format(Locale.ROOT, "%.1f", seconds(stage) * 1e3 / Math.max(1, of(stage).size())));
    }
    List<Span> pauses = of("jdk.GCPhasePause");
    lines.put("GC pauses: how many, longest in ms, share of the time",
        String.format(Locale.ROOT, "%d, %.1f, %.1f %%", pauses.size(),
            pauses.stream().mapToDouble(Span::seconds).max().orElse(0) * 1e3,
            seconds("jdk.GCPhasePause") / seconds * PERCENT));
    allocation(lines);
    out.printf("%n| what | |%n| --- | --- |%n");
    lines.forEach((name, value) -> out.printf("| %s | %s |%n", name, value));
  }

  /** How busy the crew was, why it was not, and how it ended. */
  private void crew(Map<String, String> lines) {
    Map<String, List<Span>> threads = new TreeMap<>();
    for (String stage : new String[]{"ParseFile", "AnalyzeFile"}) {
      of(stage)
          .forEach(span -> threads.computeIfAbsent(name(span.event().getThread()), _ -> new ArrayList<>()).add(span));
    }
    long busy = 0;
    long idle = 0;
    Map<String, Long> reasons = new TreeMap<>();
    long firstEnd = Long.MAX_VALUE;
    long lastEnd = 0;
    for (List<Span> work : threads.values()) {
      work.sort(Comparator.comparingLong(Span::start));
      long last = from;
      for (Span span : work) {
        idle += count(last, span.start(), reasons);
        busy += span.end() - span.start();
        last = span.end();
      }
      firstEnd = Math.min(firstEnd, last);
      lastEnd = Math.max(lastEnd, last);
    }
    // The end has a line of its own.
    double all = busy + idle;
    lines.put("crew: threads that analyse, busy until the end",
        String.format(Locale.ROOT, "%d, %.1f %%", threads.size(), busy / all * PERCENT));
    reasons.forEach(
        (reason, micros) -> lines.put("crew: idle while " + reason,
            String.format(Locale.ROOT, "%.1f %%", micros / all * PERCENT)));
    lines.put("the end: ms from the first idle thread to the last, from there to the last ack",
        String.format(Locale.ROOT, "%.0f, %.0f", (lastEnd - firstEnd) / 1e3, (to - lastEnd) / 1e3));
  }

  private long count(long start, long end, Map<String, Long> reasons) {
    if (end <= start) return 0;
    long middle = (start + end) / 2;
    long held = of("WorkBatch").stream().filter(span -> span.has(middle)).count();
    long storing = of("StoreBatch").stream().filter(span -> span.has(middle)).count();
    long asking = of("LookUpBatch").stream().filter(span -> span.has(middle)).count();
    String reason;
    if (end - start < 50) {
      reason = "it goes from one file to the next";
    } else if (held == 0) {
      reason = "there is no batch";
    } else if (storing + asking >= held) {
      reason = "all batches wait for PostgreSQL";
    } else if (of("ReadFile").stream().anyMatch(span -> span.has(middle))) {
      reason = "files are being read";
    } else {
      reason = "a batch is between two stages";
    }
    reasons.merge(reason, end - start, Long::sum);
    return end - start;
  }

  private String load() {
    double machine = 0;
    double own = 0;
    int count = 0;
    for (RecordedEvent event : named("jdk.CPULoad")) {
      machine += event.getDouble("machineTotal");
      own += event.getDouble("jvmUser") + event.getDouble("jvmSystem");
      count++;
    }
    return count == 0
        ? "too short"
        : String.format(Locale.ROOT, "%.0f %%, %.0f %%", machine / count * PERCENT, own / count * PERCENT);
  }

  /** What the threads that read, parse and analyse have allocated, a file. */
  double crewBytesAFile() {
    return bytesAFile(true);
  }

  /** What all others have allocated, a file. */
  double otherBytesAFile() { return bytesAFile(false); }

  private double bytesAFile(boolean ofCrew) {
    Map<Long, long[]> threads = new TreeMap<>();
    for (RecordedEvent event : named("jdk.ThreadAllocationStatistics")) {
      RecordedThread thread = event.getThread("thread");
      if (thread == null) continue;
      boolean isCrew = name(thread).startsWith("crew-") || name(thread).startsWith("reader-");
      if (isCrew != ofCrew) continue;
      long bytes = event.getLong("allocated");
      long[] range = threads.computeIfAbsent(thread.getId(), _ -> new long[]{bytes, bytes});
      range[0] = Math.min(range[0], bytes);
      range[1] = Math.max(range[1], bytes);
    }
    return threads.values().stream().mapToDouble(range -> range[1] - range[0]).sum() / Math.max(1, files());
  }

  private void allocation(Map<String, String> lines) {
    lines.put("allocated by the crew, bytes a file", String.format(Locale.ROOT, "%.0f", crewBytesAFile()));
    lines.put("allocated by all others, bytes a file", String.format(Locale.ROOT, "%.0f", otherBytesAFile()));
    lines.put("heap after a collection, MB, at most",
        String.format(Locale.ROOT, "%.0f", named("jdk.GCHeapSummary").stream()
            .filter(event -> event.getString("when").startsWith("After"))
            .mapToDouble(event -> event.getLong("heapUsed") / MEGABYTE).max().orElse(0)));
  }

  /** Of the time in which there was work. */
  private List<RecordedEvent> named(String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)
        && micros(event.getStartTime()) >= from && micros(event.getStartTime()) <= to).toList();
  }

  private static String name(@Nullable RecordedThread thread) {
    String name = thread == null ? null : thread.getJavaName();
    return name == null ? "" : name;
  }
}
