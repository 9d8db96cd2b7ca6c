package dev.midifleet.producer.operate;

/**
 * What must be true of the files and the batches of a run, as a condition in SQL that holds for what is wrong.
 *
 * <p>Over files it sees the row of {@code fates} in {@link Audit}: the file's row, {@code own} (whether a batch of this run
 * owns it), that batch's {@code committed_at}, {@code last_batch} and {@code open_batches} of the run that have the file,
 * {@code letter} and {@code fate}. Over batches it sees {@code b} and {@code c}, the counts of what its files say now.
 */
enum AuditCheck {
  FATE(Subject.FILE, "every planned file has exactly one fate", "fate = 'lost'",
      "no batch will do them any more: `midifleet why` says what is known of one; report it, and give them back to the next"
          + " enqueue by update files set status = 'new', batch_id = null"),
  DONE(Subject.FILE, "a file that is done has its time, its content and that content's facts",
      "fate = 'done' and (analyzed_at is null or not has_facts)",
      "facts were deleted by hand, or it is a fault of ours: `midifleet enqueue DIR --all` analyses them again"),
  DEAD(Subject.FILE, "a file that is dead has its dead letter", "fate = 'dead' and not letter",
      "rows of dead_files were deleted by hand, or it is a fault of ours: `midifleet enqueue DIR --all` tries them again"),
  LETTER(Subject.FILE, "a dead letter belongs to a file that is dead, or that is being tried again",
      "letter and fate in ('done', 'dropped')",
      "delete these rows of dead_files, and report it"),
  OWNER(Subject.FILE, "a file belongs to the last batch that has it",
      "own and batch_id <> last_batch",
      "its owner ended without handing it over: `midifleet why` shows its batches; report it"),
  OPEN_ONCE(Subject.FILE, "a file is in at most one open batch of the run, and that one owns it",
      "open_batches > 1 or (open_batches = 1 and own and committed_at is not null)",
      "it may be analysed twice, and is stored once: `midifleet why` shows its batches; report it"),
  OUTCOME(Subject.BATCH, "a batch has an outcome when it is committed, and not before",
      "(b.committed_at is null) <> (b.outcome is null)", "report it"),
  COUNTS(Subject.BATCH, "what a batch counts are no more than its files",
      "b.files_done + b.files_dead + b.files_retried > b.file_count or b.files_copied > b.files_done or"
          + " ((b.committed_at is null or b.outcome <> 'done') and b.files_done + b.files_dead + b.files_retried > 0)",
      "report it"),
  COUNTED(Subject.BATCH, "what a batch counts is what its files say, but for files that have left the run since",
      "c.done > b.files_done or c.dead > b.files_dead"
          + " or (b.files_done - c.done) + (b.files_dead - c.dead) > c.gone",
      "rows were changed by hand, or it is a fault of ours: report it"),
  ATTEMPTS(Subject.BATCH, "no batch is tried more often than the retries allow", "b.attempt > {attempts}",
      "MIDIFLEET_RETRY_DELAYS is shorter on this host than on the workers', or report it"),
  SUSPECTS(Subject.BATCH, "no suspect is started more often than 9 times, nor after 3 crashes",
      "b.lane = 'suspect' and (b.taken > 9 and b.files_dead = 0 or b.crashes > 3)", "report it"),
  CANCELLED(Subject.BATCH, "a cancelled run has no open batch", "b.committed_at is null and {cancelled}",
      "the cancelling was interrupted: `midifleet cancel` with this run again");

  /** What the condition is about. */
  enum Subject {
    FILE,
    BATCH
  }

  private final Subject subject;
  private final String rule;
  private final String wrong;
  private final String advice;

  AuditCheck(Subject subject, String rule, String wrong, String advice) {
    this.subject = subject;
    this.rule = rule;
    this.wrong = wrong;
    this.advice = advice;
  }

  Subject subject() { return subject; }

  /** What must be true, for people. */
  String rule() { return rule; }

  /** The condition that holds for what is wrong. */
  String wrong() { return wrong; }

  /** What to do about it. */
  String advice() { return advice; }
}
