package dev.midifleet.producer.operate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON forms of what this package finds, as maps in the order of their keys. The names are part of the product:
 * programs read them. Times are ISO 8601 in UTC.
 */
public final class StatusJson {
  private StatusJson() {}

  public static Map<String, @Nullable Object> of(FleetStatus status) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("runs", status.runs().stream().map(StatusJson::of).toList());
    json.put("workers", status.workers().stream().map(StatusJson::of).toList());
    json.put("dead_by_kind", status.deadByKind());
    json.put("unreadable_messages", status.unreadableMessages());
    return json;
  }

  public static Map<String, @Nullable Object> of(RunStatus run) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", run.run().toString());
    json.put("library", run.library());
    json.put("folder", run.folder());
    json.put("origin", run.origin());
    json.put("analyze_known", run.analyzeKnown());
    json.put("state", run.state().name().toLowerCase(Locale.ROOT));
    json.put("started_at", run.startedAt().toString());
    json.put("planned_at", text(run.plannedAt()));
    json.put("cancelled_at", text(run.cancelledAt()));
    json.put("files_found", run.filesFound());
    json.put("files_unchanged", run.filesUnchanged());
    json.put("files_planned", run.filesPlanned());
    json.put("bytes_planned", run.bytesPlanned());
    json.put("files_done", run.filesDone());
    json.put("files_copied", run.filesCopied());
    json.put("files_dead", run.filesDead());
    json.put("files_retried", run.filesRetried());
    json.put("files_queued", run.filesQueued());
    json.put("batches", run.batches());
    json.put("batches_open", run.batchesOpen());
    json.put("batches_unpublished", run.batchesUnpublished());
    json.put("batches_delayed", run.batchesDelayed());
    json.put("batches_published", run.batchesPublished());
    json.put("batches_taken", run.batchesTaken());
    json.put("batches_suspect", run.batchesSuspect());
    return json;
  }

  public static Map<String, @Nullable Object> of(WorkerStatus worker) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("worker", worker.id().toString());
    json.put("host", worker.host());
    json.put("pid", worker.pid());
    json.put("version", worker.version());
    json.put("state", worker.state());
    json.put("alive", worker.isAlive());
    json.put("problem", worker.problem());
    json.put("started_at", worker.startedAt().toString());
    json.put("seen_at", worker.seenAt().toString());
    json.put("slots", worker.slots());
    json.put("threads", worker.threads());
    json.put("files_done", worker.filesDone());
    json.put("files_dead", worker.filesDead());
    json.put("bytes_done", worker.bytesDone());
    return json;
  }

  public static Map<String, @Nullable Object> of(DeadFile file) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("file", file.file());
    json.put("library", file.library());
    json.put("path", file.path());
    json.put("kind", file.kind());
    json.put("reason", file.reason());
    json.put("byte_offset", file.byteOffset());
    json.put("attempts", file.attempts());
    json.put("run", file.run().toString());
    json.put("worker", text(file.worker()));
    json.put("first_failed_at", file.firstFailedAt().toString());
    json.put("last_failed_at", file.lastFailedAt().toString());
    return json;
  }

  public static Map<String, @Nullable Object> of(AuditReport report) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", report.run().run().toString());
    json.put("state", report.run().state().name().toLowerCase(Locale.ROOT));
    json.put("balanced", report.isBalanced());
    json.put("over", report.isOver());
    json.put("planned", report.planned());
    json.put("done", report.done());
    json.put("dead", report.dead());
    json.put("dead_by_kind", report.deadByKind());
    json.put("dropped", report.dropped());
    json.put("given_back", report.givenBack());
    json.put("changed_since", report.changed());
    json.put("planned_again_since", report.elsewhere());
    json.put("open", report.open());
    json.put("lost", report.lost());
    json.put("checks", report.checks());
    json.put("wrong", report.wrong().stream().map(StatusJson::of).toList());
    return json;
  }

  private static Map<String, @Nullable Object> of(AuditReport.Wrong wrong) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("check", wrong.check());
    json.put("rule", wrong.rule());
    json.put("count", wrong.count());
    json.put("of", wrong.subject());
    json.put("example", wrong.example());
    json.put("advice", wrong.advice());
    return json;
  }

  public static Map<String, @Nullable Object> of(WhyReport report) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("file", report.file());
    json.put("library", report.library());
    json.put("path", report.path());
    json.put("status", report.status());
    json.put("content_hash", text(report.contentHash()));
    json.put("size_bytes", report.sizeBytes());
    json.put("modified_at", report.modifiedAt().toString());
    json.put("analyzed_at", text(report.analyzedAt()));
    json.put("batches", report.batches().stream().map(StatusJson::of).toList());
    json.put("failed_tries", report.failures().stream().map(StatusJson::of).toList());
    DeadFile dead = report.dead();
    json.put("dead", dead == null ? null : of(dead));
    json.put("next", report.next());
    return json;
  }

  private static Map<String, @Nullable Object> of(WhyReport.Failure failure) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("batch", failure.batch());
    json.put("kind", failure.kind());
    json.put("reason", failure.reason());
    json.put("byte_offset", failure.byteOffset());
    json.put("host", failure.host());
    json.put("failed_at", failure.failedAt().toString());
    return json;
  }

  private static Map<String, @Nullable Object> of(WhyReport.Step step) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("batch", step.batch());
    json.put("run", step.run().toString());
    json.put("lane", step.lane());
    json.put("attempt", step.attempt());
    json.put("files", step.files());
    json.put("due_at", step.dueAt().toString());
    json.put("publications", step.publications());
    json.put("published_at", text(step.publishedAt()));
    json.put("taken", step.taken());
    json.put("crashes", step.crashes());
    json.put("worker", text(step.worker()));
    json.put("host", step.host());
    json.put("pid", step.pid());
    json.put("worker_alive", step.isWorkerAlive());
    json.put("outcome", step.outcome());
    json.put("committed_at", text(step.committedAt()));
    json.put("owner", step.isOwner());
    return json;
  }

  public static Map<String, @Nullable Object> of(List<Finding> findings) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("wrong", findings.stream().filter(Finding::isWrong).count());
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("check", finding.check());
      one.put("wrong", finding.isWrong());
      one.put("text", finding.text());
      one.put("advice", finding.advice());
      all.add(one);
    }
    json.put("findings", all);
    return json;
  }

  public static Map<String, @Nullable Object> of(DeadFiles.Affected affected, boolean isDryRun) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("files", affected.files());
    json.put("by_kind", affected.byKind());
    json.put("runs", affected.runs().stream().map(Object::toString).toList());
    json.put("batches", affected.batches());
    json.put("dry_run", isDryRun);
    return json;
  }

  public static Map<String, @Nullable Object> of(Enqueue.Result result) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", result.run().toString());
    json.put("library", result.place().library().name());
    json.put("folder", result.place().folder());
    json.put("files_found", result.registered().found());
    json.put("files_new", result.registered().added());
    json.put("files_changed", result.registered().changed());
    json.put("files_unchanged", result.registered().unchanged());
    json.put("files_dead_before", result.registered().dead());
    json.put("files_dropped_before", result.registered().dropped());
    json.put("files_planned", result.planned().files());
    json.put("batches_planned", result.planned().batches());
    json.put("bytes_planned", result.planned().bytes());
    json.put("unreadable_folders", result.unreadableFolders());
    json.put("unreadable_files", result.unreadableFiles());
    json.put("files_left_to_other_libraries", result.leftToOthers());
    json.put("stopped", result.isStopped());
    return json;
  }

  private static @Nullable String text(@Nullable Object value) { return value == null ? null : value.toString(); }
}
