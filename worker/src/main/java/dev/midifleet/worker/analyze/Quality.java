package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.ParseStatus;
import dev.midifleet.worker.score.Score;

/**
 * How usable a file is, 0 to 100: 100 less these points, 0 without notes. It judges the file, not the music.
 *
 * <pre>
 * up to 20  parse_status: partial 20, repaired 5
 *       15  hanging notes: 15 times their share of the notes, times 4
 *       15  notes of no length: 15 times their share, times 2
 *       15  notes over 30 s at the file's mean tempo: 15 times their share, times 10
 *       20  duration: none or below 2 s 20, below 10 s 5, over 2 hours 20
 *       20  fewer than 8 notes 20, fewer than 32 notes 5
 *       10  all velocities equal 10, fewer than 5 of them 5 (from 16 notes on)
 *       10  one pitch only, and no drums (from 8 notes on)
 *       10  no tempo event 5, no time signature 3, no text 2
 * </pre>
 *
 * A cap holds for each line; a share times its factor counts up to 1. Sums are rounded to the nearest whole number.
 */
final class Quality {
  private static final double SHORT_SECONDS = 2;
  private static final double BRIEF_SECONDS = 10;
  private static final double ENDLESS_SECONDS = 7200;
  private static final int NOTES_FEW = 8;
  private static final int NOTES_SOME = 32;
  private static final int VELOCITY_NOTES = 16;
  private static final int VELOCITIES = 5;

  /** Needs all other facts but the hash. */
  void analyze(Score score, NoteTotals totals, Analysis into) {
    int notes = score.noteCount();
    double lost = reading(score, into) + lengths(notes, totals) + duration(into) + amount(notes) + variety(notes, into)
        + labels(score, into);
    into.qualityScore = notes == 0 ? 0 : (int) Math.max(0, Math.rint(100 - lost));
  }

  private static double reading(Score score, Analysis into) {
    int status = into.parseStatus == ParseStatus.PARTIAL ? 20 : into.parseStatus == ParseStatus.REPAIRED ? 5 : 0;
    return status + 15 * part(4.0 * score.hangingNotes(), score.noteCount());
  }

  private static double lengths(int notes, NoteTotals totals) {
    return 15 * part(2.0 * totals.lengthless(), notes) + 15 * part(10.0 * totals.longs(), notes);
  }

  private static double duration(Analysis into) {
    double seconds = into.durationSeconds;
    if (seconds < SHORT_SECONDS || seconds > ENDLESS_SECONDS) return 20;
    return seconds < BRIEF_SECONDS ? 5 : 0;
  }

  private static double amount(int notes) { return notes < NOTES_FEW ? 20 : notes < NOTES_SOME ? 5 : 0; }

  private static double variety(int notes, Analysis into) {
    double lost = 0;
    if (notes >= VELOCITY_NOTES && into.velocityDistinct < VELOCITIES) {
      lost = into.velocityDistinct == 1 ? 10 : 5;
    }
    return notes >= NOTES_FEW && into.uniquePitches == 1 && into.drumNotes == 0 ? lost + 10 : lost;
  }

  private static double labels(Score score, Analysis into) {
    boolean hasText = into.title != null || into.copyright != null || into.lyrics != null || into.trackNames != null;
    return (score.tempoEventCount() == 0 ? 5 : 0) + (score.timeSignatures().isEmpty() ? 3 : 0) + (hasText ? 0 : 2);
  }

  private static double part(double count, int of) { return of == 0 ? 0 : Math.min(1, count / of); }
}
