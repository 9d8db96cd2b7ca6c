package dev.midifleet.producer.operate;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a run: what was planned, and what became of each file.
 *
 * @param planned
 *          different files in the run's batches; each counts in exactly one of the fates that follow
 * @param done
 *          whose facts are there, by this run
 * @param dead
 *          recorded as dead letters by this run, {@code deadByKind} of each kind
 * @param dropped
 *          given up by somebody
 * @param givenBack
 *          by a cancelled run: new again, or dead as before
 * @param changed
 *          new again since, because their size or time has changed
 * @param elsewhere
 *          that a later run has planned again
 * @param open
 *          in a batch that is not settled
 * @param lost
 *          without any fate: none, unless something is wrong
 * @param wrong
 *          checks that fail; empty when the ledger balances as far as it goes
 * @param checks
 *          how many there are
 */
public record AuditReport(RunStatus run, long planned, long done, long dead, SortedMap<String, Long> deadByKind,
    long dropped, long givenBack, long changed, long elsewhere, long open, long lost, List<Wrong> wrong, int checks) {

  /**
   * A check that fails.
   *
   * @param check
   *          its name, such as {@code fate}
   * @param rule
   *          what should be true
   * @param count
   *          of files, batches or sums for which it is not
   * @param subject
   *          {@code file}, {@code batch} or {@code sum}
   * @param example
   *          the first of them: a path with its library, a batch's id, or a sum's name; null where the file has no row
   * @param advice
   *          what to do
   */
  public record Wrong(String check, String rule, long count, String subject, @Nullable String example,
      String advice) {}

  /** Whether nothing more will happen in the run. */
  public boolean isOver() { return run.isOver() && open == 0; }

  /** Whether it is over, and every file is accounted for. */
  public boolean isBalanced() {
    return isOver() && wrong.isEmpty();
  }
}
